"""The failure gallery as a page: the teacher's plan beside the student's, line by line."""

import html
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from fitsense_assets.lib.evaluation_plots import NAMES
from fitsense_assets.lib.evaluation_tables import KINDS
from fitsense_training.domain.errors import PlanParseError
from fitsense_training.domain.plan.answer import Handoff
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.text.explain import dose_text, load_text
from fitsense_training.domain.text.wire import parse_answer

SHOWN = 6
_CLEAN = '<span class="good">no finding</span>'
_UNREADABLE = '<span class="found">cannot be read as an answer</span>'
_RAW_CHARS = 400


def gallery_html(gallery: list[dict[str, Any]]) -> str:
    """Every case folded; the first stands open."""
    return "".join(_case(entry, place) for place, entry in enumerate(gallery))


def _case(entry: dict[str, Any], place: int) -> str:
    systems = [system for system in NAMES if system in entry]
    kind = KINDS.get(entry.get("kind", "plain"), "")
    slices = dict(entry["slices"])
    title = f"{entry['query_id']}: {slices.pop('prompt_type').replace('_', ' ')}, {kind}"
    people = ", ".join(slices.values())
    head = "".join(f"<th>{html.escape(NAMES[s])}</th>" for s in systems)
    verdicts = "".join(f"<td>{_verdict(entry[s])}</td>" for s in systems)
    plans = [list(_lines(entry[s]["reply"])) for s in systems]
    theirs = set(plans[0]) if systems[0] == "teacher" else set[str]()
    rows = "".join(
        f"<tr>{''.join(_line(line, theirs) for line in row)}</tr>"
        for row in zip_longest(*plans, fillvalue="")
    )
    return (
        f"<details{' open' if place == 0 else ''}><summary>{html.escape(title)}</summary>"
        f'<p class="quiet">{html.escape(people)}</p>{_prompt(entry)}'
        '<div class="wide"><table class="plans">'
        f"<thead><tr>{head}</tr><tr>{verdicts}</tr></thead><tbody>{rows}</tbody></table></div>"
        "</details>"
    )


def _prompt(entry: dict[str, Any]) -> str:
    prompt = entry.get("prompt", "")
    if not prompt:
        return ""
    return f"<details><summary>the prompt</summary><pre>{html.escape(prompt)}</pre></details>"


def _verdict(told: dict[str, Any]) -> str:
    """Findings, the task, and the way a guarded answer took."""
    findings = told.get("findings") or sorted(set(told["rules"]))
    lines = [f'<span class="found">{html.escape(text)}</span>' for text in findings[:SHOWN]]
    if len(findings) > SHOWN:
        lines.append(f'<span class="quiet">and {len(findings) - SHOWN} more</span>')
    if not lines:
        lines = [_CLEAN if _is_answer(told["reply"]) else _UNREADABLE]
    if not told["is_task_success"]:
        lines.append('<span class="bad">task missed</span>')
    if told["path"]:
        lines.append(f'<span class="quiet">by {html.escape(str(told["path"]))}</span>')
    return "<br>".join(lines)


def _line(line: str, theirs: set[str]) -> str:
    """A line of a plan; what the teacher has not is set off."""
    if line.startswith("#"):
        return f"<td><b>{html.escape(line[1:])}</b></td>"
    mark = ' class="other"' if line and theirs and line not in theirs else ""
    return f"<td{mark}>{html.escape(line)}</td>"


def _is_answer(reply: str) -> bool:
    try:
        parse_answer(reply)
    except PlanParseError:
        return False
    return True


def _lines(reply: str) -> Iterator[str]:
    """A reply as lines for people; one that is no answer stays as it was written."""
    try:
        answer = parse_answer(reply)
    except PlanParseError:
        yield "#no plan"
        yield reply[:_RAW_CHARS]
        return
    if isinstance(answer, Handoff):
        yield f"#fixed text: {answer.template}"
        return
    yield from _plan_lines(answer)


def _plan_lines(plan: WorkoutPlan) -> Iterator[str]:
    for session in plan.sessions:
        yield f"#{session.weekday}, {session.focus.replace('_', ' ')}"
        for item in session.prescriptions:
            reserve = "" if item.rir is None else f", {item.rir} left"
            name = item.exercise_id.replace("_", " ")
            yield f"{name} {dose_text(item)}, {load_text(item.load)}{reserve}"
    yield "#the week"
    yield f"{plan.aerobic_min_per_week} min {plan.aerobic_intensity}, {plan.progression}"
