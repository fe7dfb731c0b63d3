"""Rules on aerobic work (RUN01-04): no jumps in length, few hard days, intervals on a base only."""

from collections.abc import Callable, Iterator

from fitsense_training.domain.catalogue import Exercise
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


def hard_days_are_few(case: Case) -> Iterator[Broken]:
    """RUN02: at most two hard aerobic days a week, 48 hours apart."""
    rules = load_endurance_rules()
    hard = [session for session, item, exercise in case.exercises() if is_hard(item, exercise)]
    days = sorted({session.weekday.order for session in hard})
    if len(days) > rules.hard_sessions_max.value:
        yield "plan", f"{len(days)} hard aerobic days, at most {rules.hard_sessions_max.value:g}"
    gap_days = rules.hard_sessions_gap_h.value / 24
    for first, second in zip(days, [*days[1:], *(day + 7 for day in days[:1])], strict=True):
        if second - first < gap_days:
            yield "plan", f"hard aerobic work on days {first} and {second % 7}"


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
