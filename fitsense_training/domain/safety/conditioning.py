"""Rules on aerobic work (RUN01-06): no jumps, few hard days, intervals on a base only."""

from collections.abc import Callable, Iterator

from fitsense_training.domain.catalogue import Catalogue, Exercise
from fitsense_training.domain.plan.model import Prescription, WorkoutPlan
from fitsense_training.domain.safety.case import Broken, Case, Rule, place
from fitsense_training.domain.science.endurance import (
    Spike,
    has_aerobic_base,
    load_endurance_rules,
    next_minutes,
    spike,
)
from fitsense_training.domain.science.volume import set_seconds
from fitsense_training.domain.vocabulary import (
    ExerciseRole,
    Goal,
    LoadKind,
    RiskTag,
    ScreeningState,
    Severity,
    Weekday,
)


def conditioning_minutes(plan: WorkoutPlan, catalogue: Catalogue) -> dict[Weekday, float]:
    """Minutes of conditioning by weekday."""
    minutes: dict[Weekday, float] = {}
    for session, item in plan.items():
        # A current plan may name what the catalogue no longer knows; it has no minutes then.
        if item.exercise_id not in catalogue:
            continue
        if catalogue.by_id(item.exercise_id).role is ExerciseRole.CONDITIONING:
            spent = item.sets * set_seconds(item) / 60
            minutes[session.weekday] = minutes.get(session.weekday, 0.0) + spent
    return minutes


def _longest_min(case: Case) -> float | None:
    """Minutes of the longest session to compare with: of 30 days, else of the current plan."""
    if case.request.longest_aerobic_min is not None:
        return case.request.longest_aerobic_min
    if case.request.current_plan is None:
        return None
    minutes = conditioning_minutes(case.request.current_plan, case.catalogue)
    return max(minutes.values(), default=0.0)


def _jumps(case: Case, wanted: Spike) -> Iterator[Broken]:
    longest = _longest_min(case)
    if longest is None:
        return
    for weekday, minutes in conditioning_minutes(case.plan, case.catalogue).items():
        if spike(minutes, longest) is wanted:
            yield weekday, f"{minutes:.0f} min of conditioning, {longest:.0f} before"


def _no_jump(wanted: Spike) -> Callable[[Case], Iterator[Broken]]:
    return lambda case: _jumps(case, wanted)


def is_hard(item: Prescription, exercise: Exercise) -> bool:
    """Whether a line is hard aerobic work: intervals, or conditioning at RPE 6 and more."""
    if RiskTag.HIIT in exercise.tags:
        return True
    if exercise.role is not ExerciseRole.CONDITIONING or item.load.kind is not LoadKind.RPE:
        return False
    return (item.load.value or 0) >= load_endurance_rules().hard_rpe.value


def hard_days(plan: WorkoutPlan, catalogue: Catalogue) -> list[Weekday]:
    """The days of a plan with hard aerobic work, Monday first."""
    return [
        session.weekday
        for session in plan.sessions
        if any(
            item.exercise_id in catalogue and is_hard(item, catalogue.by_id(item.exercise_id))
            for item in session.prescriptions
        )
    ]


def days_too_close(days: list[Weekday]) -> list[tuple[Weekday, Weekday]]:
    """Neighbouring hard days in a repeating week that lie less than 48 hours apart."""
    gap_days = load_endurance_rules().hard_sessions_gap_h.value / 24
    pairs = zip(days, [*days[1:], *days[:1]], strict=True)
    return [(a, b) for a, b in pairs if (b.order - a.order) % 7 < gap_days and a is not b]


def has_too_many_hard_days(plan: WorkoutPlan, catalogue: Catalogue) -> bool:
    """Whether a plan breaks RUN02."""
    days = hard_days(plan, catalogue)
    return len(days) > load_endurance_rules().hard_sessions_max.value or bool(days_too_close(days))


def hard_days_are_few(case: Case) -> Iterator[Broken]:
    """RUN02: at most two hard aerobic days a week, 48 hours apart."""
    days, most = hard_days(case.plan, case.catalogue), load_endurance_rules().hard_sessions_max
    if len(days) > most.value:
        yield "plan", f"{len(days)} hard aerobic days, at most {most.value:g}"
    for first, second in days_too_close(days):
        yield "plan", f"hard aerobic work on days {first.order} and {second.order}"


def intervals_stand_on_a_base(case: Case) -> Iterator[Broken]:
    """RUN03: hard intervals only for people with a base, without conditions, and cleared."""
    is_open = has_aerobic_base(case.profile) and case.bounds.state is ScreeningState.CLEAR
    for session, item, exercise in case.exercises():
        if RiskTag.HIIT in exercise.tags and not is_open:
            yield place(session, item), "hard intervals without a base of some weeks"


def weekly_minutes_grow_slowly(case: Case) -> Iterator[Broken]:
    """RUN05: after a log the weekly aerobic minutes grow by at most 10 minutes or 15 percent."""
    before = case.request.current_plan
    if before is None or case.request.progress is None:
        return
    now, then = case.plan.aerobic_min_per_week, before.aerobic_min_per_week
    most = next_minutes(then, now)
    if now > most:
        yield "plan", f"{then} to {now} aerobic minutes a week, at most {most:.0f}"


def endurance_is_mostly_easy(case: Case) -> Iterator[Broken]:
    """RUN06: for endurance at most a fifth of the conditioning is hard, where there is much."""
    rules, minutes = load_endurance_rules(), {True: 0.0, False: 0.0}
    for _, item, exercise in case.exercises():
        if exercise.role is ExerciseRole.CONDITIONING:
            minutes[is_hard(item, exercise)] += item.sets * set_seconds(item) / 60
    hard, total = minutes[True], sum(minutes.values())
    is_little = total < rules.easy_from_min.value
    if case.profile.main_goal is not Goal.ENDURANCE or is_little:
        return
    if hard > total * (1 - rules.easy_share.value) + 1e-9:
        yield "plan", f"{hard:.0f} of {total:.0f} minutes of conditioning are hard"


CONDITIONING_RULES = (
    Rule("RUN01", Severity.BLOCK, "No aerobic session is 30 percent above the longest of 30 days.",
         _no_jump(Spike.BLOCK)),
    Rule("RUN02", Severity.BLOCK, "At most two aerobic days are hard, 48 hours apart.",
         hard_days_are_few),
    Rule("RUN03", Severity.BLOCK, "Hard intervals stand on an aerobic base.",
         intervals_stand_on_a_base),
    Rule("RUN04", Severity.WARN, "Aerobic sessions stay within 10 percent of that longest one.",
         _no_jump(Spike.WARN)),
    Rule("RUN05", Severity.WARN, "Weekly aerobic minutes grow slowly.",
         weekly_minutes_grow_slowly),
    Rule("RUN06", Severity.WARN, "Most aerobic work for endurance is easy.",
         endurance_is_mostly_easy),
)  # fmt: skip
