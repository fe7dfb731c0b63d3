"""The doses that a grammar lets be written for one line: sets, size, reserve, rest and load."""

from collections.abc import Iterable, Mapping

from fitsense_training.domain.catalogue import Exercise, load_catalogue
from fitsense_training.domain.plan.model import RIR_MAX, Load, Prescription
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.bounds import Bounds, DoseBounds
from fitsense_training.domain.safety.minimal_change import is_within
from fitsense_training.domain.text.ebnf import any_of, quote
from fitsense_training.domain.text.variants import load_options
from fitsense_training.domain.text.wire import behind_name, in_dose, write_dose, write_load
from fitsense_training.domain.vocabulary import DoseKind, ExerciseRole, LoadKind

UNIT = {DoseKind.REPS: "", DoseKind.SECONDS: "sec", DoseKind.DISTANCE: "m"}


def new_dose(exercise: Exercise, bounds: Bounds, known_kg: Mapping[str, float]) -> tuple[str, str]:
    """What stands behind an exercise that comes in, as text, and its doses around the usual one."""
    dose = bounds.dose(exercise)
    size = f"x{dose.low}-{dose.high}{UNIT[dose.kind]}"
    if dose.rir is None:
        load = write_load(bounds.load(exercise, None, None))
        sizes = [size]
        if exercise.role is ExerciseRole.CONDITIONING:  # a short session takes a part of it
            parts = (2, 4) if dose.low // 2 >= bounds.rules.seconds_to_halve.value else (2,)
            sizes += [f"x{dose.low // n}-{dose.high // n}{UNIT[dose.kind]}" for n in parts]
        return "", f"{quote(str(dose.sets))} {any_of(sizes)} {quote(f' r- {dose.rest_s}s {load}')}"
    sets = any_of(str(n) for n in range(1, min(dose.sets + 1, dose.sets_max) + 1))
    known = known_kg.get(exercise.id) or None

    def effort(rir: int) -> str:
        load: Load = bounds.load(exercise, rir, known)
        return f" r{rir} {dose.rest_s}s{in_dose(load)}"

    behind = behind_name(bounds.load(exercise, dose.rir, known))
    reserves = range(dose.rir_min, (dose.rir or 0) + 2)
    return behind, f"{sets} {quote(size)} {any_of(effort(rir) for rir in reserves)}"


def may_stay(item: Prescription, request: PlanRequest, bounds: Bounds) -> bool:
    """Whether the rules and the log leave a line of the current plan as it is."""
    if item.exercise_id not in bounds.allowed or not is_within(item, bounds):
        return False
    is_kilos = item.load.kind is LoadKind.KG
    return not is_kilos or item.load in load_options(item, request, bounds)


def changed_dose(
    item: Prescription, request: PlanRequest, bounds: Bounds, *, is_told: bool
) -> tuple[str, str]:
    """What may stand behind the exercise of a line of the current plan, and its new doses.

    Where a number tells the line, `is_told`, its load is told too, and only another one is written.
    """
    dose = bounds.dose(load_catalogue().by_id(item.exercise_id))
    sets = any_of(str(n) for n in range(1, min(item.sets + 1, dose.sets_max) + 1))
    loads = (item.load,)
    if item.load.kind is LoadKind.KG:
        loads = load_options(item, request, bounds)
    return (
        any_of("" if is_told and load == item.load else behind_name(load) for load in loads),
        f"{sets} {any_of(_sizes(item, dose))} {_efforts(item, dose, loads)}",
    )


def fewer_sets(item: Prescription) -> str:
    """The same work in fewer sets, to make room for what is required."""
    sets, rest = write_dose(item).split("x", 1)
    return f"{any_of(str(n) for n in range(1, int(sets)))} {quote(f'x{rest}')}"


def _sizes(item: Prescription, dose: DoseBounds) -> Iterable[str]:
    low = min(max(item.dose_low, dose.low_min), dose.high_max)
    high = min(max(item.dose_high, low), dose.high_max)
    yield f"x{low}-{high}{UNIT[dose.kind]}"
    if item.load.kind is LoadKind.KG and high > dose.high:
        yield f"x{dose.low}-{dose.high}{UNIT[dose.kind]}"  # heavier: back to the usual reps
    if dose.kind is DoseKind.REPS and high < dose.high_max:
        yield f"x{low + 1}-{high + 1}"


def _efforts(item: Prescription, dose: DoseBounds, loads: tuple[Load, ...]) -> str:
    """` r2 90s rpe8` and its neighbours: reserve, rest and effort that fit each other."""
    rest = min(max(item.rest_s, dose.rest_min_s), dose.rest_max_s)
    top = min(max(item.rir or 0, dose.rir_min) + 3, RIR_MAX)
    reserves = range(dose.rir_min, top + 1)
    if item.load.kind is LoadKind.RPE:
        return any_of(f" r{rir} {rest}s rpe{max(1, 10 - rir)}" for rir in reserves)
    return any_of(f" r{rir} {rest}s{in_dose(load)}" for rir in reserves for load in loads)
