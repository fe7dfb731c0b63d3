"""A killed evaluation goes on where it was, and never with what belongs to another student."""

from pathlib import Path

from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.text.wire import write_answer
from fitsense_training.evaluate import Case, evaluate
from fitsense_training.evaluation_journal import EvaluationJournal
from fitsense_training.scoring import SLICES
from tests.builders import a_creation, a_profile

SUBJECT = {"bundle": "abc", "prompts": "def"}


class Counting:
    """The coach, who counts how often it is asked freely."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def reply_freely(self, request: PlanRequest) -> str:
        self.asked.append(request.profile.age)
        return self.reply(request)

    def reply(self, request: PlanRequest) -> str:
        return write_answer(coach(request))


def a_case(age: int) -> Case:
    request = a_creation(a_profile(age=age))
    reply = write_answer(coach(request))
    slices = {**dict.fromkeys(SLICES, "any"), "prompt_type": "plan_creation"}
    return Case(f"q{age}", f"u{age}", "exam1", slices, request, reply, kind="chatter")


def test_what_was_measured_before_a_kill_is_not_asked_again(tmp_path: Path) -> None:
    cases, student, path = [a_case(30), a_case(40), a_case(50)], Counting(), tmp_path / "j.jsonl"
    with EvaluationJournal(path, SUBJECT) as journal:
        evaluate(student, cases[:2], journal=journal)
    with path.open("a") as torn:
        torn.write('{"query_id": "q50", "measu')

    with EvaluationJournal(path, SUBJECT) as journal:
        assert len(journal) == 2
        resumed = evaluate(student, cases, journal=journal)

    assert student.asked == [30, 40, 50]
    assert resumed.scored == evaluate(Counting(), cases).scored
    with EvaluationJournal(path, SUBJECT) as journal:
        assert len(journal) == 3


def test_a_journal_of_another_student_is_begun_anew(tmp_path: Path) -> None:
    student, path = Counting(), tmp_path / "j.jsonl"
    with EvaluationJournal(path, SUBJECT) as journal:
        evaluate(student, [a_case(30)], journal=journal)

    with EvaluationJournal(path, {**SUBJECT, "bundle": "other"}) as journal:
        assert len(journal) == 0
        assert journal.known("q30") is None


def test_a_damaged_line_costs_its_case_alone(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    with EvaluationJournal(path, SUBJECT) as journal:
        evaluate(Counting(), [a_case(30), a_case(40)], journal=journal)
    head, first, second = path.read_text().splitlines()
    path.write_text("\n".join([head, first[:40], second, ""]))

    with EvaluationJournal(path, SUBJECT) as journal:
        assert journal.known("q30") is None
        assert journal.known("q40") is not None
