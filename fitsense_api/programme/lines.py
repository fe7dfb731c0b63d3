"""An accepted revision as rows, so that what is logged stays linked to what was planned."""

from collections.abc import Iterator
from uuid import UUID

from fitsense_api.db.models.plans import PlanDay, PlanExercise, PlanRevision, PlanSet
from fitsense_api.db.unit import Unit
from fitsense_api.planned.repository import PlanDays, PlanExercises, PlanSets
from fitsense_training.domain.plan.model import Prescription, Session, WorkoutPlan
from fitsense_training.domain.vocabulary import LoadKind


async def write_lines(unit: Unit, owner_id: UUID, revision: PlanRevision) -> None:
    """Keep the days, exercises and sets of a revision."""
    days: list[PlanDay] = []
    lines: list[PlanExercise] = []
    sets: list[PlanSet] = []
    for row in lines_of(unit, revision):
        match row:
            case PlanDay():
                days.append(row)
            case PlanExercise():
                lines.append(row)
            case PlanSet():
                sets.append(row)
    await PlanDays(unit, owner_id).add_all(days)
    await PlanExercises(unit, owner_id).add_all(lines)
    await PlanSets(unit, owner_id).add_all(sets)


def lines_of(unit: Unit, revision: PlanRevision) -> Iterator[PlanDay | PlanExercise | PlanSet]:
    """The rows of a revision's plan."""
    for session in WorkoutPlan.model_validate(revision.plan).sessions:
        day = _day(unit, revision, session)
        yield day
        for place, item in enumerate(session.prescriptions):
            line = _line(unit, day, place, item)
            yield line
            yield from _sets(line.id, item)


def _day(unit: Unit, revision: PlanRevision, session: Session) -> PlanDay:
    return PlanDay(
        id=unit.next_id(),
        plan_id=revision.plan_id,
        revision_id=revision.id,
        name=session.weekday.value,
        day_order=session.weekday.order,
    )


def _line(unit: Unit, day: PlanDay, place: int, item: Prescription) -> PlanExercise:
    return PlanExercise(
        id=unit.next_id(),
        plan_day_id=day.id,
        exercise_id=item.exercise_id,
        position=place,
        superset=item.superset,
    )


def _sets(plan_exercise_id: UUID, item: Prescription) -> Iterator[PlanSet]:
    for number in range(1, item.sets + 1):
        yield PlanSet(
            plan_exercise_id=plan_exercise_id,
            set_number=number,
            dose_kind=item.dose_kind,
            target_reps=item.dose_low,
            target_reps_max=item.dose_high,
            load_kind=item.load.kind,
            target_load=item.load.value,
            target_weight_kg=item.load.value if item.load.kind is LoadKind.KG else None,
            target_rir=item.rir,
            rest_seconds=item.rest_s,
        )
