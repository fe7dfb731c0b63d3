"""What comes in and goes out when a plan is asked for as a job."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from fitsense_api.plans.answers import to_answer
from fitsense_api.plans.jobs import Job, JobState
from fitsense_api.plans.schemas import AdaptPlan, AdjustPlan, CreatePlan, ModifyPlan, PlanAnswer


class CreateTask(CreatePlan):
    """Make a plan."""

    task: Literal["create"]


class ModifyTask(ModifyPlan):
    """Change a plan."""

    task: Literal["modify"]


class AdjustTask(AdjustPlan):
    """Make a plan safe."""

    task: Literal["adjust"]


class AdaptTask(AdaptPlan):
    """Carry a plan on."""

    task: Literal["adapt"]


class PlanTask(
    RootModel[
        Annotated[CreateTask | ModifyTask | AdjustTask | AdaptTask, Field(discriminator="task")]
    ]
):
    """One of the four ways to ask for a plan; `task` says which."""


class PlanJob(BaseModel):
    """How far a job is, and its answer once it is done."""

    model_config = ConfigDict(frozen=True)

    id: str
    state: JobState
    count_tokens: int = Field(description="Pieces of the answer so far, where they are told.")
    answer: PlanAnswer | None = Field(description="Once the state is `done`.")


class JobProgress(BaseModel):
    """One event of a job."""

    model_config = ConfigDict(frozen=True)

    state: JobState
    count_tokens: int


def to_plan_job(job: Job) -> PlanJob:
    """A job as it stands."""
    answer = to_answer(job.asked, job.answered) if job.answered else None
    return PlanJob(id=job.id, state=job.state, count_tokens=job.count_tokens, answer=answer)
