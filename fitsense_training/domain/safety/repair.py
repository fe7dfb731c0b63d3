"""One bounded repair pass: mends what may be mended and says what it did.

It never touches what a BLOCK finding is about beyond dosing down; an answer that is still broken
afterwards is not shown.
"""

from collections.abc import Callable
from dataclasses import dataclass

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.plan.model import Prescription, Session, WorkoutPlan
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.bounds import Bounds, bounds_of, warm_up_minutes
from fitsense_training.domain.safety.change import is_plan_wide
from fitsense_training.domain.safety.coverage import side_ahead
from fitsense_training.domain.safety.fitting import fit_time
from fitsense_training.domain.safety.hard_days import ease_hard_days as ease_hard_aerobic_days
from fitsense_training.domain.safety.inclusions import (
    holds,
    missing_inclusions,
    options,
)
from fitsense_training.domain.safety.jumps import shorten_jumps
from fitsense_training.domain.safety.sessions import (
    clamp,
    in_order,
    prescribe,
    replace_session,
    with_items,
)
from fitsense_training.domain.science.volume import (
    session_sets_by_muscle,
    weekly_sets_by_muscle,
)
from fitsense_training.domain.science.week import is_resistance, load_splits, sessions_max
from fitsense_training.domain.vocabulary import Muscle

Steps = tuple[tuple[str, Callable[[WorkoutPlan, Bounds], WorkoutPlan]], ...]


@dataclass(frozen=True)
class Repair:
    """The mended plan and, in words, every step that changed it."""

    plan: WorkoutPlan
    actions: tuple[str, ...]


def repair(request: PlanRequest, plan: WorkoutPlan) -> Repair:
    """Mend a plan for a request. Every exercise id must be in the catalogue."""
    bounds = bounds_of(request)
    plan, actions = _apply(_MENDS, plan, bounds)
    trims = _TRIMS
    if request.current_plan is not None and not is_plan_wide(request):
        # A small change does not rebalance the lines nobody spoke of.
        trims = tuple(trim for trim in _TRIMS if trim[1] is not balance_push_and_pull)
    trimmed, more = _apply(trims, plan, bounds)
    while more:  # what one trim takes away another may miss; sets only fall, so this ends
        actions += more
        plan = trimmed
        trimmed, more = _apply(trims, plan, bounds)
    return Repair(plan, tuple(dict.fromkeys(actions)))


def _apply(steps: Steps, plan: WorkoutPlan, bounds: Bounds) -> tuple[WorkoutPlan, list[str]]:
    """The plan after these steps, and the names of those that changed it."""
    actions: list[str] = []
    for name, step in steps:
        mended = step(plan, bounds)
        if mended != plan:
            actions.append(name)
            plan = mended
    return plan, actions


def _each_session(plan: WorkoutPlan, change: Callable[[Session], Session]) -> WorkoutPlan:
    return plan.model_copy(update={"sessions": tuple(change(s) for s in plan.sessions)})


def set_warm_ups(plan: WorkoutPlan, bounds: Bounds) -> WorkoutPlan:
    """Warm-ups at least as long as conditions ask for (CON03)."""
    least = max(
        bounds.limits.caps.warm_up_min,
        min(load_splits().warm_up_min.short, warm_up_minutes(bounds)),
    )
    return _each_session(
        plan, lambda s: s.model_copy(update={"warm_up_min": max(s.warm_up_min, least)})
    )


def keep_rest_days(plan: WorkoutPlan, bounds: Bounds) -> WorkoutPlan:
    """No more sessions than leave the rest days of the level (STR03); lifting goes last."""
    sessions = list(plan.sessions)
    while len(sessions) > sessions_max(bounds.profile):
        sessions.remove(min(reversed(sessions), key=lambda s: is_resistance(s.focus)))
    return plan.model_copy(update={"sessions": tuple(sessions)})


def set_stop_signs(plan: WorkoutPlan, bounds: Bounds) -> WorkoutPlan:
    """The stop signs of every active condition (CON05)."""
    return plan.model_copy(update={"stop_signs": bounds.limits.stop_signs})


def dose_down(plan: WorkoutPlan, bounds: Bounds) -> WorkoutPlan:
    """Doses inside their bounds (INT01-INT05, CON02)."""
    return _each_session(
        plan, lambda s: with_items(s, tuple(clamp(item, bounds) for item in s.prescriptions))
    )


def add_required(plan: WorkoutPlan, bounds: Bounds) -> WorkoutPlan:
    """Balance, pelvic floor, back extensors, cool-down where they are missing (CON03)."""
    catalogue = load_catalogue()
    for code, missing in tuple(missing_inclusions(plan, bounds, catalogue)):
        exercise = options(code, bounds)[0]
        hosts = [s for s in plan.sessions if not holds(s, code, catalogue)]
        hosts.sort(key=lambda s: (not is_resistance(s.focus), s.weekday.order))
        for session in hosts[:missing]:
            item = prescribe(exercise.id, bounds)
            items = in_order((*session.prescriptions, item))
            plan = replace_session(plan, with_items(session, items))
    return plan


def ease_hard_days(plan: WorkoutPlan, bounds: Bounds) -> WorkoutPlan:
    """Fewer sets where a muscle is trained hard twice within 48 hours (STR03)."""
    catalogue = load_catalogue()
    while clash := _first_clash(plan, bounds):
        session, muscle = clash
        items = list(session.prescriptions)
        hits = [
            i for i, it in enumerate(items) if muscle in catalogue.by_id(it.exercise_id).muscles
        ]
        victim = max(hits, key=lambda i: _spare(items[i], i))
        if items[victim].sets == 1:
            return plan
        items[victim] = items[victim].model_copy(update={"sets": items[victim].sets - 1})
        plan = replace_session(plan, with_items(session, tuple(items)))
    return plan


def _spare(item: Prescription, place: int) -> tuple[bool, int, int]:
    """How well a line can spare a set: lines that change anyway first, then the longest, last."""
    return item.reason is not None and item.sets > 1, item.sets, place


def _first_clash(plan: WorkoutPlan, bounds: Bounds) -> tuple[Session, Muscle] | None:
    hard = bounds.rules.hard_day_sets.value
    days: list[tuple[Session, set[Muscle]]] = []
    for session in plan.sessions:
        sets = session_sets_by_muscle(session, bounds.counter)
        days.append((session, {muscle for muscle, count in sets.items() if count >= hard}))
    for (first, one), (second, two) in zip(days, [*days[1:], *days[:1]], strict=True):
        gap = (second.weekday.order - first.weekday.order) % 7
        both = one & two
        if gap == 1 and both:
            return second, min(both, key=str)
    return None


def cap_volume(plan: WorkoutPlan, bounds: Bounds) -> WorkoutPlan:
    """Weekly and per-session sets within their caps (VOL01-VOL03)."""
    catalogue, counter = load_catalogue(), bounds.counter
    most = bounds.rules.weekly_sets_cap.at(bounds.profile.experience_level)
    while over := [m for m, s in weekly_sets_by_muscle(plan, counter).items() if s > most]:
        session, index = max(
            (
                (session, index)
                for session in plan.sessions
                for index, item in enumerate(session.prescriptions)
                if over[0] in catalogue.by_id(item.exercise_id).muscles
            ),
            key=lambda hit: (
                *_spare(hit[0].prescriptions[hit[1]], hit[1]),
                hit[0].weekday.order,
            ),
        )
        items = list(session.prescriptions)
        if items[index].sets == 1:
            return plan
        items[index] = items[index].model_copy(update={"sets": items[index].sets - 1})
        plan = replace_session(plan, with_items(session, tuple(items)))
    return plan


def cap_sessions(plan: WorkoutPlan, bounds: Bounds) -> WorkoutPlan:
    """Hard sets of a session, and of a muscle in it, within their caps (VOL02, VOL03)."""
    return _each_session(plan, lambda session: _cap_session(session, bounds))


def _cap_session(session: Session, bounds: Bounds) -> Session:
    catalogue, rules = load_catalogue(), bounds.rules
    most = rules.session_sets_cap.at(bounds.profile.experience_level)
    while True:
        items = list(session.prescriptions)
        by_muscle = session_sets_by_muscle(session, bounds.counter)
        muscle = max(by_muscle, key=lambda m: by_muscle[m], default=None)
        crammed = muscle is not None and by_muscle[muscle] > rules.session_muscle_sets_cap.value
        if not crammed and sum(map(bounds.counter.hard_sets, items)) <= most:
            break
        hits = [
            index
            for index, item in enumerate(items)
            if bounds.counter.hard_sets(item) > 1
            and (not crammed or muscle in catalogue.by_id(item.exercise_id).muscles)
        ]
        if not hits:
            break
        index = max(hits, key=lambda i: _spare(items[i], i))
        items[index] = items[index].model_copy(update={"sets": items[index].sets - 1})
        session = with_items(session, tuple(items))
    return session


def balance_push_and_pull(plan: WorkoutPlan, bounds: Bounds) -> WorkoutPlan:
    """Fewer sets of the side that is ahead (STR04), one at a time."""
    while ahead := side_ahead(plan, bounds, load_catalogue()):
        session, index = max(
            (
                (session, index)
                for session in plan.sessions
                for index, item in enumerate(session.prescriptions)
                if load_catalogue().by_id(item.exercise_id).pattern in ahead
            ),
            key=lambda hit: (hit[0].prescriptions[hit[1]].sets, hit[1], hit[0].weekday.order),
        )
        items = list(session.prescriptions)
        if items[index].sets > 1:
            items[index] = items[index].model_copy(update={"sets": items[index].sets - 1})
        elif len(items) > bounds.rules.exercises_min.value:
            del items[index]
        else:
            return plan
        plan = replace_session(plan, with_items(session, tuple(items)))
    return plan


def sort_exercises(plan: WorkoutPlan, _: Bounds) -> WorkoutPlan:
    """Bigger exercises first (STR05)."""
    return _each_session(plan, lambda s: with_items(s, in_order(s.prescriptions)))


_MENDS: Steps = (
    ("kept rest days free", keep_rest_days),
    ("put stop signs in", set_stop_signs),
    ("lengthened the warm-up", set_warm_ups),
    ("brought doses into range", dose_down),
    ("eased hard aerobic days", ease_hard_aerobic_days),
    ("added what is required", add_required),
    ("shortened aerobic jumps", shorten_jumps),
    ("put bigger exercises first", sort_exercises),
    ("fitted sessions to the time", fit_time),
)
_TRIMS: Steps = (
    ("cut sets of full sessions", cap_sessions),
    ("balanced pushing and pulling", balance_push_and_pull),
    ("cut weekly volume", cap_volume),
    ("eased neighbouring hard days", ease_hard_days),
)
