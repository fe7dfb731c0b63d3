"""A raw reply under review: the form is judged first, and nothing is ever raised."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitsense_training.domain.plan.answer import Handoff
from fitsense_training.domain.safety.validator import review
from fitsense_training.domain.text.reply import review_reply
from fitsense_training.domain.text.wire import write_answer, write_plan
from fitsense_training.domain.vocabulary import Severity, TemplateId
from tests.builders import a_creation, a_modification, a_profile, coached

REQUEST = a_creation()
WIRE = write_plan(coached(REQUEST))


def with_first_dose(dose: str) -> str:
    wire = json.loads(WIRE)
    wire["s"][0][3][0][1] = dose
    return json.dumps(wire)


@pytest.mark.parametrize(
    ("reply", "rule_id"),
    [
        ("", "SCH01"),
        ("I cannot help with that.", "SCH01"),
        (WIRE[:80], "SCH01"),
        ('{"g":"hypertrophy"}', "SCH01"),
        (WIRE.replace('"g":"hypertrophy"', '"g":"bulking"'), "SCH02"),
        (WIRE.replace('"mon"', '"monday"', 1), "SCH02"),
        ('{"t":"relax"}', "SCH02"),
        (WIRE.replace('",8,', '",NaN,', 1), "SCH04"),
        (WIRE.replace('",8,', '",Infinity,', 1), "SCH04"),
        (with_first_dose("3x8-12 moderate weight"), "SCH05"),
        (with_first_dose("3x8-12 r2 90s 20"), "SCH05"),
        (with_first_dose("3x8-12 r2 90 rpe8"), "SCH05"),
    ],
)
def test_what_is_wrong_with_a_reply_has_its_rule(reply: str, rule_id: str):
    found = review_reply(REQUEST, reply)

    assert found.answer is None
    assert [(f.rule_id, f.severity) for f in found.findings] == [(rule_id, Severity.BLOCK)]
    assert found.findings[0].detail


def test_a_plan_in_a_reply_is_judged_like_any_other():
    bad = write_plan(coached(REQUEST).model_copy(update={"stop_signs": ()}))

    assert review_reply(REQUEST, WIRE).findings == ()
    assert review_reply(REQUEST, WIRE).answer == coached(REQUEST)
    assert {f.rule_id for f in review_reply(REQUEST, bad).findings} == {"CON05"}


def test_lines_that_stay_are_read_from_the_current_plan():
    request = a_modification("lighter")
    answer = coached(request)

    found = review_reply(request, write_answer(answer))

    assert found.answer == answer
    assert found.findings == review(request, answer)


def test_a_fixed_text_where_a_plan_may_stand_is_refused():
    blocked = a_creation(a_profile(has_symptoms=True))
    wire = write_answer(Handoff(template=TemplateId.SEE_CLINICIAN))

    assert {f.rule_id for f in review_reply(REQUEST, wire).findings} == {"SCR01"}
    assert review_reply(blocked, wire).findings == ()


@settings(max_examples=150, database=None, derandomize=True, deadline=None)
@given(place=st.integers(0, len(WIRE) - 1), text=st.text(max_size=3))
def test_no_slip_of_the_pen_is_ever_an_exception(place: int, text: str):
    found = review_reply(REQUEST, WIRE[:place] + text + WIRE[place + 1 :])

    assert found.answer is not None or found.findings
