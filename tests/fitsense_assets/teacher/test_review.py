"""The verdict on a reply: accepted only when it reads, keeps the rules and does what was asked."""

import json

import polars as pl

from fitsense_assets.lib.teacher.responses import SCHEMA as RESPONSES
from fitsense_assets.lib.teacher.review import judge, review_frame, review_rows
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.text.wire import write_answer, write_plan
from fitsense_training.domain.vocabulary import Severity
from tests.builders import (
    a_cohort,
    a_creation,
    a_modification,
    a_plan,
    a_profile,
    coached,
    edit,
)

REQUEST = a_creation()
GOOD = write_answer(coach(REQUEST))


def test_a_good_answer_is_accepted():
    verdict = judge(REQUEST, GOOD, None)

    assert verdict.rejection_reason is None
    assert verdict.is_task_success is True
    assert verdict.answer == GOOD


def test_the_answer_is_kept_in_its_canonical_form():
    verdict = judge(REQUEST, f"Sure! ```{json.dumps(json.loads(GOOD), indent=2)}```", None)

    assert verdict.answer == GOOD


def test_an_answer_that_copies_lines_is_kept_short():
    plan = coached(REQUEST)
    request = a_modification(
        "remove", plan, exercise_id=plan.sessions[0].prescriptions[0].exercise_id
    )

    verdict = judge(request, write_plan(coached(request)), None)

    assert verdict.rejection_reason is None
    assert verdict.answer == write_plan(coached(request))


def test_an_unsafe_answer_is_rejected_with_its_rules():
    reckless = edit(coached(REQUEST), lambda item: item.model_copy(update={"sets": 10}))

    verdict = judge(REQUEST, write_plan(reckless), None)

    assert verdict.rejection_reason == "rules: STR02 VOL01"
    assert verdict.count(Severity.BLOCK) > 0
    assert verdict.count(Severity.FIX) > 0


def test_a_safe_answer_beside_the_point_is_rejected():
    plan = coached(REQUEST)
    same = plan.model_copy(update={"reasons": ("user_request",)})

    verdict = judge(a_modification("lighter", plan), write_plan(same), None)

    assert verdict.rejection_reason == "the task is not done"
    assert verdict.is_task_success is False


def test_an_unknown_exercise_is_judged_no_further():
    verdict = judge(REQUEST, write_plan(a_plan({"mon": ["moon_walk 3x8-12 r2 90s rpe8"]})), None)

    assert verdict.rejection_reason == "rules: SCH03"
    assert verdict.is_task_success is None


def test_what_cannot_be_read_is_rejected_in_words():
    verdict = judge(REQUEST, "no plan today", None)

    assert verdict.answer is None
    assert str(verdict.rejection_reason).startswith("unreadable: the reply holds no JSON")


def test_an_error_is_rejected_as_such():
    assert judge(REQUEST, "", "Timeout: slow").rejection_reason == "error: Timeout: slow"


def test_a_handoff_is_accepted_where_it_is_due_and_nowhere_else():
    due = a_creation(a_profile(has_symptoms=True))
    handoff = '{"t":"see_clinician"}'

    assert judge(due, handoff, None).rejection_reason is None
    assert judge(due, handoff, None).is_handoff
    assert judge(REQUEST, handoff, None).rejection_reason == "rules: SCR01"


def test_every_query_has_a_verdict_even_without_a_response():
    queries = a_cohort(users=300).queries.head(4)
    answered = queries["query_id"][1]
    reply = dict.fromkeys(RESPONSES) | {
        "query_id": answered, "teacher": "t", "served_model": "m", "reply": "no plan"
    }  # fmt: skip
    responses = pl.DataFrame([reply], schema=RESPONSES)

    frame = review_frame(list(review_rows(queries, responses)))

    assert frame["query_id"].to_list() == queries["query_id"].to_list()
    assert not frame["is_accepted"].any()
    reasons = frame["rejection_reason"].to_list()
    assert str(reasons[1]).startswith("unreadable")
    assert reasons[0] == "error: no response was recorded"
    assert frame["split"].to_list() == queries["split"].to_list()
