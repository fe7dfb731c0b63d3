"""Rules on the shape of a week: days, time, order, coverage, equipment."""

import functools
from collections import defaultdict
from collections.abc import Iterator

from fitsense_training.domain.catalogue import Exercise, load_catalogue
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.request import touches
from fitsense_training.domain.safety.bounds import warm_up_minutes
from fitsense_training.domain.safety.case import Broken, Case, Rule, place
from fitsense_training.domain.safety.change import is_laid_out, is_plan_wide
from fitsense_training.domain.safety.coverage import push_and_pull_sets, side_ahead
from fitsense_training.domain.safety.inclusions import required_inclusions
from fitsense_training.domain.science.substitution import patterns_to_try
from fitsense_training.domain.science.volume import (
    RESISTANCE_ROLES,
    session_minutes,
    session_sets_by_muscle,
)
from fitsense_training.domain.science.week import (
    exercises_max,
    is_resistance,
    lay_out_week,
    load_splits,
    resistance_days_max,
    resistance_days_min,
    sessions_max,
    usable_minutes,
)
from fitsense_training.domain.vocabulary import (
    AgeBand,
    ExperienceLevel,
    Muscle,
    OperationKind,
    Severity,
)


def days_are_available(case: Case) -> Iterator[Broken]:
    """STR01: on days the person has; resistance days within what goal, level and age ask for.

    Fewer are judged where the week is made anew, and the person has anything to lift on the day:
    people may take out what they like, and missed sessions may make a plan smaller.
    """
    for session in case.plan.sessions:
        if session.weekday not in case.profile.weekdays:
            yield place(session), "not one of the person's days"
    lifting = sum(is_resistance(session.focus) for session in case.plan.sessions)
    most = resistance_days_max(case.profile)
    if lifting > most:
        yield "plan", f"{lifting} resistance sessions, at most {most}"
    least = resistance_days_min(case.profile)
    if lifting < min(least, _days_with_lifts(case)) and is_laid_out(case.request):
        yield "plan", f"{lifting} resistance sessions, at least {least}"


@functools.lru_cache(maxsize=1024)
def _days_that_lift(profile: Profile, allowed: frozenset[str]) -> int:
    """Resistance days of the person's week in which any allowed exercise fits a slot."""
    patterns = {load_catalogue().by_id(name).pattern for name in allowed}
    return sum(
        is_resistance(day.focus)
        and any(
            patterns.intersection(patterns_to_try(slot))
            for slot in day.slots[: exercises_max(profile.session_minutes)]
        )
        for day in lay_out_week(profile)
    )


def _days_with_lifts(case: Case) -> int:
    return _days_that_lift(case.profile, case.bounds.allowed)


def sessions_fit_the_time(case: Case) -> Iterator[Broken]:
    """STR02: estimated minutes within the person's limit, 90 at most, plus the slack."""
    most = usable_minutes(case.profile) * (1 + case.limits.duration_slack_share.value)
    for session in case.plan.sessions:
        minutes = session_minutes(session)
        if minutes > most:
            yield place(session), f"about {minutes:.0f} min, at most {most:.0f}"


def hard_days_are_apart(case: Case) -> Iterator[Broken]:
    """STR03: a muscle trained hard rests until the second day after; the week has rest days.

    Minors lift on days that do not touch.
    """
    count, most = len(case.plan.sessions), sessions_max(case.profile)
    if count > most:
        yield "plan", f"{count} sessions leave too few rest days, at most {most}"
    yield from _minors_rest_between(case)
    hard, gap_min = case.limits.hard_day_sets.value, int(case.limits.hard_day_gap_days.value)
    days: dict[Muscle, list[int]] = defaultdict(list)
    for session in case.plan.sessions:
        for muscle, sets in session_sets_by_muscle(session, case.counter).items():
            if sets >= hard:
                days[muscle].append(session.weekday.order)
    for muscle, orders in days.items():
        for first, second in zip(orders, [*orders[1:], orders[0] + 7], strict=True):
            if second - first < gap_min:
                yield "plan", f"{muscle} is trained hard on days {first} and {second % 7}"


def _minors_rest_between(case: Case) -> Iterator[Broken]:
    lifting = tuple(s.weekday for s in case.plan.sessions if is_resistance(s.focus))
    if case.profile.age_band is AgeBand.MINOR and touches(lifting):
        yield "plan", f"lifting on {', '.join(lifting)}: under 18 these days do not touch"


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
    """How many exercises of the usual sets fit a session of this goal and these conditions."""
    usual = case.limits.room_for_lifts
    least_rest_s = max(
        case.rules_of_goal.rest_compound_s[0], case.bounds.limits.caps.rest_min_s or 0
    )
    sets_s = usual.sets * (usual.set_s + usual.rest_share * least_rest_s)
    each_min = (sets_s + case.limits.setup_s_per_exercise.value) / 60
    required = len(required_inclusions(case.bounds)) * usual.inclusion_min
    left_min = usable_minutes(case.profile) - warm_up_minutes(case.bounds) - required
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


def novices_use_few_free_weights(case: Case) -> Iterator[Broken]:
    """STR07: at most 60 percent of a novice's lifts take free weights, where others are left."""
    if case.profile.experience_level is not ExperienceLevel.NOVICE or not is_laid_out(case.request):
        return
    lifts = [e for _, _, e in case.exercises() if e.role in RESISTANCE_ROLES]
    free = sum(e.is_free_weight and _has_other_tools(e, case) for e in lifts)
    share = case.limits.novice_free_weight_share.value
    if free > share * len(lifts) + 1e-9:
        yield "plan", f"{free} of {len(lifts)} lifts take free weights, at most {share:.0%}"


def _has_other_tools(exercise: Exercise, case: Case) -> bool:
    return any(not e.is_free_weight for e in case.bounds.exercises(exercise.pattern))


def sessions_are_not_overfull(case: Case) -> Iterator[Broken]:
    """VOL03: hard sets a session within the cap of the level."""
    most = case.limits.session_sets_cap.at(case.profile.experience_level)
    for session in case.plan.sessions:
        sets = sum(case.counter.hard_sets(item) for item in session.prescriptions)
        if sets > most:
            yield place(session), f"{sets} hard sets, at most {most}"


STRUCTURE_RULES = (
    Rule("STR01", Severity.BLOCK, "Days are the person's, as many as goal and level ask.",
         days_are_available),
    Rule("STR02", Severity.FIX, "Sessions fit the person's time.", sessions_fit_the_time),
    Rule("STR03", Severity.FIX, "Hard days of a muscle lie 48 hours apart; the week has rest days.",
         hard_days_are_apart),
    Rule("STR04", Severity.WARN, "Major movements are covered, push and pull in balance.",
         major_patterns_are_covered),
    Rule("STR05", Severity.WARN, "Bigger exercises come first.", order_goes_from_big_to_small),
    Rule("STR06", Severity.BLOCK, "Equipment and level fit the person.", equipment_and_level_fit),
    Rule("STR07", Severity.WARN, "Novices use few free weights.", novices_use_few_free_weights),
    Rule("VOL03", Severity.WARN, "No session is overfull.", sessions_are_not_overfull),
)  # fmt: skip
