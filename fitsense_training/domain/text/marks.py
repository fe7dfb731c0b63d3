"""What the rules make of single lines of the current plan, for the prompt to say.

A small student cannot know the steps of every inventory, nor which exercises a condition forbids;
told by the line, it has less to remember and more to write. The plan itself is not written for it:
stand-ins, sets, reasons and what follows from them are its own work.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from fitsense_training.domain.plan.model import Prescription
from fitsense_training.domain.request import Pain, PlanRequest
from fitsense_training.domain.safety.bounds import Bounds, bounds_of, exercises_of
from fitsense_training.domain.safety.change import is_plan_wide, lays_out_anew
from fitsense_training.domain.safety.inclusions import asked_away
from fitsense_training.domain.text.variants import load_options, may_add_rep, scaled_load
from fitsense_training.domain.text.wire import behind_name
from fitsense_training.domain.vocabulary import LiftStatus, LoadKind

# The first two strings of a line as `write_row` writes it.
_ROW = re.compile(r'\["(?P<name>[a-z0-9_]+)(?P<load> [^"]+)?","(?P<dose>\d[^"]+)"')


@dataclass(frozen=True)
class Marks:
    """By exercise: what happens to its lines, how much less they become, and what is due.

    `gone` is `swap`, `remove` or `out`; `eased` and `due` are texts such as ` 20kg`, or empty.
    """

    gone: Mapping[str, str] = field(default_factory=dict[str, str])
    eased: Mapping[str, str] = field(default_factory=dict[str, str])
    due: Mapping[str, str] = field(default_factory=dict[str, str])

    def on(self, plan_line: str) -> str:
        """A plan on one line with its marks.

        A line that goes has its exercise last, where it is not copied, as in
        `["!swap","3x8-12 r2 90s","landmine_row 25kg"]`; one that becomes less is
        `["landmine_row !ease 20kg 25kg","3x8-12 r2 90s"]`.
        """
        if not self.gone and not self.eased:
            return plan_line

        def marked(match: re.Match[str]) -> str:
            name, load, dose = match["name"], match["load"] or "", match["dose"]
            if name in self.gone:
                return f'["!{self.gone[name]}","{dose}","{name}{load}"'
            if name in self.eased:
                return f'["{name} !ease{self.eased[name]}{load}","{dose}"'
            return match[0]

        return _ROW.sub(marked, plan_line)


def marks_of(request: PlanRequest) -> Marks:
    """The marks of a request; none where the week is laid out anew."""
    if request.current_plan is None or lays_out_anew(request):
        return Marks()
    bounds = bounds_of(request)
    lines = {item.exercise_id: item for _, item in request.current_plan.items()}
    away = asked_away(request, bounds)
    asked = ((op.exercise_id or "", str(op.kind)) for op in request.operations)
    gone = {name: kind for name, kind in asked if name in away}
    out = {name: "out" for name in lines if name not in bounds.allowed and name not in gone}
    return Marks(
        gone={**gone, **out},
        eased=_eased(request.pain, lines, bounds) if request.pain else {},
        due=_due(request, lines, bounds) if request.progress else {},
    )


def _eased(pain: Pain, lines: Mapping[str, Prescription], bounds: Bounds) -> dict[str, str]:
    """Lines that pain makes less of, and their lighter loads in kg."""
    rule = bounds.rules.pain
    if not rule.is_eased(pain.level):
        return {}
    found: dict[str, str] = {}
    for name in lines.keys() & exercises_of(pain.region):
        lighter = scaled_load(lines[name], rule.regress_load_share)
        found[name] = behind_name(lighter) if lighter != lines[name].load else ""
    return found


def _due(request: PlanRequest, lines: Mapping[str, Prescription], bounds: Bounds) -> dict[str, str]:
    """The loads in kg that the log makes due, and ` rep` where a repetition comes first."""
    statuses = dict(request.progress.statuses) if request.progress else {}
    grows = not is_plan_wide(request)
    found: dict[str, str] = {}
    for name, item in lines.items():
        load = item.load
        if load.kind is LoadKind.KG:
            load = load_options(item, request, bounds)[0]
        if load != item.load:
            found[name] = behind_name(load)
        is_top = grows and statuses.get(name) is LiftStatus.TOP and load == item.load
        if is_top and may_add_rep(item, bounds):
            found[name] = " rep"
    return found
