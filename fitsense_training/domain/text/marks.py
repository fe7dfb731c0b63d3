"""What the rules make of single lines of the current plan, for the prompt to say.

A small student cannot know the steps of every inventory, nor which exercises a condition forbids
or which are alike; told by the line, it has less to remember and more to write. The plan itself is
not written for it: which stand-in, sets, reserve, reasons and what follows from them are its work.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.plan.model import Prescription, WorkoutPlan
from fitsense_training.domain.request import Pain, PlanRequest
from fitsense_training.domain.safety.additions import with_additions
from fitsense_training.domain.safety.bounds import Bounds, bounds_of, exercises_of
from fitsense_training.domain.safety.change import is_plan_wide, lays_out_anew
from fitsense_training.domain.safety.inclusions import asked_away
from fitsense_training.domain.safety.sessions import effort
from fitsense_training.domain.safety.stand_in import nearest_stand_ins
from fitsense_training.domain.text.variants import load_options, may_add_rep, scaled_load
from fitsense_training.domain.text.wire import behind_name, write_plan
from fitsense_training.domain.vocabulary import LiftStatus, LoadKind, OperationKind

REMOVE, OUT = "remove", "out"
EASE, LOAD, REP, HARDER = " !ease", " !load", " !rep", " !harder"
STAND_INS_MAX = 3
# The first two strings of a line as `write_row` writes it.
_ROW = re.compile(r'\["(?P<name>[a-z0-9_]+)(?P<load> [^"]+)?","(?P<dose>\d[^"]+)"')
# A line that nothing stands in for, with the comma before or behind it.
_REMOVED = re.compile(rf',\["!{REMOVE}"[^\]]*\]|(?<=\[)\["!{REMOVE}"[^\]]*\],')


@dataclass(frozen=True)
class Marks:
    """By exercise: what its lines become when they go, and what is due where they stay.

    `gone` holds texts such as `swap goblet_squat hack_squat_machine`, `remove` or `out`; `due`
    holds ` !ease 20kg`, ` !ease`, ` !load 27.5kg`, ` !rep` or ` !harder`.
    """

    gone: Mapping[str, str] = field(default_factory=dict[str, str])
    due: Mapping[str, str] = field(default_factory=dict[str, str])

    def on(self, plan_line: str) -> str:
        """A plan on one line with its marks.

        A line that goes loses its exercise, so that nobody copies it, to what may stand in for it:
        `["!swap seated_cable_row lat_pulldown","3x8-12 r2 90s"]`. Where nothing may, it is left
        out; only a session's last line stays, `["!remove",...`. What is due stands behind the
        load: `["landmine_row 25kg !load 27.5kg","3x8-12 r2 90s"]`.
        """
        if not self.gone and not self.due:
            return plan_line

        def marked(match: re.Match[str]) -> str:
            name, load, dose = match["name"], match["load"] or "", match["dose"]
            if name in self.gone:
                return f'["!{self.gone[name]}","{dose}"'
            if name in self.due:
                return f'["{name}{load}{self.due[name]}","{dose}"'
            return match[0]

        return _REMOVED.sub("", _ROW.sub(marked, plan_line))


def marked_plan(request: PlanRequest, plan: WorkoutPlan, plan_line: str | None = None) -> str:
    """The current plan on one line with its marks; `plan_line` is it as `write_plan` writes it.

    What is asked for stands in it already where the rules have a place for it, with its reason.
    """
    is_added = any(operation.kind is OperationKind.ADD for operation in request.operations)
    if is_added and not lays_out_anew(request):
        plan, plan_line = with_additions(request, plan), None
    return marks_of(request).on(plan_line or write_plan(plan))


def marks_of(request: PlanRequest) -> Marks:
    """The marks of a request; where the week is laid out anew, of what is asked away alone."""
    plan = request.current_plan
    if plan is None:
        return Marks()
    bounds = bounds_of(request)
    asked = {op.exercise_id or "": op.kind for op in request.operations}
    gone = {name: asked[name] for name in asked_away(request, bounds)}
    if lays_out_anew(request):
        return Marks(dict.fromkeys(gone, REMOVE))
    kept = {s.prescriptions[0].exercise_id for s in plan.sessions if len(s.prescriptions) == 1}
    gone = {n: kind for n, kind in gone.items() if kind is OperationKind.SWAP or n not in kept}
    lines = {item.exercise_id: item for _, item in plan.items()}
    gone |= {name: OUT for name in lines if name not in bounds.allowed and name not in gone}
    return Marks(
        gone={name: _with_stand_ins(name, kind, plan, bounds) for name, kind in gone.items()},
        due=_eased(request.pain, lines, bounds)
        | _due(request, lines, bounds)
        | _harder(request, lines, bounds),
    )


def _with_stand_ins(name: str, kind: str, plan: WorkoutPlan, bounds: Bounds) -> str:
    """What happens to a line, and the nearest exercises that no session of its own holds yet."""
    if kind == OperationKind.REMOVE:
        return REMOVE
    taken = {item.exercise_id for item in _companions(name, plan)}
    exercise = load_catalogue().by_id(name)
    found = nearest_stand_ins(exercise, bounds, taken, STAND_INS_MAX)
    return " ".join([kind, *(each.id for each in found)]) if found else REMOVE


def _companions(name: str, plan: WorkoutPlan) -> Iterator[Prescription]:
    """The lines of every session that an exercise stands in."""
    for session in plan.sessions:
        if any(item.exercise_id == name for item in session.prescriptions):
            yield from session.prescriptions


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
