"""The coach as a provider within litellm: `python -m tests.providers.coach_in_litellm FOLDER`.

It proves that the way through litellm changes nothing: no server, no network, and the replies of
the reference teacher. A process of its own; what both replied is in `FOLDER/told.json`.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from litellm import ModelResponse
from litellm.llms.custom_llm import CustomLLM

from fitsense_assets.lib.teacher.endpoint import Endpoint, messages_of
from fitsense_assets.lib.teacher.journal import Journal
from fitsense_assets.lib.teacher.litellm_calls import LitellmCalls, load_litellm
from fitsense_assets.lib.teacher.online_teacher import OnlineTeacher
from fitsense_assets.lib.teacher.reference import ReferenceTeacher
from fitsense_assets.lib.teacher.responses import ask_teacher, questions_of
from fitsense_assets.lib.teacher.teacher import Question
from fitsense_training.domain.coach.reference import coach
from tests.builders import a_cohort

PROVIDER = "coach"
REFERENCE = ReferenceTeacher(coach)


class CoachInLitellm(CustomLLM):
    """Answers what the coach answers to the request behind a conversation."""

    def __init__(self, questions: Iterable[Question]) -> None:
        super().__init__()
        self._questions = {json.dumps(messages_of(each)): each for each in questions}

    async def acompletion(self, *args: Any, **named: Any) -> ModelResponse:
        reply = REFERENCE.reply(self._questions[json.dumps(named["messages"])])
        response: Any = named["model_response"]
        response.choices[0].message.content = reply.text
        response.model = reply.served_model
        return response


if __name__ == "__main__":
    queries = a_cohort(users=300).queries.head(40)
    litellm = load_litellm()
    handler = CoachInLitellm(questions_of([queries]))
    litellm.custom_provider_map = [{"provider": PROVIDER, "custom_handler": handler}]
    litellm.utils.custom_llm_setup()
    endpoint = Endpoint(f"{PROVIDER}/by-rule")
    journal = Journal(Path(sys.argv[1]) / "journal.sqlite")
    through = OnlineTeacher(endpoint, journal, LitellmCalls(endpoint).gateway)
    told = {
        name: [[row["query_id"], row["served_model"], row["reply"], row["error"]]
               for row in ask_teacher(teacher, queries)]
        for name, teacher in (("reference", REFERENCE), ("litellm", through))
    }  # fmt: skip
    journal.close()
    (Path(sys.argv[1]) / "told.json").write_text(json.dumps(told), encoding="utf-8")
