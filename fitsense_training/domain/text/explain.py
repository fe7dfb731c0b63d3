"""A plan in words and as a table; every number is taken from the plan, so text and plan agree."""

from collections import Counter
from collections.abc import Iterator

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.conditions import load_conditions
from fitsense_training.domain.plan.lines import ChangeKind, LineDifference, differing_lines
from fitsense_training.domain.plan.model import Load, Prescription, WorkoutPlan
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.rulebook import load_rulebook
from fitsense_training.domain.safety.screening import Screening, screen
from fitsense_training.domain.science.volume import session_minutes
from fitsense_training.domain.text.templates import render
from fitsense_training.domain.text.wire import number
from fitsense_training.domain.vocabulary import (
    DoseKind,
    LoadKind,
    ProgressionMethod,
    ReasonCode,
    ScreeningState,
)

NOT_REVIEWED = "No clinician has reviewed these rules; they do not replace medical advice."
NO_WEIGHT_LOSS = "Under 18 we do not make plans for losing weight, so this one is for"
BULLETS_MAX = 5

_PROGRESSION = {
    ProgressionMethod.DOUBLE_PROGRESSION: (
        "When every set reaches the top of its range with the reserve asked for, add one step of "
        "load and start again at the bottom."
    ),
    ProgressionMethod.HOLD: "Keep loads as they are until your next review.",
    ProgressionMethod.DELOAD: "This is a lighter week: fewer sets, lighter loads, more in reserve.",
    ProgressionMethod.FIND_LOAD: (
        "Start each lift with the lightest load, add until the reserve asked for is reached, and "
        "log that load."
    ),
}
_REASON = {
    ReasonCode.NEW_PLAN: "A new plan, made for your goal, days and equipment.",
    ReasonCode.GOAL_CHANGE: "Changed because your goal changed.",
    ReasonCode.LOG_PROGRESS: "Changed because of what you logged.",
    ReasonCode.STALL: "Eased because a lift has stalled.",
    ReasonCode.DELOAD: "Eased because a lighter week is due.",
    ReasonCode.PAIN: "Changed because of the pain you told us about.",
    ReasonCode.CONDITION_ADDED: "Changed because of the condition you told us about.",
    ReasonCode.EQUIPMENT: "Changed to fit your equipment.",
    ReasonCode.TIME: "Changed to fit your time.",
    ReasonCode.ADHERENCE: "Eased because sessions were missed: a smaller plan is better than none.",
    ReasonCode.READINESS: "Eased because sleep, soreness or stress is poor.",
    ReasonCode.USER_REQUEST: "Changed because you asked.",
    ReasonCode.SAFETY_RULE: "Changed because a safety rule asks for it.",
}


def explain(request: PlanRequest, plan: WorkoutPlan) -> tuple[str, ...]:
    """At most five sentences: what, why, what is avoided, how it grows, when to stop."""
    return tuple(_bullets(request, plan))[:BULLETS_MAX]


def _bullets(request: PlanRequest, plan: WorkoutPlan) -> Iterator[str]:
    goal = plan.goal.replace("_", " ")
    longest = max(session_minutes(session) for session in plan.sessions)
    sessions = "1 session" if len(plan.sessions) == 1 else f"{len(plan.sessions)} sessions"
    yield (
        f"{sessions} a week of up to about {longest:.0f} minutes for {goal}, "
        f"and {plan.aerobic_min_per_week} minutes of {plan.aerobic_intensity} aerobic work a week."
    )
    declined = f" {NO_WEIGHT_LOSS} {goal}." if request.profile.is_goal_declined else ""
    yield f"{_REASON[plan.reasons[0]]}{declined}"
    screening = screen(request.profile)
    if screening.limits.avoid and screening.limits.conditions:
        yield _what_is_avoided(screening)
    yield _next_steps(request, plan)
    signs = load_conditions().stop_signs
    yield f"{signs[plan.stop_signs[0]]} {NOT_REVIEWED}" if plan.stop_signs else NOT_REVIEWED


def _what_is_avoided(screening: Screening) -> str:
    """What conditions keep out of the plan, and that it stays light where they ask for it."""
    book, limits = load_conditions(), screening.limits
    names = " and ".join(book.conditions[c].name.lower() for c in limits.conditions)
    tags = ", ".join(tag.replace("_", " ") for tag in sorted(limits.avoid)[:4])
    if screening.state is ScreeningState.CLEAR_LIGHT:
        return render("clear_light", condition=names, diff=f"we leave out {tags}")
    return f"Because of {names}, we avoid {tags}."


def _next_steps(request: PlanRequest, plan: WorkoutPlan) -> str:
    """How the plan goes on; after pain, when to look again and when to have it seen."""
    pain = load_rulebook().limits.pain
    if request.pain is None:
        return _PROGRESSION[plan.progression]
    days, weeks = (f"{low} to {high}" for low, high in (pain.review_days, pain.see_clinician_weeks))
    return (
        f"{_PROGRESSION[plan.progression]} Look at it again in {days} days, and see a clinician if "
        f"it is no better within {weeks} weeks."
    )


def stop_sentences(plan: WorkoutPlan) -> tuple[str, ...]:
    """What to stop at, one sentence a sign."""
    signs = load_conditions().stop_signs
    return tuple(signs[code] for code in plan.stop_signs if code in signs)


def dose_text(item: Prescription) -> str:
    """`3 x 8-12`, `2 x 20-30 s`, `1 x 15 min`, `3 x 8-12, tempo 3010`."""
    low, high, unit = item.dose_low, item.dose_high, ""
    if item.dose_kind is DoseKind.SECONDS:
        unit = " s"
        if low >= 120:
            low, high, unit = round(low / 60), round(high / 60), " min"
    elif item.dose_kind is DoseKind.DISTANCE:
        unit = " m"
    size = str(low) if low == high else f"{low}-{high}"
    tempo = f", tempo {item.tempo}" if item.tempo else ""
    return f"{item.sets} x {size}{unit}{tempo}"


def load_text(load: Load) -> str:
    """`22.5 kg`, `70% 1RM`, `RPE 7` or `body weight`."""
    if load.value is None:
        return "body weight"
    text = number(load.value)
    return {
        LoadKind.KG: f"{text} kg",
        LoadKind.PERCENT_1RM: f"{text}% 1RM",
        LoadKind.RPE: f"RPE {text}",
    }[load.kind]


def plan_table(plan: WorkoutPlan) -> list[tuple[str, str, str, str, str, str]]:
    """Rows of (day, exercise, dose, load, reserve, rest) for people, warm-ups included.

    Lines of one superset stand under one letter; a line that is left alone under it has none.
    """
    rows: list[tuple[str, str, str, str, str, str]] = []
    for session in plan.sessions:
        day = f"{session.weekday.capitalize()} ({session.focus.replace('_', ' ')})"
        rows.append((day, "Warm-up", f"{session.warm_up_min} min", "easy", "", ""))
        letters = Counter(item.superset for item in session.prescriptions)
        for item in session.prescriptions:
            name = load_catalogue().by_id(item.exercise_id).name
            if item.superset is not None and letters[item.superset] > 1:
                name = f"{item.superset.upper()}: {name}"
            reserve = "" if item.rir is None else f"{item.rir} left"
            rest = f"{item.rest_s} s" if item.rest_s else ""
            rows.append(("", name, dose_text(item), load_text(item.load), reserve, rest))
    return rows


def week_sentence(plan: WorkoutPlan) -> str:
    """A week in a few words: `41 sets of lifts, each with 2 to 3 reps left`."""
    lifts = [item for _, item in plan.items() if item.rir is not None]
    sets, reserves = sum(item.sets for item in lifts), sorted({item.rir or 0 for item in lifts})
    if not lifts:
        return "no lifts."
    low, high = reserves[0], reserves[-1]
    left = f"{low}" if low == high else f"{low} to {high}"
    return f"{sets} sets of lifts, each with {left} reps left."


def change_sentences(before: WorkoutPlan, after: WorkoutPlan) -> tuple[str, ...]:
    """One sentence for every line that changed, with its reason."""
    return tuple(_sentence(change, after) for change in differing_lines(before, after))


def _sentence(change: LineDifference, after: WorkoutPlan) -> str:
    name = load_catalogue().by_id(change.exercise_id).name
    why = _REASON[change.reason or after.reasons[0]]
    day = change.weekday.capitalize()
    if change.kind is ChangeKind.ADDED and change.after is not None:
        return f"{day}: {name} is new ({dose_text(change.after)}). {why}"
    if change.kind is ChangeKind.REMOVED or change.before is None or change.after is None:
        return f"{day}: {name} is out. {why}"
    before = f"{dose_text(change.before)}, {load_text(change.before.load)}"
    now = f"{dose_text(change.after)}, {load_text(change.after.load)}"
    if change.after.superset is not None and change.after.superset != change.before.superset:
        now += f", done in turn with the other {change.after.superset.upper()}"
    return f"{day}: {name}: {before} becomes {now}. {why}"
