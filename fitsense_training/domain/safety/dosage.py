"""Rules on doses: weekly volume, reps in reserve, rest, and loads that fit them."""

from collections.abc import Iterator

from fitsense_training.domain.catalogue import Exercise
from fitsense_training.domain.plan.model import Prescription
from fitsense_training.domain.safety.case import Broken, Case, Rule, place
from fitsense_training.domain.safety.dose_bounds import EFFORT_ROLES
from fitsense_training.domain.science.strength import percent_1rm
from fitsense_training.domain.science.volume import session_sets_by_muscle, weekly_sets_by_muscle
from fitsense_training.domain.vocabulary import DoseKind, ExerciseRole, LoadKind, Severity


def weekly_volume_is_capped(case: Case) -> Iterator[Broken]:
    """VOL01: fractional hard sets per muscle and week within the cap of the level."""
    most = case.limits.weekly_sets_cap.at(case.profile.experience_level)
    for muscle, sets in weekly_sets_by_muscle(case.plan, case.counter).items():
        if sets > most:
            yield "plan", f"{sets:g} sets of {muscle} a week, at most {most}"


def muscles_are_not_crammed(case: Case) -> Iterator[Broken]:
    """VOL02: no more than about ten hard sets of one muscle in one session."""
    most = case.limits.session_muscle_sets_cap.value
    for session in case.plan.sessions:
        for muscle, sets in session_sets_by_muscle(session, case.counter).items():
            if sets > most:
                yield place(session), f"{sets:g} sets of {muscle}, at most {most:g}"


def effort_is_given(case: Case) -> Iterator[Broken]:
    """SCH06: every line says how hard: reps in reserve, or RPE."""
    for session, item, exercise in case.exercises():
        if item.rir is None and item.load.kind is not LoadKind.RPE:
            yield place(session, item), "neither reps in reserve nor RPE"
        if item.dose_kind is not exercise.dose_kind:
            yield place(session, item), f"is counted in {exercise.dose_kind}, not {item.dose_kind}"
        if item.load.kind is LoadKind.KG and not exercise.is_loadable:
            yield place(session, item), "cannot be loaded in kg"


def load_reps_and_rir_agree(case: Case) -> Iterator[Broken]:
    """INT01: percent of 1RM, or RPE, agrees with reps and reps in reserve."""
    for session, item, _ in case.exercises():
        if item.rir is None or item.load.value is None:
            continue
        if item.load.kind is LoadKind.RPE and abs(10 - item.load.value - item.rir) > 1:
            yield place(session, item), f"RPE {item.load.value:g} with {item.rir} in reserve"
        if item.load.kind is LoadKind.PERCENT_1RM:
            fits = percent_1rm((item.dose_low + item.dose_high) // 2, item.rir)
            slack = case.limits.percent_1rm_tolerance.value + 1e-6
            if fits and abs(item.load.value - fits) > slack:
                yield place(session, item), f"{item.load.value:g}% where about {fits:g}% fits"


def enough_is_kept_in_reserve(case: Case) -> Iterator[Broken]:
    """INT02: reps in reserve at or above the floor of level, conditions and deload.

    Failure is left to a single set of an exercise that has no free bar over or on the body.
    """
    for session, item, exercise in case.exercises():
        floor = case.bounds.dose(exercise).rir_min
        if item.rir is not None and item.rir < floor and not _may_fail(item, exercise, case):
            yield place(session, item), f"{item.rir} in reserve, at least {floor}"


def _may_fail(item: Prescription, exercise: Exercise, case: Case) -> bool:
    """Whether a line may go to failure: one set, no free bar, and the goal leaves it open."""
    rule, caps = case.limits.failure, case.bounds.limits.caps
    level = case.profile.experience_level
    return (
        item.sets <= rule.sets_max
        and not exercise.tags & rule.never_tags
        and exercise.role is not ExerciseRole.POWER
        and case.rules_of_goal.rir[level][0] == caps.rir_min == 0
    )


def rest_is_long_enough(case: Case) -> Iterator[Broken]:
    """INT03: rest within the range of the goal."""
    for session, item, exercise in case.exercises():
        if exercise.role in EFFORT_ROLES:
            continue
        bounds = case.bounds.dose(exercise)
        if not bounds.rest_min_s <= item.rest_s <= bounds.rest_max_s:
            allowed = f"{bounds.rest_min_s}-{bounds.rest_max_s} s"
            yield place(session, item), f"rest {item.rest_s} s, allowed {allowed}"


def doses_are_sane(case: Case) -> Iterator[Broken]:
    """PRG06: repetitions and holds within what anyone may be told."""
    for session, item, exercise in case.exercises():
        if exercise.role is ExerciseRole.CONDITIONING:
            continue
        low, high = _clamp(case, item)
        if item.dose_low < low or item.dose_high > high:
            dose = f"{item.dose_low}-{item.dose_high}"
            yield place(session, item), f"{dose} {item.dose_kind}, allowed {low:g}-{high:g}"


def _clamp(case: Case, item: Prescription) -> tuple[float, float]:
    if item.dose_kind is DoseKind.DISTANCE:
        rule = case.limits.distance_clamp_m
    elif item.dose_kind is DoseKind.REPS:
        rule = case.limits.reps_clamp
    else:
        rule = case.limits.hold_clamp_s
    return rule.low, rule.high


def reps_fit_the_goal(case: Case) -> Iterator[Broken]:
    """INT05: repetitions, and loads in percent of 1RM, within what goal and conditions allow."""
    slack = case.limits.percent_1rm_tolerance.value
    for session, item, exercise in case.exercises():
        most = case.bounds.dose(exercise).percent_max
        if item.load.kind is LoadKind.PERCENT_1RM and (item.load.value or 0) > most + slack:
            yield place(session, item), f"{item.load.value:g}% 1RM, about {most}% at most"
        if item.dose_kind is not DoseKind.REPS or exercise.role in EFFORT_ROLES:
            continue
        bounds = case.bounds.dose(exercise)
        if item.dose_low < bounds.low_min or item.dose_high > max(bounds.high_max, bounds.low_min):
            dose, allowed = (
                f"{item.dose_low}-{item.dose_high}",
                f"{bounds.low_min}-{bounds.high_max}",
            )
            yield place(session, item), f"{dose} reps, allowed {allowed}"


DOSAGE_RULES = (
    Rule("SCH06", Severity.BLOCK, "Every line has a dose, a load and an effort.", effort_is_given),
    Rule("VOL01", Severity.BLOCK, "Weekly sets per muscle are capped.", weekly_volume_is_capped),
    Rule("VOL02", Severity.WARN, "No muscle is crammed into one session.", muscles_are_not_crammed),
    Rule("INT01", Severity.FIX, "Load, reps and reserve agree.", load_reps_and_rir_agree),
    Rule("INT02", Severity.BLOCK, "Enough is kept in reserve.", enough_is_kept_in_reserve),
    Rule("INT03", Severity.FIX, "Rest lies in the goal's range.", rest_is_long_enough),
    Rule("INT05", Severity.FIX, "Repetitions and load fit goal and conditions.", reps_fit_the_goal),
    Rule("PRG06", Severity.BLOCK, "Doses are sane.", doses_are_sane),
)  # fmt: skip
