"""A person's record as the rows of the service's tables."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from uuid import UUID

from fitsense_api.db.base import Base
from fitsense_api.db.models.daily import CalorieLog, SleepLog, WeightLog
from fitsense_api.db.models.people import (
    Allergy,
    Consent,
    MedicalProfile,
    Medication,
    Screening,
    UserCondition,
    UserEquipment,
    UserGoal,
    UserProfile,
)
from fitsense_api.db.models.plans import PlanEntry, PlanRevision, RevisionState
from fitsense_api.db.models.workouts import SetKind, Workout, WorkoutExercise, WorkoutSet
from fitsense_api.db.unit import Unit
from fitsense_api.people.whole import GUARDIAN
from fitsense_api.programme.answers import version_columns
from fitsense_api.programme.lines import lines_of
from fitsense_api.provenance import versions_of
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.record import DayRecord, PersonRecord, SetRecord, WorkoutRecord
from fitsense_training.domain.safety.screening_answers import ANSWERS_VERSION, load_screening_rules
from fitsense_training.domain.vocabulary import PromptType

CONSENT_VERSION = "1"
WEIGHED_AT = time(7, 0, tzinfo=UTC)


def person_rows(person: PersonRecord) -> Iterator[Base]:
    """Body, goals, equipment and health."""
    profile = person.profile
    unit = "lb" if any(s.entered_unit == "lb" for w in person.workouts for s in w.sets) else "kg"
    yield UserProfile(
        date_of_birth=person.date_of_birth,
        sex=profile.sex,
        height_cm=profile.height_cm,
        height_unit="ft_in" if unit == "lb" else "cm",
        weight_unit=unit,
        activity_level=profile.activity_level,
        experience_level=profile.experience_level,
        weekdays=[day.value for day in profile.weekdays],
        session_minutes=profile.session_minutes,
        excluded_exercises=list(profile.excluded_exercises),
        timezone="UTC",
        locale="en",
    )
    for priority, goal in enumerate(profile.goals):
        yield UserGoal(goal_id=goal.value, priority=priority)
    for piece in profile.equipment:
        yield UserEquipment(equipment_id=piece.value)
    for record in profile.conditions:
        cleared_on = person.screened_on if record.is_cleared else None
        yield UserCondition(
            condition_id=record.condition.value, severity=record.severity, cleared_on=cleared_on
        )


def health_rows(person: PersonRecord) -> Iterator[Base]:
    """What a person told of their health, and what they agreed to."""
    yield MedicalProfile(
        has_injuries=bool(person.injuries), injury_details=", ".join(person.injuries) or None
    )
    for name in person.medications:
        yield Medication(medication_name=name)
    for name in person.allergies:
        yield Allergy(allergen=name)
    answered_at = datetime.combine(person.screened_on, WEIGHED_AT)
    valid = timedelta(days=load_screening_rules().valid_days.value)
    yield Screening(
        questionnaire_version=ANSWERS_VERSION,
        answers=person.screening_answers,
        state=person.screening_state,
        answered_at=answered_at,
        valid_until=answered_at + valid,
    )
    if person.has_guardian_consent:
        yield Consent(purpose=GUARDIAN, version=CONSENT_VERSION, given_at=answered_at)


def plan_rows(unit: Unit, plan_id: UUID, plan: WorkoutPlan) -> Iterator[Base]:
    """The plan a person follows: one revision, accepted, written by the coach, line by line."""
    revision = PlanRevision(
        id=unit.next_id(),
        plan_id=plan_id,
        number=1,
        state=RevisionState.ACCEPTED,
        decided_at=unit.now,
        prompt_type=PromptType.PLAN_CREATION,
        plan=plan.model_dump(mode="json"),
        diff=[],
        reasons=[reason.value for reason in plan.reasons],
        guard_path="coach",
        **version_columns(versions_of(None)),
    )
    yield PlanEntry(
        id=plan_id, name=plan.goal.value, is_active=True, current_revision_id=revision.id
    )
    yield revision
    yield from lines_of(unit, revision)


def day_rows(day: DayRecord) -> Iterator[Base]:
    """What was logged of one day."""
    if day.calories_kcal is not None:
        yield CalorieLog(log_date=day.day, calories_consumed=day.calories_kcal)
    if day.sleep_hours is not None:
        yield SleepLog(log_date=day.day, sleep_duration_hours=day.sleep_hours)
    if day.weight_kg is not None:
        at = datetime.combine(day.day, WEIGHED_AT)
        yield WeightLog(logged_at=at, weight_kg=day.weight_kg, entered_unit="kg")


def workout_rows(unit: Unit, workout: WorkoutRecord, plan_id: UUID | None) -> Iterator[Base]:
    """A workout, its exercises and its sets."""
    workout_id = unit.next_id()
    yield Workout(id=workout_id, plan_id=plan_id, started_at=workout.started_at)
    for position, sets in groupby(workout.sets, key=lambda entry: entry.position):
        entries = list(sets)
        exercise_id = unit.next_id()
        yield WorkoutExercise(
            id=exercise_id,
            workout_id=workout_id,
            exercise_id=entries[0].exercise_id,
            position=position,
        )
        yield from (_set_row(exercise_id, entry) for entry in entries)


def _set_row(workout_exercise_id: UUID, entry: SetRecord) -> WorkoutSet:
    return WorkoutSet(
        workout_exercise_id=workout_exercise_id,
        set_number=entry.set_number,
        kind=SetKind.WARM_UP if entry.is_warm_up else SetKind.WORKING,
        is_warmup=entry.is_warm_up,
        dose_kind=entry.dose_kind,
        target_reps=entry.target_dose,
        target_weight_kg=entry.target_load_kg,
        target_rir=entry.target_rir,
        reps=entry.dose,
        weight_kg=entry.load_kg,
        entered_unit=entry.entered_unit,
        rir=entry.rir,
        rest_seconds=entry.rest_s,
        has_pain=entry.has_pain,
    )
