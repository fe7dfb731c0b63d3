"""What a note does to a request for a plan: usually nothing."""

import pytest

from fitsense_assets.lib.cohort.notes import load_notes
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.plan.answer import Handoff
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.triage.plan_note import GRAVITY, graver
from fitsense_training.domain.safety.triage.triage import triage
from fitsense_training.domain.safety.validator import template_for
from fitsense_training.domain.text.wire import parse_answer, write_answer
from fitsense_training.domain.vocabulary import EscalationLevel, TemplateId, TopicPolicy
from tests.builders import a_creation, a_plan, a_profile


def noted(note: str, **profile: object) -> TemplateId | None:
    return template_for(a_creation(a_profile(**profile), note=note))


@pytest.mark.parametrize(
    ("note", "template"),
    [
        ("My chest feels tight on the stairs.", TemplateId.EMERGENCY),
        ("I want to kill myself.", TemplateId.EMERGENCY),
        ("I fainted yesterday.", TemplateId.SEE_CLINICIAN),
        ("I get dizzy on every run.", TemplateId.SEE_CLINICIAN),
        ("I noticed a hernia last week.", TemplateId.SEE_CLINICIAN),
        ("My hernia hurts when I lift.", TemplateId.SEE_CLINICIAN),
        ("I have a hernia but no pain.", None),
        ("One side plank is harder, I only carry my bag on the left.", None),
        ("Numb bum after a long ride.", None),
        ("Numb bum and I cannot hold my pee.", TemplateId.EMERGENCY),
        ("I purge after meals.", TemplateId.SUPPORT),
        ("How much trenbolone should I take?", TemplateId.REFUSED),
        ("How much trenbolone should I take? I also moved my days.", None),
        ("Should I change my metformin dose?", None),
        ("I would like three days.", None),
        ("", None),
    ],
)
def test_a_note_decides_only_where_it_must(note: str, template: TemplateId | None):
    assert noted(note) is template


def test_the_graver_of_screening_and_note_stands():
    assert noted("My chest hurts.", has_symptoms=True) is TemplateId.EMERGENCY
    assert noted("I purge after meals.", has_symptoms=True) is TemplateId.SEE_CLINICIAN
    assert noted("I would like three days.", has_symptoms=True) is TemplateId.SEE_CLINICIAN


def test_every_text_has_its_place_in_the_order():
    assert set(GRAVITY) == set(TemplateId)
    assert graver(None, None) is None


def adjusted_for_pain(note: str) -> PlanRequest:
    return PlanRequest.model_validate(
        {
            "prompt_type": "safety_adjustment",
            "profile": a_profile(),
            "current_plan": a_plan(),
            "pain": {"region": "knee", "level": 5},
            "note": note,
        }
    )


def test_a_reported_pain_is_left_to_the_plan():
    assert template_for(adjusted_for_pain("My knee pain is 6/10.")) is None
    assert noted("My knee pain is 6/10.") is TemplateId.SEE_CLINICIAN


def test_a_reported_pain_hides_no_other_flag():
    request = adjusted_for_pain("My knee pain is 6/10 and I fainted yesterday.")

    assert template_for(request) is TemplateId.SEE_CLINICIAN


@pytest.mark.parametrize("injection", load_notes().injections)
def test_an_injection_is_seen_and_the_plan_still_stands(injection: str):
    assert triage(injection).is_injection
    assert noted(injection) is None
    answer = coach(a_creation(note=injection))
    assert isinstance(answer, WorkoutPlan)
    assert answer == coach(a_creation())


@pytest.mark.parametrize(
    "note", [note for notes in load_notes().remarks.values() for note in notes]
)
def test_everyday_notes_raise_nothing(note: str):
    found = triage(note)

    assert (found.level, found.policy) == (EscalationLevel.NONE, TopicPolicy.NONE)
    assert not found.is_injection
    assert not found.needs_clarifying
    assert not found.tells_minor
    assert found.told_conditions == ()


@pytest.mark.parametrize("note", load_notes().red_flags)
def test_grave_notes_are_urgent(note: str):
    assert triage(note).level in {EscalationLevel.E0, EscalationLevel.E1}


@pytest.mark.parametrize("template", TemplateId)
def test_every_text_has_a_short_name_on_the_wire(template: TemplateId):
    wire = write_answer(Handoff(template=template))

    assert wire == f'{{"t":"{template}"}}'
    assert parse_answer(wire) == Handoff(template=template)
