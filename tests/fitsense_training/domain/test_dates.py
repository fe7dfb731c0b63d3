"""What is judged by its age: the health questions of a year, the longest session of a month."""

import datetime

import pytest

from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.plan.answer import Handoff
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.repair import repair
from fitsense_training.domain.safety.validator import review, template_for
from fitsense_training.domain.text.templates import handoff_text
from fitsense_training.domain.vocabulary import TemplateId
from tests.builders import a_creation, a_modification, a_plan, a_profile, an_adaptation, coached

TODAY = datetime.date(2026, 3, 1)
WALK = "brisk_walk 1x2400-2400sec r- 0s rpe4"
LIFT = "push_up 2x8-12 r2 90s bw"


def screened(days_ago: int | None) -> PlanRequest:
    day = None if days_ago is None else TODAY - datetime.timedelta(days=days_ago)
    return a_creation(a_profile(screened_on=day), asked_on=TODAY)


@pytest.mark.parametrize(
    ("days_ago", "is_due"), [(0, False), (365, False), (366, True), (-1, True)]
)
def test_answers_older_than_a_year_ask_for_a_new_screening(days_ago: int, is_due: bool):
    request = screened(days_ago)

    answer = coach(request)

    assert isinstance(answer, Handoff) is is_due
    assert template_for(request) is (TemplateId.RESCREEN if is_due else None)
    assert review(request, answer) == ()


def test_without_a_date_nothing_is_judged_by_its_age():
    assert template_for(screened(None)) is None
    assert template_for(a_creation(a_profile(screened_on="2001-01-01"))) is None


def test_a_graver_text_stands_before_the_one_that_asks_again():
    person = a_profile(screened_on="2001-01-01", has_symptoms=True)

    assert template_for(a_creation(person, asked_on=TODAY)) is TemplateId.SEE_CLINICIAN


def test_the_text_asks_for_the_questions_and_names_an_emergency_number():
    text = handoff_text(TemplateId.RESCREEN, screened(400))

    assert "health questions" in text
    assert "emergency" in text


def test_people_without_dates_keep_the_json_they_had():
    assert "screened_on" not in a_profile().model_dump_json()
    assert "asked_on" not in a_creation().model_dump_json()
    dated = screened(3)
    assert PlanRequest.model_validate_json(dated.model_dump_json()) == dated


def with_history(request: PlanRequest) -> PlanRequest:
    """The request of somebody whose longest session of the month took 20 minutes."""
    return request.model_copy(update={"longest_aerobic_min": 20.0})


def rules_broken(request: PlanRequest, plan: WorkoutPlan) -> set[str]:
    return {finding.rule_id for finding in review(request, plan)} & {"RUN01", "RUN04"}


@pytest.mark.parametrize(
    ("longest", "expected"), [(None, set()), (40, set()), (34, {"RUN04"}), (20, {"RUN01"})]
)
def test_a_first_plan_is_compared_with_what_was_done_in_thirty_days(
    longest: float | None, expected: set[str]
):
    plan = a_plan({"mon": [LIFT, WALK]})

    assert rules_broken(a_creation(longest_aerobic_min=longest), plan) == expected


def test_what_was_done_counts_and_not_what_was_planned():
    plan = a_plan({"mon": [LIFT, WALK]})
    request = with_history(a_modification("harder", plan))

    assert "RUN01" in rules_broken(request, plan)
    assert rules_broken(request, coached(request)) == set()


def test_a_jump_is_shortened_and_nothing_else():
    plan = a_plan({"mon": [LIFT, WALK], "wed": [LIFT]})
    request = with_history(an_adaptation({}, plan))
    answer = coached(request)

    walk = answer.sessions[0].prescriptions[1]
    assert (walk.dose_low, walk.dose_high) == (1800, 1800)
    assert {f.rule_id for f in review(request, answer)} & {
        "RUN01",
        "RUN04",
        "EXP01",
        "EXP02",
    } == set()
    assert "shortened aerobic jumps" in repair(request, plan).actions
