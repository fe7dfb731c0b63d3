"""Keeping what the desk answered: a proposed revision, and a trace of the question to the model."""

from uuid import UUID

from fitsense_api.db.models.interactions import ContextType, ModelInteraction, Outcome
from fitsense_api.db.models.plans import PlanEntry, PlanRevision, RevisionState
from fitsense_api.db.unit import Unit
from fitsense_api.errors import Conflict
from fitsense_api.idempotency import Kept
from fitsense_api.people.holdings import Holdings
from fitsense_api.planned.repository import Plans, Revisions
from fitsense_api.plans.answers import Answered, to_answer
from fitsense_api.plans.schemas import PlanAnswer
from fitsense_api.programme.question import Question
from fitsense_api.programme.repository import Interactions
from fitsense_api.programme.schemas import MakeSafe, NewPlan, Proposal, revision_view
from fitsense_api.provenance import Versions
from fitsense_training.domain.plan.diff import diff
from fitsense_training.domain.plan.model import WorkoutPlan

OVERTAKEN = "the plan was changed while this was at work: ask again"
CREATED, OK = 201, 200


async def keep_answer(
    unit: Unit, user_id: UUID, question: Question, answered: Answered, request_id: str
) -> Kept:
    """The proposal as it is answered, kept in the transaction of the unit."""
    answer = to_answer(question.asked, answered)
    wish = question.wish
    if isinstance(wish, MakeSafe) and wish.condition_added is not None:
        # A fact about the person, whatever becomes of the plan.
        await Holdings(unit, user_id).report(wish.condition_added)
    row = None
    if answer.plan is not None:
        row = await _propose(unit, user_id, question, answer)
    await Interactions(unit, user_id).add(_trace(question, answer, row, request_id))
    proposal = Proposal(revision=revision_view(row) if row else None, answer=answer)
    headers = {"location": f"/v1/programme/revisions/{row.id}"} if row else {}
    return Kept(CREATED if row else OK, proposal.model_dump_json().encode(), headers)


async def _propose(
    unit: Unit, user_id: UUID, question: Question, answer: PlanAnswer
) -> PlanRevision:
    revisions, plan = Revisions(unit, user_id), await _plan(unit, user_id, question)
    assert answer.plan is not None, "a handoff proposes nothing"
    before = question.asked.request.current_plan
    request = question.asked.request.model_copy(update={"note": ""})
    return await revisions.add(
        PlanRevision(
            plan_id=plan.id,
            number=await revisions.next_number(plan.id),
            parent_id=question.parent_id,
            state=RevisionState.PROPOSED,
            prompt_type=request.prompt_type,
            request=request.model_dump(mode="json"),
            plan=answer.plan.model_dump(mode="json"),
            diff=changes_between(before, answer.plan),
            reasons=[reason.value for reason in answer.plan.reasons],
            explanation="\n".join(answer.summary),
            guard_path=answer.provenance.guard_path.value,
            **version_columns(answer.provenance),
        )
    )


async def _plan(unit: Unit, user_id: UUID, question: Question) -> PlanEntry:
    plans = Plans(unit, user_id)
    if question.plan_id is None:
        assert isinstance(question.wish, NewPlan), "only a new plan has no plan yet"
        return await plans.add(PlanEntry(name=question.wish.name, is_active=False))
    plan = await plans.get(question.plan_id)
    if plan.current_revision_id != question.parent_id:
        raise Conflict(OVERTAKEN)
    return plan


def changes_between(before: WorkoutPlan | None, after: WorkoutPlan) -> list[dict[str, object]]:
    """The changes of a revision as they are kept; none for a first one."""
    if before is None:
        return []
    return [change.model_dump(mode="json") for change in diff(before, after).changes]


def version_columns(versions: Versions) -> dict[str, str | None]:
    """The versions a revision keeps of its origin."""
    return {
        "model_version": versions.model_version,
        "release": versions.release,
        "prompt_version": versions.prompt_version,
        "rules_version": versions.rules_version,
        "catalogue_version": versions.catalogue_version,
    }


def _trace(
    question: Question, answer: PlanAnswer, row: PlanRevision | None, request_id: str
) -> ModelInteraction:
    return ModelInteraction(
        context_type=ContextType.PLAN,
        context_id=row.id if row else question.plan_id,
        model_name=answer.provenance.planner.value,
        guard_path=answer.provenance.guard_path.value,
        findings=[finding.rule_id for finding in answer.findings],
        outcome=Outcome.PROPOSED if row else Outcome.HANDOFF,
        latency_ms=round(answer.latency_ms),
        request_id=request_id,
        **version_columns(answer.provenance),
    )
