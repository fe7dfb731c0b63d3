"""What the rules make of the lines of the current plan, for the prompt to say.

A small student cannot know the steps of every inventory, nor which exercises a condition forbids
or which are alike; told by the line, it has less to remember and more to write. What changes is not
written for it: sets, reserve, reasons and what follows from them are its work. Of the stand-ins a
teacher may choose; a student is told the nearest alone (`shorthand.py`).
Sessions and lines in which nothing is to change are marked too.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from fitsense_training.domain.catalogue import Exercise, load_catalogue
from fitsense_training.domain.plan.lines import without_reasons
from fitsense_training.domain.plan.model import Prescription, Session, WorkoutPlan
from fitsense_training.domain.request import Pain, PlanRequest
from fitsense_training.domain.safety.additions import with_additions
from fitsense_training.domain.safety.bounds import Bounds, bounds_of, exercises_of
from fitsense_training.domain.safety.change import is_plan_wide, lays_out_anew
from fitsense_training.domain.safety.inclusions import asked_away
from fitsense_training.domain.safety.sessions import effort, with_moves
from fitsense_training.domain.safety.stand_in import nearest_stand_ins
from fitsense_training.domain.text.staying import Staying, staying
from fitsense_training.domain.text.variants import load_options, may_add_rep, scaled_load
from fitsense_training.domain.text.wire import behind_name, write_plan
from fitsense_training.domain.vocabulary import LiftStatus, LoadKind, OperationKind, Weekday

REMOVE, OUT = "remove", "out"
EASE, LOAD, REP, HARDER = " !ease", " !load", " !rep", " !harder"
STAND_INS_MAX = 3
STAYS = "="
# The first two strings of a line as `write_row` writes it, or the first of a session.
_PART = re.compile(
    rf'\["(?:(?P<day>{"|".join(Weekday)})"|'
    r'(?P<name>[a-z0-9_]+)(?P<load> [^"]+)?","(?P<dose>\d[^"]+)")'
)
# A line that nothing stands in for, with the comma before or behind it.
_REMOVED = re.compile(rf',\["!{REMOVE}"[^\]]*\]|(?<=\[)\["!{REMOVE}"[^\]]*\],')


@dataclass(frozen=True)
class Marks:
    """What lines become when they go, by day and exercise, and what is due where an exercise stays.

    `gone` holds texts such as `swap goblet_squat hack_squat_machine`, `remove` or `out`; `due`
    holds ` !ease 20kg`, ` !ease`, ` !load 27.5kg`, ` !rep` or ` !harder`.
    """

    gone: Mapping[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    due: Mapping[str, str] = field(default_factory=dict[str, str])
    stays: Staying = field(default_factory=Staying)

    def on(self, plan_line: str) -> str:
        """A plan on one line with its marks.

        A line that goes loses its exercise, so that nobody copies it, to what may stand in for it:
        `["!swap seated_cable_row lat_pulldown","3x8-12 r2 90s"]`. Where nothing may, it is left
        out; only a session's last line stays, `["!remove",...`. What is due stands behind the
        load: `["landmine_row 25kg !load 27.5kg","3x8-12 r2 90s"]`; a line that stays holds ` =`
        there. A session that stays opens with `["=mon","upper",...`.
        """
        if self == Marks():
            return plan_line
        day = ""

        def marked(match: re.Match[str]) -> str:
            nonlocal day
            if match["day"]:
                day = match["day"]
                return f'["{STAYS}{day}"' if day in self.stays.days else match[0]
            name, load, dose = match["name"], match["load"] or "", match["dose"]
            if (day, name) in self.gone:
                return f'["!{self.gone[day, name]}","{dose}"'
            due = self.due.get(name, "")
            if (day, name) in self.stays.lines and day not in self.stays.days:
                due = f" {STAYS}"
            return f'["{name}{load}{due}","{dose}"'

        return _REMOVED.sub("", _PART.sub(marked, plan_line))


def marked_plan(request: PlanRequest, plan: WorkoutPlan, plan_line: str | None = None) -> str:
    """The current plan on one line with its marks; `plan_line` is it as `write_plan` writes it.

    What is asked for stands in it already where the rules have a place for it, with its reason, and
    a session on the day to which it is moved; the reasons of an earlier change are history.
    """
    if any(operation.move for operation in request.operations):
        plan, plan_line = with_moves(plan, request.operations), None
        request = request.model_copy(update={"current_plan": plan})
    if any(item.reason is not None for _, item in plan.items()):
        plan, plan_line = without_reasons(plan), None
    is_added = any(operation.kind is OperationKind.ADD for operation in request.operations)
    if is_added and not lays_out_anew(request):
        plan, plan_line = with_additions(request, plan), None
    marks = marks_of(request)
    left_out = {line for line, text in marks.gone.items() if text == REMOVE}
    lines = ((session.weekday, item.exercise_id) for session, item in plan.items())
    marked = {line for line in lines if line in marks.gone or line[1] in marks.due}
    stays = staying(request, plan, left_out, marked)
    return replace(marks, stays=stays).on(plan_line or write_plan(plan))


def marks_of(request: PlanRequest) -> Marks:
    """The marks of a request; where the week is laid out anew, of what is asked away alone."""
    plan = request.current_plan
    if plan is None:
        return Marks()
    bounds = bounds_of(request)
    away = asked_away(request, bounds)
    gone = {
        op.exercise_id or "": str(op.kind) for op in request.operations if op.exercise_id in away
    }
    if lays_out_anew(request):
        places = ((session.weekday, item.exercise_id) for session, item in plan.items())
        return Marks({place: REMOVE for place in places if place[1] in gone})
    kept = {s.prescriptions[0].exercise_id for s in plan.sessions if len(s.prescriptions) == 1}
    gone = {n: kind for n, kind in gone.items() if kind == OperationKind.SWAP or n not in kept}
    lines = {item.exercise_id: item for _, item in plan.items()}
    gone |= {name: OUT for name in lines if name not in bounds.allowed and name not in gone}
    return Marks(
        gone={
            (session.weekday, name): text
            for session in plan.sessions
            for name, text in _with_stand_ins(gone, session, bounds)
        },
        due=_eased(request.pain, lines, bounds)
        | _due(request, lines, bounds)
        | _harder(request, lines, bounds),
    )


def _with_stand_ins(
    gone: Mapping[str, str], session: Session, bounds: Bounds
) -> Iterator[tuple[str, str]]:
    """What happens to the lines of a session, and the nearest exercises that it does not hold yet.

    The first of them is the one that the coach takes, who goes through what is asked for and then
    through what is not allowed, line by line.
    """
    held = [item.exercise_id for item in session.prescriptions]
    asked = [name for name, kind in gone.items() if kind != OUT]
    for name in [each for each in dict.fromkeys((*asked, *held)) if each in gone and each in held]:
        offered: list[Exercise] = []
        if gone[name] != OperationKind.REMOVE:
            exercise = load_catalogue().by_id(name)
            offered = nearest_stand_ins(exercise, bounds, held, STAND_INS_MAX)
        yield name, " ".join((gone[name], *(e.id for e in offered))) if offered else REMOVE
        held.remove(name)
        held += [each.id for each in offered[:1]]


def _eased(pain: Pain | None, lines: Mapping[str, Prescription], bounds: Bounds) -> dict[str, str]:
    """Lines that pain makes less of, with their lighter loads in kg."""
    rule = bounds.rules.pain
    if pain is None or not rule.is_eased(pain.level):
        return {}
    found: dict[str, str] = {}
    for name in lines.keys() & exercises_of(pain.region):
        lighter = scaled_load(lines[name], rule.regress_load_share)
        found[name] = EASE + (behind_name(lighter) if lighter != lines[name].load else "")
    return found


def _due(request: PlanRequest, lines: Mapping[str, Prescription], bounds: Bounds) -> dict[str, str]:
    """What the log makes of lines: less after pain, another load in kg, a repetition more."""
    if request.progress is None:
        return {}
    statuses = dict(request.progress.statuses)
    grows = not is_plan_wide(request)
    found: dict[str, str] = {}
    for name, item in lines.items():
        status, load = statuses.get(name), item.load
        if load.kind is LoadKind.KG:
            load = load_options(item, request, bounds)[0]
        new_load = behind_name(load) if load != item.load else ""
        if grows and status is LiftStatus.PAIN:
            found[name] = EASE + new_load
        elif new_load:
            found[name] = LOAD + new_load
        elif grows and status is LiftStatus.TOP and may_add_rep(item, bounds):
            found[name] = REP
    return found


def _harder(
    request: PlanRequest, lines: Mapping[str, Prescription], bounds: Bounds
) -> dict[str, str]:
    """Lines with a repetition in reserve to give, where a harder plan is asked for."""
    if all(operation.kind is not OperationKind.HARDER for operation in request.operations):
        return {}
    return {
        name: HARDER
        for name, item in lines.items()
        if name in bounds.allowed and effort(item, -1, bounds) != item
    }
