"""Rules on aerobic work (RUN01-04): no jumps in length, few hard days, intervals on a base only."""

from collections.abc import Callable, Iterator

from fitsense_training.domain.catalogue import Catalogue, Exercise
from fitsense_training.domain.plan.model import Prescription, WorkoutPlan
from fitsense_training.domain.safety.case import Broken, Case, Rule, place
from fitsense_training.domain.science.endurance import (
    Spike,
    has_aerobic_base,
    load_endurance_rules,
    spike,
)
from fitsense_training.domain.science.volume import set_seconds
from fitsense_training.domain.vocabulary import (
    ExerciseRole,
    LoadKind,
    RiskTag,
    ScreeningState,
    Severity,
    Weekday,
)


def conditioning_minutes(plan: WorkoutPlan, case: Case) -> dict[str, float]:
    """Minutes of conditioning by weekday."""
    minutes: dict[str, float] = {}
    for session, item in plan.items():
        # A current plan may name what the catalogue no longer knows; it has no minutes then.
        if item.exercise_id not in case.catalogue:
            continue
        if case.catalogue.by_id(item.exercise_id).role is ExerciseRole.CONDITIONING:
            spent = item.sets * set_seconds(item) / 60
            minutes[session.weekday] = minutes.get(session.weekday, 0.0) + spent
    return minutes


def _jumps(case: Case, wanted: Spike) -> Iterator[Broken]:
    if case.request.current_plan is None:
        return
    longest = max(conditioning_minutes(case.request.current_plan, case).values(), default=0.0)
    for weekday, minutes in conditioning_minutes(case.plan, case).items():
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


CONDITIONING_RULES = (
    Rule("RUN01", Severity.BLOCK, "No aerobic session grows by more than 30 percent.",
         _no_jump(Spike.BLOCK)),
    Rule("RUN02", Severity.BLOCK, "At most two aerobic days are hard, 48 hours apart.",
         hard_days_are_few),
    Rule("RUN03", Severity.BLOCK, "Hard intervals stand on an aerobic base.",
         intervals_stand_on_a_base),
    Rule("RUN04", Severity.WARN, "Aerobic sessions grow by no more than 10 percent.",
         _no_jump(Spike.WARN)),
)  # fmt: skip
