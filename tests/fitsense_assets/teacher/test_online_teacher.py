"""A model behind a gateway: patient with what passes, not with what does not, never paid twice."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fitsense_assets.lib.teacher.endpoint import Endpoint
from fitsense_assets.lib.teacher.journal import Journal
from fitsense_assets.lib.teacher.online_teacher import OnlineTeacher
from fitsense_assets.lib.teacher.responses import ask_teacher, response_frame
from fitsense_assets.lib.teacher.teacher import CacheState, Question
from fitsense_training.domain.text.prompt import render_prompt
from tests.builders import a_cohort, a_creation, a_profile
from tests.fakes import (
    AuthenticationError,
    BadRequestError,
    FakeModel,
    FakeTime,
    RateLimitError,
    ServiceUnavailableError,
    Timeout,
)

ENDPOINT = Endpoint(
    "hosted/big-model", api_base="http://127.0.0.1:9", api_key="secret", corrections_max=0
)
PASSING = [Timeout("slow"), RateLimitError("429"), ServiceUnavailableError("503")]
FINAL = [AuthenticationError("401"), BadRequestError("400")]


def a_question(prompt: str | None = None) -> Question:
    request = a_creation()
    return Question("q1", prompt or render_prompt(request), request)


def a_teacher(
    model: FakeModel, time: FakeTime | None = None, journal: Journal | None = None
) -> OnlineTeacher:
    return OnlineTeacher(ENDPOINT, journal, model.gateway, (time or FakeTime()).clock)


def test_the_reply_is_kept_word_for_word_with_what_it_took():
    model = FakeModel(["  a plan, perhaps  "])

    reply = a_teacher(model).reply(a_question())

    assert reply.text == "  a plan, perhaps  "
    assert (reply.served_model, reply.attempts) == ("served-model-7b", 1)
    assert (reply.prompt_tokens, reply.completion_tokens, reply.cost_usd) == (900, 70, 0.002)
    assert (reply.cache_state, reply.error) == (CacheState.MISS, None)


def test_the_layers_below_retry_nothing():
    model = FakeModel(["a plan"])

    a_teacher(model).reply(a_question())

    sent = model.calls[0]
    assert (sent["num_retries"], sent["max_retries"], sent["temperature"]) == (0, 0, 0.0)
    assert [message["role"] for message in sent["messages"]] == ["system", "user"]
    assert "goblet_squat" in sent["messages"][0]["content"]


@pytest.mark.parametrize("failure", PASSING, ids=lambda failure: type(failure).__name__)
def test_what_passes_is_tried_again(failure: Exception):
    model, time = FakeModel([failure, failure, "a plan"]), FakeTime()

    reply = a_teacher(model, time).reply(a_question())

    assert (reply.text, reply.attempts, reply.error) == ("a plan", 3, None)
    assert time.naps == [2.0, 4.0]


@pytest.mark.parametrize("failure", FINAL, ids=lambda failure: type(failure).__name__)
def test_what_does_not_pass_is_tried_once(failure: Exception):
    model, time = FakeModel([failure, "never asked"]), FakeTime()

    reply = a_teacher(model, time).reply(a_question())

    assert len(model.calls) == 1
    assert time.naps == []
    assert reply.text == ""
    assert reply.error == f"{type(failure).__name__}: {failure}"


def test_attempts_are_bounded():
    model = FakeModel([Timeout("slow")] * 9)

    reply = a_teacher(model).reply(a_question())

    assert len(model.calls) == ENDPOINT.attempts_max
    assert reply.error == "Timeout: slow"


def test_a_deadline_holds_for_all_attempts_together():
    time = FakeTime()

    class Slow(FakeModel):
        async def complete(self, **arguments: Any) -> Any:
            time.seconds += 100
            return await super().complete(**arguments)

    model = Slow([Timeout("slow")] * 9)
    reply = a_teacher(model, time).reply(a_question())

    assert len(model.calls) == 2
    assert time.seconds <= 300
    assert reply.latency_ms == time.seconds * 1000


def test_a_bug_of_ours_is_no_failure_of_the_model():
    model = FakeModel([KeyError("ours")])

    with pytest.raises(KeyError):
        a_teacher(model).reply(a_question())


def test_a_question_is_paid_for_once(tmp_path: Path):
    journal = Journal(tmp_path / "journal.sqlite")
    model = FakeModel(["a plan", "another plan"])
    teacher = a_teacher(model, journal=journal)

    first, again = teacher.reply(a_question()), teacher.reply(a_question())
    other = teacher.reply(a_question("another prompt"))
    journal.close()

    assert len(model.calls) == 2
    assert (again.text, again.cost_usd, again.cache_state) == (first.text, 0.0, CacheState.HIT)
    assert other.text == "another plan"


@pytest.mark.parametrize(
    ("change", "count_calls"),
    [
        ({"model": "hosted/other-model"}, 2),
        ({"api_base": "http://127.0.0.1:10"}, 2),
        ({"max_tokens": 100}, 2),
        ({"timeout_s": 5.0}, 1),
        ({"deadline_s": 5.0}, 1),
        ({"attempts_max": 9}, 1),
        ({"api_key": "another secret"}, 1),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
def test_only_what_changes_the_question_is_paid_for_again(
    tmp_path: Path, change: dict[str, Any], count_calls: int
):
    journal, model = Journal(tmp_path / "journal.sqlite"), FakeModel(["a plan", "another"])

    for endpoint in (ENDPOINT, replace(ENDPOINT, **change)):
        teacher = OnlineTeacher(endpoint, journal, model.gateway, FakeTime().clock)
        teacher.reply(a_question())
    journal.close()

    assert len(model.calls) == count_calls


def test_an_error_is_not_kept(tmp_path: Path):
    journal = Journal(tmp_path / "journal.sqlite")
    model = FakeModel([AuthenticationError("401"), "a plan"])
    teacher = a_teacher(model, journal=journal)

    failed, mended = teacher.reply(a_question()), teacher.reply(a_question())
    journal.close()

    assert failed.error
    assert (mended.text, mended.error) == ("a plan", None)


def test_an_error_becomes_a_row_and_the_next_query_is_asked():
    queries = a_cohort(users=300).queries.head(3)
    model = FakeModel(["one", BadRequestError("400"), "three"])

    frame = response_frame(ask_teacher(a_teacher(model), queries))

    assert frame["query_id"].to_list() == queries["query_id"].to_list()
    assert frame["reply"].to_list() == ["one", "", "three"]
    assert frame["error"].to_list() == [None, "BadRequestError: 400", None]


def test_the_guide_of_somebody_blocked_is_the_fixed_text():
    model = FakeModel(["whatever"])
    request = a_creation(a_profile(has_symptoms=True))

    a_teacher(model).reply(Question("q1", render_prompt(request), request))

    guide = model.calls[0]["messages"][0]["content"]
    assert '{"t":"see_clinician"}' in guide
    assert "Allowed exercises" not in guide
