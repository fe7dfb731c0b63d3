"""What a change may do to one line: the loads in kg that the log and the rules leave open."""

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.plan.model import (
    Load,
    Prescription,
    load_of_kilos,
    load_of_reserve,
)
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.bounds import Bounds
from fitsense_training.domain.safety.change import lays_out_anew
from fitsense_training.domain.safety.steps import next_load_kg
from fitsense_training.domain.science.progression import load_progression_rules
from fitsense_training.domain.science.strength import round_down
from fitsense_training.domain.vocabulary import DoseKind, LiftStatus, LoadKind, Readiness

UNKNOWN_RIR = 4


def known_loads(request: PlanRequest) -> dict[str, float]:
    """Loads in kg the person is known to lift; zero for an exercise known without a load.

    For a week laid out anew, the current plan tells what the person knows.
    """
    if request.current_plan is None or not lays_out_anew(request):
        return request.load_kg_by_exercise
    known = dict.fromkeys((item.exercise_id for _, item in request.current_plan.items()), 0.0)
    for _, item in request.current_plan.items():
        if item.load.kind is LoadKind.KG:
            known[item.exercise_id] = item.load.value or 0.0
    return known


def load_options(item: Prescription, request: PlanRequest, bounds: Bounds) -> tuple[Load, ...]:
    """The loads a line in kg may have after this request, the most usual first."""
    if not load_catalogue().by_id(item.exercise_id).is_loadable:
        return (scaled_load(item, 1.0),)
    progress, rules = request.progress, bounds.rules
    if progress is None:
        shares = [1.0] if request.pain is None else [1.0, rules.pain.regress_load_share]
        return tuple(scaled_load(item, share) for share in shares)
    status = dict(progress.statuses).get(item.exercise_id)
    ease = {
        LiftStatus.STALL: rules.stall_load_share.value,
        LiftStatus.PAIN: rules.pain.regress_load_share,
    }.get(status or LiftStatus.MID, 1.0)
    if step := rules.return_after_gap.step(progress.gap_days):
        return (scaled_load(item, min(ease, 1.0) * step.load_share),)
    if progress.is_deload_due:
        return (scaled_load(item, ease * rules.deload.load_share),)
    too_few = progress.adherence_share < load_progression_rules().adherence_simplify_share.value
    careful = progress.readiness is Readiness.POOR or too_few
    if status is LiftStatus.TOP and not careful:
        heavier = load_of_kilos(next_load_kg(item, bounds))
        return (heavier, item.load) if heavier else (item.load,)
    return (scaled_load(item, ease),)


def scaled_load(item: Prescription, share: float) -> Load:
    """A load in kg taken down to a share of itself, in whole steps, at least the lightest.

    Kilograms on what cannot be loaded, which only a plan from elsewhere holds, become an effort.
    """
    if item.load.kind is not LoadKind.KG or item.load.value is None:
        return item.load
    exercise = load_catalogue().by_id(item.exercise_id)
    if not exercise.is_loadable:
        return load_of_reserve(UNKNOWN_RIR if item.rir is None else item.rir)
    if share >= 1:
        return item.load
    lightest = max(exercise.min_load_kg, exercise.load_step_kg)
    kilos = max(round_down(item.load.value * share, exercise.load_step_kg), lightest)
    return Load(kind=LoadKind.KG, value=min(kilos, item.load.value))


def may_add_rep(item: Prescription, bounds: Bounds) -> bool:
    """Whether a line counted in reps has not reached the most reps yet."""
    if item.dose_kind is not DoseKind.REPS or item.rir is None:
        return False
    return item.dose_high < bounds.dose(load_catalogue().by_id(item.exercise_id)).high_max


def one_more_rep(item: Prescription, bounds: Bounds) -> Prescription:
    """A repetition more where the smallest step of load would be too big."""
    if not may_add_rep(item, bounds):
        return item
    more = {"dose_low": item.dose_low + 1, "dose_high": item.dose_high + 1}
    return item.model_copy(update=more)
