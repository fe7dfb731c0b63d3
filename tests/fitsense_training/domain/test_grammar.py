"""The grammar of a request lets the coach's own answer be written, and little else."""

import functools
import re
from typing import Any

import pytest

from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.plan.answer import Answer
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.text.grammar import render_grammar
from fitsense_training.domain.text.prompt import render_prompt
from fitsense_training.domain.text.shorthand import kept_in, short_line, short_session, shorten
from fitsense_training.domain.text.wire import write_answer, write_dose
from tests.builders import (
    a_cohort,
    a_creation,
    a_modification,
    a_new_condition,
    a_plan,
    a_profile,
    an_adaptation,
    coached,
    has,
)


@functools.cache
def compiler() -> Any:
    import xgrammar

    return xgrammar.GrammarCompiler(xgrammar.TokenizerInfo([]), cache_enabled=False)


def accepts(request: PlanRequest, text: str) -> bool:
    """Whether the whole text can be written under the grammar of the request."""
    import xgrammar

    compiled = compiler().compile_grammar(render_grammar(request, render_prompt(request)))
    matcher = xgrammar.GrammarMatcher(compiled, terminate_without_stop_token=True)
    return matcher.accept_string(text) and matcher.is_terminated()


def accepts_answer(request: PlanRequest, answer: Answer) -> bool:
    """Whether an answer can be written, as a student writes it."""
    return accepts(request, shorten(render_prompt(request), write_answer(answer)))


def written(request: PlanRequest) -> str:
    """The coach's answer as a student learns to write it."""
    return shorten(render_prompt(request), write_answer(coach(request)))


def test_the_coach_s_answers_can_be_written():
    requests = a_cohort(users=60, seed=12).requests()[:200]

    refused = [request for request in requests if not accepts(request, written(request))]

    assert len(requests) == 200
    assert len(refused) <= 2


def test_an_exercise_that_is_not_allowed_cannot_be_written():
    request = a_creation(a_profile(conditions=[has("knee_osteoarthritis")]))
    answer = written(request)
    name = coached(request).sessions[0].prescriptions[0].exercise_id

    assert accepts(request, answer)
    assert not accepts(request, answer.replace(name, "jump_squat"))


def test_a_dose_out_of_bounds_cannot_be_written():
    request = a_creation()

    assert not accepts(request, written(request).replace(" r", " r1", 1))
    assert not accepts(request, written(request).replace('"3x', '"9x'))


def test_a_line_nobody_spoke_of_can_only_stay():
    plan = coached(a_creation())
    first = plan.sessions[0].prescriptions[0].exercise_id
    request = a_modification("swap", plan, exercise_id=first)

    assert accepts(request, written(request))
    assert not accepts(request, write_answer(plan))
    other = plan.sessions[0].prescriptions[1]
    assert not accepts(request, written(request).replace(write_dose(other), "1x5-6 r9 90s rpe1"))


def test_what_stays_is_named_and_not_written():
    plan = coached(a_creation())
    request = a_modification(
        "swap", plan, exercise_id=plan.sessions[0].prescriptions[0].exercise_id
    )
    kept = kept_in(render_prompt(request))
    day, session = next(iter(kept.sessions.items()))
    number, line = next(iter(kept.lines.items()))

    assert accepts(request, written(request))
    assert not accepts(request, written(request).replace(short_session(day), session))
    assert not accepts(request, written(request).replace(short_line(number), line))


def test_where_no_line_comes_or_goes_all_stand_in_their_order():
    plan = a_plan(
        {
            "mon": [
                "goblet_squat 3x8-12 r2 90s 20kg",
                "push_up 3x8-12 r2 90s bw",
                "dumbbell_row 3x8-12 r2 90s 14kg",
            ]
        }
    )
    request = an_adaptation({"goblet_squat": "top", "dumbbell_row": "top"}, plan)
    answer = written(request)
    squat, push_up, row = re.findall(r'\["#mon[^]]*\]', answer)

    assert accepts(request, answer)
    assert not accepts(request, answer.replace(f"{squat},{push_up}", f"{push_up},{squat}"))
    assert not accepts(request, answer.replace(f",{push_up}", ""))
    assert not accepts(request, answer.replace(row, f"{row},{row}"))


def test_what_comes_in_for_a_line_may_stand_elsewhere():
    plan = a_plan(
        {"mon": ["goblet_squat 3x8-12 r2 90s 20kg", "dumbbell_row 3x8-12 r2 90s 14kg"]},
    )
    request = a_modification("swap", plan, exercise_id="goblet_squat")
    answer = written(request)
    new, kept = re.findall(r'\["#mon[^]]*\]', answer)

    assert accepts(request, answer)
    assert accepts(request, answer.replace(f"{new},{kept}", f"{kept},{new}"))


def test_a_session_that_must_make_room_may_take_sets_away():
    person = a_profile(session_minutes=20, weekdays=["mon", "fri"], experience_level="novice")
    plan = coached(a_creation(person))
    request = a_new_condition("asthma", plan, person)

    assert accepts(request, written(request))


def test_a_load_that_has_to_fall_cannot_stay():
    plan = a_plan({"mon": ["goblet_squat 3x8-12 r2 90s 20kg", "dumbbell_row 3x8-12 r2 90s 14kg"]})
    request = an_adaptation({"goblet_squat": "stall"}, plan, gap_days=3)

    answer = written(request)

    assert "18kg" in answer
    assert accepts(request, answer)
    assert not accepts(request, answer.replace("18kg", "20kg"))
    assert not accepts(request, write_answer(plan))


@pytest.mark.parametrize("symptoms", [True, False])
def test_only_the_fixed_text_can_be_written_where_no_plan_may_stand(symptoms: bool):
    request = a_creation(a_profile(has_symptoms=symptoms))

    assert accepts(request, '{"t":"see_clinician"}') is symptoms


def test_supersets_and_tempo_of_a_line_stay_with_it():
    plan = a_plan({"mon": ["goblet_squat 3x8-12 r2 120s rpe8", "push_up 3x8-12 r2 120s bw"]})
    squat, push = plan.sessions[0].prescriptions
    items = (
        squat.model_copy(update={"superset": "a", "tempo": "3010"}),
        push.model_copy(update={"superset": "a"}),
    )
    session = plan.sessions[0].model_copy(update={"prescriptions": items})
    request = a_modification("lighter", plan.model_copy(update={"sessions": (session,)}))

    answer = coached(request)

    assert [i.superset for i in answer.sessions[0].prescriptions] == ["a", "a"]
    assert answer.sessions[0].prescriptions[0].tempo == "3010"
    assert accepts(request, written(request))
