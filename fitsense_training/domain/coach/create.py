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
    may_superset,
    warm_up_minutes,
)
from fitsense_training.domain.safety.inclusions import meets, options, required_inclusions
from fitsense_training.domain.safety.repair import repair
from fitsense_training.domain.safety.sessions import effort, in_order, prescribe, with_items
from fitsense_training.domain.science.landmarks import load_volume_rules
from fitsense_training.domain.science.supersets import pair_up, saved_minutes
from fitsense_training.domain.science.volume import item_minutes
from fitsense_training.domain.science.week import (
    Day,
    exercises_least,
    exercises_max,
    is_resistance,
    lay_out_week,
    load_splits,
    usable_minutes,
)
from fitsense_training.domain.text.variants import scaled_load
from fitsense_training.domain.vocabulary import (
    ExperienceLevel,
    LoadKind,
    ProgressionMethod,
    ReasonCode,
    SessionFocus,
)

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
    sessions = fit_budgets(_heavy_and_light(sessions, bounds), bounds, is_new=not known_kg)
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
    items: tuple[Prescription, ...] = ()
    for pattern in day.slots[: exercises_max(bounds.profile.session_minutes)]:
        exercise = chooser.pick(pattern, day.focus, {item.exercise_id for item in items})
        if exercise is None:
            continue
        item = prescribe(exercise.id, bounds, known_kg.get(exercise.id) or None)
        more = in_order((*items, item))
        if _minutes(more) > minutes_left and len(items) < exercises_least(
            bounds.profile.session_minutes
        ):
            more = _paired(more, minutes_left, bounds)
        is_long = _minutes(more) > minutes_left
        if is_long and len(items) >= bounds.rules.exercises_min.value:
            break
        if is_long and any(meets(code, exercise) for code in codes):
            continue  # the shortest of its kind comes in later, and could not be dropped again
        items = more
    if not items:
        return None
    return Session(
        weekday=day.weekday, focus=day.focus, warm_up_min=warm_up_min, prescriptions=items
    )


def _heavy_and_light(sessions: tuple[Session, ...], bounds: Bounds) -> tuple[Session, ...]:
    """The second of two days of somebody advanced made light: more in reserve, less load (F3)."""
    lifting = [session for session in sessions if is_resistance(session.focus)]
    is_advanced = bounds.profile.experience_level is ExperienceLevel.ADVANCED
    if not is_advanced or [s.focus for s in lifting] != [SessionFocus.FULL_BODY] * 2:
        return sessions
    rule, hard = load_splits().light_day, load_volume_rules().hard_set_rir_max
    most = hard.at(bounds.profile.experience_level)

    def light(item: Prescription) -> Prescription:
        is_hard = item.rir is not None and item.rir + rule.rir_add <= most  # and stays a hard set
        eased = effort(item, rule.rir_add, bounds) if is_hard else item
        return eased.model_copy(update={"load": scaled_load(eased, rule.load_share)})

    return tuple(
        with_items(session, tuple(map(light, session.prescriptions)))
        if session is lifting[1]
        else session
        for session in sessions
    )


def _minutes(items: tuple[Prescription, ...]) -> float:
    return sum(map(item_minutes, items)) - saved_minutes(items)


def _paired(
    items: tuple[Prescription, ...], minutes: float, bounds: Bounds
) -> tuple[Prescription, ...]:
    """The lines with as many supersets as bring them into the time; as they were if none do."""
    found = items
    while may_superset(bounds) and (more := pair_up(found)) is not None:
        found = more
        if _minutes(found) <= minutes:
            return found
    return items


def progression(sessions: tuple[Session, ...]) -> ProgressionMethod:
    """Find the loads first where none is known in kg; then double progression."""
    loads = [item.load.kind for session in sessions for item in session.prescriptions]
    if LoadKind.KG not in loads and LoadKind.RPE in loads:
        return ProgressionMethod.FIND_LOAD
    return ProgressionMethod.DOUBLE_PROGRESSION
