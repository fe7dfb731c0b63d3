"""Plans as jobs, for models that take their time: start one, look at it, follow it, cancel it."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from litestar import Controller, Request, Response, delete, get, post
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import BodyKwarg, FromPath
from litestar.response import ServerSentEvent
from litestar.response.sse import ServerSentEventMessage
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED

from fitsense_api.accounts.principal import known_actor
from fitsense_api.errors import JOB_PROBLEMS, PLAN_PROBLEMS
from fitsense_api.log import note_facts
from fitsense_api.operations.limits import LIMIT, PLAN
from fitsense_api.plans import examples
from fitsense_api.plans.answers import facts_of
from fitsense_api.plans.entry import has_job_place
from fitsense_api.plans.job_schemas import JobProgress, PlanJob, PlanTask, to_plan_job
from fitsense_api.plans.jobs import FINAL, Job, JobBoard
from fitsense_api.plans.requests import asked_of

AnyRequest = Request[Any, Any, Any]
PATH = "/v1/plans/jobs"
LOCATION = ResponseHeader(
    name="Location", description="Where the job stands.", value="", documentation_only=True
)
POLL = ResponseHeader(
    name="Retry-After",
    description="Seconds to wait before looking.",
    value="",
    documentation_only=True,
)


class PlanJobController(Controller):
    """The jobs of this process."""

    path = PATH
    tags = ("plan jobs",)

    @post(
        operation_id="StartPlanJob",
        summary="Ask for a plan without waiting",
        status_code=HTTP_202_ACCEPTED,
        response_headers=[LOCATION, POLL],
        responses=PLAN_PROBLEMS,
        guards=[has_job_place],
        opt={LIMIT: PLAN},
    )
    async def start(
        self,
        request: AnyRequest,
        data: Annotated[
            PlanTask,
            BodyKwarg(media_type=RequestEncodingType.JSON, examples=[Example(value=examples.JOB)]),
        ],
        jobs: NamedDependency[JobBoard],
    ) -> Response[PlanJob]:
        """The job that was begun; its address is in the Location header."""
        job = jobs.start(asked_of(data.root), known_actor(request))
        headers = {"location": f"{PATH}/{job.id}", "retry-after": "1"}
        return Response(to_plan_job(job), status_code=HTTP_202_ACCEPTED, headers=headers)

    @get(
        "/{job_id:str}", operation_id="GetPlanJob", summary="How far it is", responses=JOB_PROBLEMS
    )
    async def look(
        self, request: AnyRequest, job_id: FromPath[str], jobs: NamedDependency[JobBoard]
    ) -> PlanJob:
        """The job, with its answer once it is done."""
        job = jobs.get(job_id, known_actor(request))
        if job.answered is not None:
            note_facts(request, **facts_of(job.asked, job.answered))
        return to_plan_job(job)

    @get(
        "/{job_id:str}/events",
        operation_id="FollowPlanJob",
        summary="Follow it as server-sent events",
        media_type="text/event-stream",
        responses={
            **JOB_PROBLEMS,
            HTTP_200_OK: ResponseSpec(
                JobProgress,
                generate_examples=False,
                description="`progress` with state and tokens, then `end` with the final state.",
                media_type="text/event-stream",
            ),
        },
    )
    async def follow(
        self, request: AnyRequest, job_id: FromPath[str], jobs: NamedDependency[JobBoard]
    ) -> ServerSentEvent:
        """`progress` at each change, a comment when nothing happens, `end` at the end."""
        return ServerSentEvent(_events(jobs.get(job_id, known_actor(request))))

    @delete(
        "/{job_id:str}",
        operation_id="CancelPlanJob",
        summary="Cancel it",
        status_code=HTTP_200_OK,
        responses=JOB_PROBLEMS,
    )
    async def cancel(
        self, request: AnyRequest, job_id: FromPath[str], jobs: NamedDependency[JobBoard]
    ) -> PlanJob:
        """The job as it stands then: cancelled, or as it had ended before."""
        return to_plan_job(jobs.cancel(job_id, known_actor(request)))


async def _events(job: Job) -> AsyncIterator[ServerSentEventMessage]:
    async for is_new in job.follow():
        if not is_new:
            yield ServerSentEventMessage(comment="still here", data=None)
            continue
        progress = JobProgress(state=job.state, count_tokens=job.count_tokens)
        event = "end" if job.state in FINAL else "progress"
        yield ServerSentEventMessage(event=event, data=progress.model_dump_json())
