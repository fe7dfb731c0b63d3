"""A week laid out anew gets what it lacks, step by step, and never anything graver."""

import pytest

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.plan.model import Prescription, Session, WorkoutPlan
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.fill_gaps import GAPS, fill_gaps
from fitsense_training.domain.safety.sessions import with_items
from fitsense_training.domain.safety.validator import review
from fitsense_training.domain.text.wire import write_answer
from fitsense_training.domain.vocabulary import Severity
from fitsense_training.guard import FILLED, GuardPath, answer_safely
from tests.builders import a_creation, a_modification, a_profile, coached, edit


def a_request() -> PlanRequest:
    return a_creation(a_profile())


def without(plan: WorkoutPlan, *patterns: str) -> WorkoutPlan:
    """The plan without the exercises of these patterns, where others stand beside them."""

    def kept(session: Session) -> Session:
        rest = [item for item in session.prescriptions if _pattern(item) not in patterns]
        return with_items(session, tuple(rest)) if rest else session

    return plan.model_copy(update={"sessions": tuple(kept(s) for s in plan.sessions)})


def _pattern(item: Prescription) -> str:
    return load_catalogue().by_id(item.exercise_id).pattern


def rules(request: PlanRequest, plan: WorkoutPlan) -> set[str]:
    return {finding.rule_id for finding in review(request, plan)}


@pytest.mark.parametrize("patterns", [("hinge",), ("squat", "lunge"), ("h_pull", "v_pull")])
def test_a_movement_that_was_left_out_comes_in(patterns: tuple[str, ...]) -> None:
    request = a_request()
    lacking = without(coached(request), *patterns)
    assert "STR04" in rules(request, lacking)

    filled = fill_gaps(request, lacking)

    assert not rules(request, filled) & GAPS
    assert not [f for f in review(request, filled) if f.severity is not Severity.WARN]


def test_too_few_sets_become_enough() -> None:
    request = a_request()
    thin = edit(coached(request), lambda item: item.model_copy(update={"sets": 1}))
    assert "VOL04" in rules(request, thin)

    filled = fill_gaps(request, thin)

    assert "VOL04" not in rules(request, filled)


def test_a_whole_week_is_left_as_it_is() -> None:
    request = a_request()
    plan = coached(request)

    assert fill_gaps(request, plan) == plan


def test_lines_nobody_spoke_of_are_not_filled_up() -> None:
    request = a_request()
    lacking = without(coached(request), "hinge")
    lighter = a_modification("lighter", plan=lacking, profile=request.profile)

    assert fill_gaps(lighter, lacking) == lacking


def test_the_guard_fills_gaps_and_says_so() -> None:
    request = a_request()
    lacking = without(coached(request), "hinge")

    answer = answer_safely(request, lambda _: write_answer(lacking))

    assert answer.path is GuardPath.REPAIRED
    assert FILLED in answer.actions
    assert answer.findings == ()
