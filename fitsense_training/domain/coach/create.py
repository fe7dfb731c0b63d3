"""Creating a plan: lay out the week, choose, dose, fit to the time."""

from collections.abc import Mapping

from fitsense_training.domain.coach.budget import fit_budgets
from fitsense_training.domain.coach.choice import Chooser
from fitsense_training.domain.errors import UnsafeAnswer
from fitsense_training.domain.plan.model import Prescription, Session, WorkoutPlan
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.aerobic_minutes import starting_aerobic_minutes
from fitsense_training.domain.safety.bounds import (
    Bounds,
    aerobic_intensity,
    bounds_of,
    warm_up_minutes,
)
from fitsense_training.domain.safety.inclusions import meets, options, required_inclusions
from fitsense_training.domain.safety.repair import repair
from fitsense_training.domain.safety.sessions import in_order, prescribe
from fitsense_training.domain.science.volume import item_minutes
from fitsense_training.domain.science.week import Day, exercises_max, lay_out_week, usable_minutes
from fitsense_training.domain.vocabulary import LoadKind, ProgressionMethod, ReasonCode

# Not a handoff: no clinician can mend it, but the person can.
NOTHING_LEFT = (
    "No exercise is left that this person can do: take back an exclusion, or add equipment."
)


def create(
    request: PlanRequest, seed: int, known_kg: Mapping[str, float], reason: ReasonCode
) -> WorkoutPlan:
    """A plan from nothing but the profile and the loads the person is known to lift.

    Raises:
        UnsafeAnswer: what the person excludes and must avoid leaves nothing to do.
    """
    bounds = bounds_of(request)
    chooser = Chooser(bounds, known_kg, seed)
    sessions = tuple(
        session
        for day in lay_out_week(request.profile)
        if (session := _fill(day, bounds, chooser, known_kg)) is not None
    )
    if not sessions:
        raise UnsafeAnswer(NOTHING_LEFT)
    sessions = fit_budgets(sessions, bounds, is_new=not known_kg)
    plan = WorkoutPlan(
        goal=request.profile.main_goal,
        sessions=sessions,
        aerobic_min_per_week=starting_aerobic_minutes(bounds.profile),
        aerobic_intensity=aerobic_intensity(bounds),
        progression=progression(sessions),
        stop_signs=bounds.limits.stop_signs,
        reasons=(reason,),
    )
    return repair(request, plan).plan


def _fill(
    day: Day, bounds: Bounds, chooser: Chooser, known_kg: Mapping[str, float]
) -> Session | None:
    warm_up_min = warm_up_minutes(bounds)
    codes = required_inclusions(bounds)
    required_min = sum(
        item_minutes(prescribe(options(code, bounds)[0].id, bounds)) for code in codes
    )
    minutes_left = usable_minutes(bounds.profile) - warm_up_min - required_min
    items: dict[str, Prescription] = {}
    for pattern in day.slots[: exercises_max(bounds.profile.session_minutes)]:
        exercise = chooser.pick(pattern, day.focus, items)
        if exercise is None:
            continue
        item = prescribe(exercise.id, bounds, known_kg.get(exercise.id) or None)
        minutes = item_minutes(item)
        if minutes > minutes_left and len(items) >= bounds.rules.exercises_min.value:
            break
        if minutes > minutes_left and any(meets(code, exercise) for code in codes):
            continue  # the shortest of its kind comes in later, and could not be dropped again
        items[exercise.id] = item
        minutes_left -= minutes
    if not items:
        return None
    return Session(
        weekday=day.weekday,
        focus=day.focus,
        warm_up_min=warm_up_min,
        prescriptions=in_order(tuple(items.values())),
    )


def progression(sessions: tuple[Session, ...]) -> ProgressionMethod:
    """Find the loads first where none is known in kg; then double progression."""
    loads = [item.load.kind for session in sessions for item in session.prescriptions]
    if LoadKind.KG not in loads and LoadKind.RPE in loads:
        return ProgressionMethod.FIND_LOAD
    return ProgressionMethod.DOUBLE_PROGRESSION
