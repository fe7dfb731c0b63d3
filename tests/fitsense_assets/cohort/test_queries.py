"""People ask whole questions; what is hostile or grave in their words is labelled as such."""

import polars as pl
import pytest

from fitsense_assets.lib.cohort.config import CohortConfig, make_config
from fitsense_assets.lib.cohort.notes import load_notes
from fitsense_assets.lib.cohort.plans import plan_chunks
from fitsense_assets.lib.cohort.profiles import profile_chunks
from fitsense_assets.lib.cohort.queries import query_chunks
from fitsense_assets.lib.cohort.spec import CohortSpec
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.text.prompt import clean_note, render_prompt
from tests.builders import a_cohort, a_creation

EMPTY_SETS = a_cohort(users=1).workouts.clear()
EMPTY_LOGS = a_cohort(users=1).daily_logs.clear()


def asked(rules: CohortConfig) -> pl.DataFrame:
    """What people without any logs ask: their first question and the changes to their plan."""
    spec = CohortSpec("c0001", rules)
    people = pl.concat(profile_chunks(spec))
    plans = pl.concat(plan_chunks([people], coach))
    return pl.concat(query_chunks(spec, [(people, plans, EMPTY_SETS, EMPTY_LOGS)]))


def with_notes(users: int, **shares: float) -> CohortConfig:
    rules = make_config(users=users)
    return rules.model_copy(update={"asking": rules.asking.model_copy(update=shares)})


def labelled(frame: pl.DataFrame, label: str) -> pl.DataFrame:
    return frame.filter(pl.col("expected_constraints").list.contains(f"note:{label}"))


def test_prompt_and_request_say_the_same():
    frame = a_cohort(users=300).queries

    for prompt, text in frame.select("prompt", "request_json").rows():
        request = PlanRequest.model_validate_json(text)
        assert render_prompt(request) == prompt
        assert request.model_dump_json(exclude_defaults=True) == text


def test_changes_start_from_plans_that_people_have_changed():
    """Two lifts in five are others, so few plans hold nothing but what the coach would write."""
    pairs = [
        (first, request.current_plan)
        for request in a_cohort(users=100).requests()
        if request.current_plan is not None
        and isinstance(first := coach(a_creation(request.profile), 0), WorkoutPlan)
    ]

    as_written = [names(plan) <= names(first) for first, plan in pairs]

    assert len(pairs) > 200
    assert sum(as_written) / len(pairs) < 0.2


def names(plan: WorkoutPlan) -> set[str]:
    return {item.exercise_id for _, item in plan.items()}


def test_hostile_and_grave_notes_come_at_the_configured_rates():
    rules = with_notes(
        200, note_share=0.5, injection_share_of_notes=0.2, red_flag_share_of_notes=0.1
    )
    frame = asked(rules)
    notes = frame.filter(pl.col("prompt").str.contains("note <<<", literal=True))

    assert notes.height / frame.height == pytest.approx(0.5, abs=0.07)
    assert labelled(frame, "injection").height / notes.height == pytest.approx(0.2, abs=0.07)
    assert labelled(frame, "red_flag").height / notes.height == pytest.approx(0.1, abs=0.06)


@pytest.mark.parametrize(
    ("label", "texts"),
    [("injection", load_notes().injections), ("red_flag", load_notes().red_flags)],
)
def test_every_such_note_is_labelled_and_no_other(label: str, texts: tuple[str, ...]):
    frame = asked(with_notes(100, note_share=0.8, injection_share_of_notes=0.3,
                             red_flag_share_of_notes=0.3))  # fmt: skip
    marks = [clean_note(text) for text in texts]
    holds = frame["prompt"].map_elements(
        lambda prompt: any(mark in prompt for mark in marks), return_dtype=pl.Boolean
    )

    found = set(labelled(frame, label)["query_id"])

    assert found
    assert found == set(frame.filter(holds)["query_id"])


def test_a_grave_note_leads_to_a_clinician():
    frame = asked(with_notes(100, note_share=1.0, red_flag_share_of_notes=1.0,
                             injection_share_of_notes=0.0))  # fmt: skip
    requests = [PlanRequest.model_validate_json(text) for text in frame["request_json"]]

    assert all(request.profile.has_symptoms for request in requests)
    handoffs = frame["expected_constraints"].list.first().str.starts_with("handoff:")
    assert handoffs.all()


def test_a_person_stays_in_one_split():
    frame = a_cohort(users=300).queries
    by_user = frame.group_by("user_id").agg(pl.col("split").n_unique())

    assert by_user["split"].max() == 1


def test_about_four_questions_a_person_of_all_four_kinds():
    frame = a_cohort(users=300).queries

    assert 3 < frame.height / 300 < 4.01
    assert frame["prompt_type"].n_unique() == 4
    assert all(count > 200 for count in frame["prompt_type"].value_counts()["count"])


def test_constraints_name_what_the_answer_must_respect():
    frame = a_cohort(users=300).queries
    plans = frame.filter(~pl.col("expected_constraints").list.first().str.starts_with("handoff:"))

    for constraints in plans["expected_constraints"].head(50):
        kinds = {entry.split(":")[0] for entry in constraints}
        assert {"days", "minutes", "equipment"} <= kinds
