"""One score for one reply, whoever wrote it: is it a plan, is it safe, does it do what was asked.

Pure: text and a request in, booleans and rule ids out. Nothing here knows a model.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from fitsense_training.domain.errors import PlanParseError
from fitsense_training.domain.plan.answer import Answer, Handoff
from fitsense_training.domain.plan.lines import pair_sessions, same_work
from fitsense_training.domain.plan.model import Prescription, WorkoutPlan
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.bounds import bounds_of
from fitsense_training.domain.safety.change import is_plan_wide
from fitsense_training.domain.safety.minimal_change import is_touched
from fitsense_training.domain.safety.validator import review
from fitsense_training.domain.text.wire import parse_answer
from fitsense_training.domain.vocabulary import Severity
from fitsense_training.task_success import task_success

SLICES = (
    "prompt_type",
    "goal_type",
    "activity_level",
    "condition_flag",
    "age_band",
    "sex",
    "experience_level",
)


@dataclass(frozen=True)
class Score:
    """What is to be said of one reply; the findings are in the order of the rules.

    `details` say where each stands and which numbers broke the rule.
    """

    is_schema_valid: bool
    is_block_free: bool
    is_clean: bool
    is_task_success: bool
    rule_ids: tuple[str, ...] = ()
    severities: tuple[Severity, ...] = ()
    kept_share: float | None = None
    details: tuple[str, ...] = ()


UNREADABLE = Score(
    is_schema_valid=False, is_block_free=False, is_clean=False, is_task_success=False
)


def score_reply(request: PlanRequest, reply: str) -> Score:
    """The score of raw text; text without an answer fails everything."""
    try:
        answer = parse_answer(reply)
    except PlanParseError:
        return UNREADABLE
    return score_answer(request, answer)


def score_answer(request: PlanRequest, answer: Answer) -> Score:
    """The score of a parsed answer."""
    findings = review(request, answer)
    # An exercise nobody knows makes a plan that cannot be judged further.
    is_known = all(finding.rule_id != "SCH03" for finding in findings)
    return Score(
        is_schema_valid=True,
        is_block_free=all(finding.severity is not Severity.BLOCK for finding in findings),
        is_clean=not findings,
        is_task_success=is_known and task_success(request, answer),
        rule_ids=tuple(finding.rule_id for finding in findings),
        severities=tuple(finding.severity for finding in findings),
        kept_share=kept_share(request, answer) if is_known else None,
        details=tuple(f"{f.rule_id} {f.severity} at {f.place}: {f.detail}" for f in findings),
    )


def kept_share(request: PlanRequest, answer: Answer) -> float | None:
    """Share of the lines that neither the request nor a rule speaks of that stand as they were.

    None where the request may rewrite every line, or speaks of them all.
    """
    if request.current_plan is None or isinstance(answer, Handoff) or is_plan_wide(request):
        return None
    bounds = bounds_of(request)
    same = [
        any(after.exercise_id == item.exercise_id and same_work(item, after) for after in new_items)
        for items, new_items in _side_by_side(request.current_plan, answer)
        for item in items
        if not is_touched(item, request, bounds)
    ]
    return sum(same) / len(same) if same else None


def _side_by_side(
    before: WorkoutPlan, after: WorkoutPlan
) -> Iterator[tuple[tuple[Prescription, ...], tuple[Prescription, ...]]]:
    for old, new in pair_sessions(before, after):
        yield old.prescriptions if old else (), new.prescriptions if new else ()
