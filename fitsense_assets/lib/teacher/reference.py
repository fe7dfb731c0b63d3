"""The reference teacher: the rule-based coach, with no network, no key and no chance."""

from collections.abc import Callable

from fitsense_assets.lib.teacher.teacher import Question, Reply
from fitsense_training.domain.plan.answer import Answer
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.text.wire import write_answer

REFERENCE = "reference"


class ReferenceTeacher:
    """Answers by rule; latency is given as 0 so that two runs write the same bytes."""

    name = REFERENCE

    def __init__(self, coach: Callable[[PlanRequest, int], Answer], seed: int = 0) -> None:
        """Answer with this coach; the seed breaks ties between equally good exercises."""
        self._coach = coach
        self._seed = seed

    def reply(self, question: Question) -> Reply:
        """The coach's answer in the wire format."""
        answer = self._coach(question.request, self._seed)
        return Reply(question.query_id, REFERENCE, write_answer(answer))
