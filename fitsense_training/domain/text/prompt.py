"""The one renderer: what a teacher, a student and the service are told of a request.

Numbers and enums stand in fixed lines; a user's own words stand only in the last line, between
<<< and >>>, with those marks taken out of them. Lines of the current plan that the request is about
are marked with what the rules make of them, and sessions that stay with `=`. Changing a word here
bumps PROMPT_VERSION.
"""

import unicodedata
from collections.abc import Iterator

from fitsense_training.domain.request import Operation, PlanRequest, Progress
from fitsense_training.domain.safety.bounds import bounds_of, least_reserve
from fitsense_training.domain.safety.change import drops_a_session, lays_out_anew
from fitsense_training.domain.safety.inclusions import asked_away
from fitsense_training.domain.safety.screening import screen
from fitsense_training.domain.text.marks import marked_plan
from fitsense_training.domain.text.wire import number
from fitsense_training.domain.vocabulary import LiftStatus, OperationKind

PROMPT_VERSION = "6"
_AWAY = (OperationKind.SWAP, OperationKind.REMOVE)


def render_prompt(request: PlanRequest, plan_line: str | None = None) -> str:
    """The user's turn of a conversation, one fact a line.

    `plan_line` is the current plan as `write_plan` writes it, where it is at hand already.
    """
    return "\n".join(_lines(request, plan_line))


def _lines(request: PlanRequest, plan_line: str | None) -> Iterator[str]:
    yield f"task {request.prompt_type}"
    yield from _person(request)
    if request.current_plan is None and request.lifts:
        yield "lifts " + "; ".join(f"{name} {number(kg)}kg" for name, kg in request.lifts)
    yield from _asks(request)
    if request.current_plan is not None:
        yield f"plan {marked_plan(request, request.current_plan, plan_line)}"
        if request.progress is not None:
            yield f"log {_write_progress(request, request.progress)}"
    if request.note:
        yield f"note <<<{clean_note(request.note)}>>>"


def _person(request: PlanRequest) -> Iterator[str]:
    person = request.profile
    yield f"goal {' '.join(person.goals)}"
    yield (
        f"person {person.age} {person.sex} {number(round(person.height_cm))}cm "
        f"{number(round(person.weight_kg))}kg {person.experience_level} {person.activity_level}"
    )
    yield f"days {' '.join(person.weekdays)} {person.session_minutes}min"
    yield f"equipment {' '.join(person.equipment) or 'none'}"
    yield f"conditions {' '.join(r.condition for r in person.conditions) or 'none'}"
    yield f"screen {screen(person).state}"
    if least := least_reserve(request):
        yield f"reserve {least}"
    if excluded := [*person.excluded_exercises, *_left_out(request)]:
        yield f"exclude {' '.join(excluded)}"
    if person.focus_muscles:
        yield f"focus {' '.join(person.focus_muscles)}"
    if person.maintain_muscles:
        yield f"maintain {' '.join(person.maintain_muscles)}"


def _asks(request: PlanRequest) -> Iterator[str]:
    if request.operations:
        yield "ask " + "; ".join(_write_operation(each, request) for each in request.operations)
    if request.condition_added is not None:
        yield f"ask condition_added {request.condition_added}"
    if request.pain is not None:
        yield f"ask pain {request.pain.region} {request.pain.level}"


def _left_out(request: PlanRequest) -> list[str]:
    """What a week that is laid out anew is not to hold any more."""
    if not lays_out_anew(request):
        return []
    return sorted(asked_away(request, bounds_of(request)))


def _write_operation(operation: Operation, request: PlanRequest) -> str:
    """`change_days mon thu`, `lighter`, ...; of `swap` and the like, the plan says the rest.

    A student writes what is named here, even if it is asked to leave it out.
    """
    argument = operation.argument
    is_shown = operation.kind in _AWAY or (
        operation.kind is OperationKind.ADD and not lays_out_anew(request)
    )
    if argument is None or is_shown:
        return operation.kind
    text = " ".join(argument) if isinstance(argument, tuple) else str(argument)
    return f"{operation.kind} {text or 'none'}"


def _write_progress(request: PlanRequest, progress: Progress) -> str:
    """`landmine_row top; squat stall; readiness ok; ...`; a lift that is not named stays."""
    statuses = (pair for pair in progress.statuses if pair[1] is not LiftStatus.MID)
    parts = [f"{name} {status}" for name, status in statuses]
    parts += [f"readiness {progress.readiness}", f"gap {progress.gap_days}"]
    if progress.is_deload_due:
        parts.append("deload due")
    parts.append(f"adherence {round(progress.adherence_share * 100)}")
    if drops_a_session(request):
        parts.append("session less")
    return "; ".join(parts)


def clean_note(note: str) -> str:
    """A user's words made harmless to the frame: one line, no frame marks, no invisible text."""
    plain = unicodedata.normalize("NFKC", note)
    kept = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in plain)
    return " ".join(kept.replace("<<<", " ").replace(">>>", " ").split())
