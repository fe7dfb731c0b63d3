"""Rules on the shape of a week: days, time, order, coverage, equipment."""

from collections import defaultdict
from collections.abc import Iterator

from fitsense_training.domain.plan.model import Session
from fitsense_training.domain.safety.bounds import warm_up_minutes
from fitsense_training.domain.safety.case import Broken, Case, Rule, place
from fitsense_training.domain.safety.change import is_plan_wide
from fitsense_training.domain.safety.coverage import push_and_pull_sets, side_ahead
from fitsense_training.domain.safety.inclusions import meets, required_inclusions
from fitsense_training.domain.science.volume import (
    hard_sets,
    session_minutes,
    session_sets_by_muscle,
)
from fitsense_training.domain.science.week import (
    is_resistance,
    load_splits,
    resistance_days_max,
    sessions_max,
)
from fitsense_training.domain.vocabulary import (
    Muscle,
    OperationKind,
    Severity,
)

SECONDS_OF_A_SET = 45
MINUTES_OF_AN_INCLUSION = 4


def days_are_available(case: Case) -> Iterator[Broken]:
    """STR01: sessions on days the person has, no more than level and age allow."""
    for session in case.plan.sessions:
        if session.weekday not in case.profile.weekdays:
            yield place(session), "not one of the person's days"
    count, most = len(case.plan.sessions), sessions_max(case.profile)
    if count > most:
        yield "plan", f"{count} sessions, at most {most}"
    lifting = sum(is_resistance(session.focus) for session in case.plan.sessions)
    most = resistance_days_max(case.profile)
    if lifting > most:
        yield "plan", f"{lifting} resistance sessions, at most {most}"


def sessions_fit_the_time(case: Case) -> Iterator[Broken]:
    """STR02: estimated minutes within the person's limit plus the slack.

    A session of nothing but what conditions require, one set of each, may take as long as it takes.
    """
    most = case.profile.session_minutes * (1 + case.limits.duration_slack_share.value)
    for session in case.plan.sessions:
        minutes = session_minutes(session)
        if minutes > most and not _is_bare(session, case):
            yield place(session), f"about {minutes:.0f} min, at most {most:.0f}"


def _is_bare(session: Session, case: Case) -> bool:
    required = required_inclusions(case.bounds)
    return session.warm_up_min <= warm_up_minutes(case.bounds) and all(
        item.sets == 1
        and any(meets(code, case.catalogue.by_id(item.exercise_id)) for code in required)
        for item in session.prescriptions
    )


def hard_days_are_apart(case: Case) -> Iterator[Broken]:
    """STR03: a muscle trained hard rests until the second day after."""
    hard, gap_min = case.limits.hard_day_sets.value, int(case.limits.hard_day_gap_days.value)
    days: dict[Muscle, list[int]] = defaultdict(list)
    for session in case.plan.sessions:
        for muscle, sets in session_sets_by_muscle(session, case.catalogue).items():
            if sets >= hard:
                days[muscle].append(session.weekday.order)
    for muscle, orders in days.items():
        for first, second in zip(orders, [*orders[1:], orders[0] + 7], strict=True):
            if second - first < gap_min:
                yield "plan", f"{muscle} is trained hard on days {first} and {second % 7}"


def major_patterns_are_covered(case: Case) -> Iterator[Broken]:
    """STR04: every major movement each week, as far as time and the person's options allow."""
    if any(op.kind is OperationKind.REMOVE for op in case.request.operations):
        return
    splits = load_splits()
    lifting = [session for session in case.plan.sessions if is_resistance(session.focus)]
    possible = [g for g in splits.major_patterns if any(case.bounds.exercises(p) for p in g)]
    room = len(lifting) * compounds_that_fit(case)
    done = {exercise.pattern for _, _, exercise in case.exercises()}
    covered = sum(bool(done & set(group)) for group in possible)
    if covered < min(len(possible), room):
        missing = [group[0] for group in possible if not done & set(group)]
        yield "plan", f"no work for {', '.join(missing)}"
    if case.request.current_plan is not None and not is_plan_wide(case.request):
        return  # a small change is not asked to rebalance lines nobody spoke of
    if side_ahead(case.plan, case.bounds, case.catalogue) is not None:
        push, pull = push_and_pull_sets(case.plan, case.catalogue)
        yield "plan", f"{push} pushing sets to {pull} pulling sets"


def compounds_that_fit(case: Case) -> int:
    """How many exercises of three sets fit a session of this goal and these conditions."""
    least_rest_s = case.rules_of_goal.rest_compound_s[0]
    sets_s = 3 * (
        SECONDS_OF_A_SET + 1.75 * max(least_rest_s, case.bounds.limits.caps.rest_min_s or 0)
    )
    each_min = (sets_s + case.limits.setup_s_per_exercise.value) / 60
    required = len(required_inclusions(case.bounds)) * MINUTES_OF_AN_INCLUSION
    left_min = case.profile.session_minutes - warm_up_minutes(case.bounds) - required
    return max(0, int(left_min / each_min))


def order_goes_from_big_to_small(case: Case) -> Iterator[Broken]:
    """STR05: power, compound, isolation, core, conditioning, balance, mobility."""
    for session in case.plan.sessions:
        orders = [case.catalogue.by_id(i.exercise_id).role.order for i in session.prescriptions]
        if orders != sorted(orders):
            yield place(session), "a smaller exercise stands before a bigger one"


def equipment_and_level_fit(case: Case) -> Iterator[Broken]:
    """STR06: only what the person has and can do."""
    owned = frozenset(case.profile.equipment)
    for session, item, exercise in case.exercises():
        if not any(needed <= owned for needed in exercise.equipment):
            yield place(session, item), "needs equipment the person does not have"
        if exercise.level.rank > case.profile.experience_level.rank:
            yield place(session, item), f"is for the level {exercise.level}"


def sessions_are_not_overfull(case: Case) -> Iterator[Broken]:
    """VOL03: hard sets a session within the cap of the level."""
    most = case.limits.session_sets_cap.at(case.profile.experience_level)
    for session in case.plan.sessions:
        sets = sum(hard_sets(item, case.catalogue) for item in session.prescriptions)
        if sets > most:
            yield place(session), f"{sets} hard sets, at most {most}"


STRUCTURE_RULES = (
    Rule("STR01", Severity.BLOCK, "Sessions lie on days the person has.", days_are_available),
    Rule("STR02", Severity.FIX, "Sessions fit the person's time.", sessions_fit_the_time),
    Rule("STR03", Severity.FIX, "Hard days of a muscle lie 48 hours apart.", hard_days_are_apart),
    Rule("STR04", Severity.WARN, "Major movements are covered, push and pull in balance.",
         major_patterns_are_covered),
    Rule("STR05", Severity.WARN, "Bigger exercises come first.", order_goes_from_big_to_small),
    Rule("STR06", Severity.BLOCK, "Equipment and level fit the person.", equipment_and_level_fit),
    Rule("VOL03", Severity.WARN, "No session is overfull.", sessions_are_not_overfull),
)  # fmt: skip
