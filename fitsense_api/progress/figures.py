"""What a log adds up to, by the domain's formulas; pure functions over logged sets."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from fitsense_api.db.models.workouts import SetKind
from fitsense_api.workouts.repository import LoggedSet
from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.plan.model import Prescription, WorkoutPlan
from fitsense_training.domain.science.progression import (
    SetDone,
    Step,
    Target,
    double_progression,
    is_stalled,
)
from fitsense_training.domain.science.strength import estimate_1rm, is_record, round_down
from fitsense_training.domain.science.volume import RESISTANCE_ROLES
from fitsense_training.domain.vocabulary import DoseKind, LiftStatus, LoadKind, Muscle

EXPOSURES_OF_LOAD = 3


@dataclass(frozen=True)
class Exposure:
    """The working sets of one exercise in one workout."""

    at: datetime
    exercise_id: str
    sets: tuple[LoggedSet, ...]

    @property
    def best_1rm(self) -> float | None:
        """The best cautious estimate of the workout in kg."""
        return max(
            (found for each in self.sets if (found := _cautious(each)) is not None), default=None
        )

    @property
    def load_kg(self) -> float | None:
        """The middle load."""
        loads = [each.weight_kg for each in self.sets if each.weight_kg]
        return median(loads) if loads else None


@dataclass(frozen=True)
class Record:
    """An estimate 2 percent or more above the best of all earlier workouts."""

    exercise_id: str
    at: datetime
    estimate_kg: float
    before_kg: float


def exposures(log: Iterable[LoggedSet]) -> dict[str, list[Exposure]]:
    """Working sets by exercise, one exposure a workout, oldest first."""
    grouped: dict[tuple[str, object], list[LoggedSet]] = defaultdict(list)
    for each in log:
        if each.kind is not SetKind.WARM_UP:
            grouped[each.exercise_id, each.workout_id].append(each)
    found: dict[str, list[Exposure]] = defaultdict(list)
    for (name, _), sets in grouped.items():
        found[name].append(Exposure(sets[0].started_at, name, tuple(sets)))
    return {name: sorted(each, key=lambda item: item.at) for name, each in found.items()}


def records(of_exercise: Sequence[Exposure]) -> Iterator[Record]:
    """The records of one exercise; only earlier workouts are a mark to beat."""
    best: float | None = None
    for exposure in of_exercise:
        estimate = exposure.best_1rm
        if estimate is None:
            continue
        if best is not None and is_record(estimate, best):
            yield Record(exposure.exercise_id, exposure.at, round(estimate, 2), round(best, 2))
        best = estimate if best is None else max(best, estimate)


def working_loads(log: Iterable[LoggedSet]) -> dict[str, float]:
    """The load each exercise is done with: the median of its last three workouts, rounded down."""
    found: dict[str, float] = {}
    for name, done in exposures(log).items():
        loads = [each.load_kg for each in done if each.load_kg is not None]
        if loads and name in load_catalogue():
            exercise = load_catalogue().by_id(name)
            load = round_down(median(loads[-EXPOSURES_OF_LOAD:]), exercise.load_step_kg)
            found[name] = max(load, exercise.min_load_kg)
    return {name: load for name, load in found.items() if load > 0}


def sets_by_muscle(log: Iterable[LoggedSet]) -> dict[Muscle, float]:
    """Hard sets by muscle: direct work counts 1, indirect 0.5, warm-ups nothing."""
    total: dict[Muscle, float] = defaultdict(float)
    for each in log:
        if each.kind is SetKind.WARM_UP or each.exercise_id not in load_catalogue():
            continue
        exercise = load_catalogue().by_id(each.exercise_id)
        if exercise.role in RESISTANCE_ROLES:
            for muscle, weight in exercise.muscles.items():
                total[muscle] += weight
    return dict(total)


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def statuses(plan: WorkoutPlan, log: Iterable[LoggedSet]) -> dict[str, LiftStatus]:
    """What the log says of every exercise of a plan that was done since."""
    done = exposures(log)
    lines = {item.exercise_id: item for _, item in reversed(tuple(plan.items()))}
    return {name: _status(line, done[name]) for name, line in lines.items() if name in done}


def _status(line: Prescription, done: Sequence[Exposure]) -> LiftStatus:
    last = done[-1]
    if any(each.has_pain for each in last.sets):
        return LiftStatus.PAIN
    if line.dose_kind is not DoseKind.REPS:
        return LiftStatus.MID
    if is_stalled(line.dose_low, [_reps(each) for each in done if _reps(each)]):
        return LiftStatus.STALL
    load_kg = line.load.value if line.load.kind is LoadKind.KG and line.load.value else 0.0
    target = Target(load_kg, line.sets, line.dose_low, line.dose_high, line.rir or 0)
    step = double_progression(target, [_done(each) for each in last.sets])
    return LiftStatus.TOP if step is Step.RAISE else LiftStatus.MID


def _reps(exposure: Exposure) -> tuple[int, ...]:
    return tuple(each.reps for each in exposure.sets if each.reps is not None)


def _done(each: LoggedSet) -> SetDone:
    return SetDone(each.weight_kg or 0.0, each.reps or 0, each.rir)


def _cautious(each: LoggedSet) -> float | None:
    """The estimate of one set; a reserve that was not told gives none."""
    if each.dose_kind is not DoseKind.REPS or not each.reps or not each.weight_kg:
        return None
    if each.rir is None:
        return None
    found = estimate_1rm(each.weight_kg, each.reps, each.rir)
    return None if found is None else found.cautious_kg
