"""Plans: what each person of a cohort follows, and the same plan as it is theirs today.

One row a person: the id of the plan (its content's hash) and the plan as JSON, both null for
people who are handed over to a clinician. The plan is that of their kind (see archetypes.py); on
their own days, with the loads of their log and their own weekly minutes it is `own_plan`.
"""

import functools
from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from fitsense_assets.lib.cohort.archetypes import Archetypes, PlanSource
from fitsense_assets.lib.cohort.collector import paused_collector
from fitsense_assets.lib.cohort.templates import plan_of
from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.coach.create import progression
from fitsense_training.domain.plan.model import Load, Prescription, Session, WorkoutPlan
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.safety.aerobic_minutes import starting_aerobic_minutes
from fitsense_training.domain.safety.dose_bounds import EFFORT_ROLES
from fitsense_training.domain.science.week import spread
from fitsense_training.domain.vocabulary import LoadKind

VERSION = "1"
CHUNK_USERS = 500
SCHEMA = {"user_id": pl.String, "plan_id": pl.String, "plan_json": pl.String}


def plan_chunks(
    profiles: Iterable[pl.DataFrame], plan_source: PlanSource
) -> Iterator[pl.DataFrame]:
    """The plans of a cohort, CHUNK_USERS people at a time, in user order."""
    archetypes = Archetypes(plan_source)
    for part in profiles:
        for start in range(0, part.height, CHUNK_USERS):
            chunk = part.slice(start, CHUNK_USERS)
            with paused_collector():
                found = archetypes.plans(chunk)
            columns = {
                "user_id": chunk["user_id"],
                "plan_id": [plan.plan_id for plan in found],
                "plan_json": [plan.plan_json for plan in found],
            }
            yield pl.DataFrame(columns, schema=SCHEMA)


def own_plan(plan_json: str, profile: Profile, load_kg: Mapping[str, float]) -> WorkoutPlan:
    """The plan as this person has it now: on their days, with the loads they last worked with."""
    plan = plan_of(plan_json)
    days = spread(profile.weekdays, len(plan.sessions))
    sessions = tuple(
        Session.model_construct(
            weekday=day,
            focus=session.focus,
            warm_up_min=session.warm_up_min,
            prescriptions=tuple(_loaded(item, load_kg) for item in session.prescriptions),
        )
        for day, session in zip(days, plan.sessions, strict=True)
    )
    update = {
        "sessions": sessions,
        "progression": progression(sessions),
        "aerobic_min_per_week": starting_aerobic_minutes(profile),
    }
    return plan.model_copy(update=update)


def _loaded(item: Prescription, load_kg: Mapping[str, float]) -> Prescription:
    """The line with the load in kg that is known, where effort stood in for it."""
    known = load_kg.get(item.exercise_id)
    if known is None or item.load.kind is not LoadKind.RPE or not _takes_kilos(item.exercise_id):
        return item
    # Every value was validated before; construction is three times as fast as a copy.
    return Prescription.model_construct(None, **{**vars(item), "load": _kilos(known)})


@functools.cache
def _takes_kilos(exercise_id: str) -> bool:
    exercise = load_catalogue().by_id(exercise_id)
    return exercise.is_loadable and exercise.role not in EFFORT_ROLES


@functools.lru_cache(maxsize=4096)
def _kilos(known_kg: float) -> Load:
    return Load(kind=LoadKind.KG, value=known_kg)
