"""Rules on the person's health: screening, conditions, what is excluded and what is required."""

from collections.abc import Iterator

from fitsense_training.domain.catalogue import Exercise
from fitsense_training.domain.plan.model import Prescription
from fitsense_training.domain.safety.bounds import aerobic_intensity
from fitsense_training.domain.safety.case import Broken, Case, Rule, place
from fitsense_training.domain.safety.dose_bounds import EFFORT_ROLES
from fitsense_training.domain.safety.inclusions import missing_inclusions
from fitsense_training.domain.science.strength import percent_1rm
from fitsense_training.domain.vocabulary import DoseKind, Intensity, LoadKind, Severity


def no_condition_is_ignored(case: Case) -> Iterator[Broken]:
    """CON01: no exercise with a tag that any active condition avoids."""
    for session, item, exercise in case.exercises():
        if risky := exercise.tags & case.bounds.limits.avoid:
            yield place(session, item), f"{', '.join(sorted(risky))} is to be avoided"


def condition_caps_hold(case: Case) -> Iterator[Broken]:
    """CON02: load, effort and aerobic intensity under the caps of all conditions."""
    caps = case.bounds.limits.caps
    for session, item, exercise in case.exercises():
        if exercise.role in EFFORT_ROLES:
            if caps.rpe_max and item.load.value and item.load.value > caps.rpe_max:
                yield place(session, item), f"RPE {item.load.value:g}, at most {caps.rpe_max}"
            continue
        if caps.sets_max and item.sets > caps.sets_max:
            yield place(session, item), f"{item.sets} sets, at most {caps.sets_max}"
        percent, most = _percent_asked(item), caps.max_percent_1rm
        if percent is not None and most is not None and percent > most:
            yield place(session, item), f"about {percent:g}% 1RM, at most {most}%"
    order = list(Intensity)
    allowed = aerobic_intensity(case.bounds)
    if order.index(case.plan.aerobic_intensity) > order.index(allowed):
        yield "plan", f"{case.plan.aerobic_intensity} aerobic work, at most {allowed}"


def _percent_asked(item: Prescription) -> float | None:
    """Percent of 1RM a line asks for: as it is written, else by its reps and reserve."""
    asked = [item.load.value] if item.load.kind is LoadKind.PERCENT_1RM else []
    if item.dose_kind is DoseKind.REPS and item.rir is not None:
        asked.append(percent_1rm(item.dose_low, item.rir))
    return max((percent for percent in asked if percent is not None), default=None)


def what_is_required_is_there(case: Case) -> Iterator[Broken]:
    """CON03: warm-up, balance, pelvic floor, back extensors where they are asked for."""
    for session in case.plan.sessions:
        least = case.bounds.limits.caps.warm_up_min
        if session.warm_up_min < least:
            yield place(session), f"warm-up {session.warm_up_min} min, at least {least}"
    for code, missing in missing_inclusions(case.plan, case.bounds, case.catalogue):
        yield "plan", f"{code} is missing on {missing} day(s)"


def exclusions_hold(case: Case) -> Iterator[Broken]:
    """CON04: nothing the person excluded, nothing for a region that hurts too much."""
    for session, item, exercise in case.exercises():
        if item.exercise_id in case.profile.excluded_exercises:
            yield place(session, item), "the person excluded it"
        elif _is_stopped_by_pain(case, exercise):
            yield place(session, item), "the painful region rules it out"


def _is_stopped_by_pain(case: Case, exercise: Exercise) -> bool:
    pain = case.request.pain
    if pain is None or pain.level <= case.limits.pain.regress_max:
        return False
    region = case.limits.pain_regions.regions[pain.region]
    return exercise.pattern in region.patterns or bool(exercise.tags & region.tags)


def stop_signs_are_given(case: Case) -> Iterator[Broken]:
    """CON05: the signs to stop at, of every active condition."""
    missing = set(case.bounds.limits.stop_signs) - set(case.plan.stop_signs)
    if missing:
        yield "plan", f"stop signs missing: {', '.join(sorted(missing))}"
    unknown = set(case.plan.stop_signs) - set(case.bounds.limits.stop_signs)
    if unknown:
        yield "plan", f"stop signs nobody asked for: {', '.join(sorted(unknown))}"


HEALTH_RULES = (
    Rule("CON01", Severity.BLOCK, "No active condition is ignored.", no_condition_is_ignored),
    Rule("CON02", Severity.BLOCK, "Caps of conditions hold.", condition_caps_hold),
    Rule("CON03", Severity.FIX, "What a condition requires is there.", what_is_required_is_there),
    Rule("CON04", Severity.BLOCK, "Excluded exercises stay out.", exclusions_hold),
    Rule("CON05", Severity.FIX, "Stop signs of every condition are given.", stop_signs_are_given),
)
