"""What models answered, for reviewers: searched by state, version and time, never by person."""

from datetime import datetime
from typing import Annotated

from litestar import Controller, get
from litestar.di import NamedDependency, Provide
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import QueryParameter
from litestar.status_codes import HTTP_200_OK

from fitsense_api.db.models.interactions import Outcome
from fitsense_api.db.unit import Units
from fitsense_api.errors import ADMIN_PROBLEMS
from fitsense_api.interactions.repository import search
from fitsense_api.interactions.schemas import EXAMPLE, InteractionPage, Span, Wanted
from fitsense_api.model.guards import requires_operator_or_reviewer
from fitsense_api.paging import Cursor, Limit, Place
from fitsense_api.plans.schemas import Planner
from fitsense_training.domain.errors import BadInput
from fitsense_training.guard import GuardPath

WHOSE = QueryParameter(description="Who wrote what was shown.")
STEP = QueryParameter(description="The step the answer left the guard at.")
END = QueryParameter(description="A plan was proposed, or fixed words stood in its place.")
RULE = QueryParameter(
    min_length=1,
    max_length=80,
    description="A rule the answer still bent, by its id.",
    examples=[Example(value="VOL04")],
)
VERSION = QueryParameter(
    min_length=1, max_length=80, description="Of the model that was asked.",
    examples=[Example(value="3")],
)  # fmt: skip
FROM = QueryParameter(
    name="from", description="Not before this moment.",
    examples=[Example(value="2026-03-01T00:00:00Z")],
)  # fmt: skip
TO = QueryParameter(
    name="to", description="Before this moment.", examples=[Example(value="2026-03-08T00:00:00Z")]
)


def provide_wanted(
    planner: Annotated[Planner | None, WHOSE] = None,
    guard_path: Annotated[GuardPath | None, STEP] = None,
    outcome: Annotated[Outcome | None, END] = None,
    finding: Annotated[str | None, RULE] = None,
    model_version: Annotated[str | None, VERSION] = None,
) -> Wanted:
    """What is looked for."""
    return Wanted(planner, guard_path, outcome, finding, model_version)


def provide_span(
    first: Annotated[datetime | None, FROM] = None, until: Annotated[datetime | None, TO] = None
) -> Span:
    """When it was answered; BadInput where a moment has no time zone."""
    if any(moment is not None and moment.tzinfo is None for moment in (first, until)):
        raise BadInput("from and to need a time zone: 2026-03-01T00:00:00Z")
    return Span(first, until)


class InteractionController(Controller):
    """For reviewers, and for those who work the service."""

    path = "/v1/admin/interactions"
    tags = ("admin",)
    guards = (requires_operator_or_reviewer,)
    security = ({"operatorToken": []}, {"session": []})
    responses = ADMIN_PROBLEMS
    dependencies = {  # noqa: RUF012 - Litestar's own way to say it
        "wanted": Provide(provide_wanted, sync_to_thread=False),
        "span": Provide(provide_span, sync_to_thread=False),
    }

    @get(
        operation_id="SearchInteractions",
        summary="What models answered",
        responses={
            HTTP_200_OK: ResponseSpec(
                InteractionPage,
                generate_examples=False,
                description="The answers that are wanted, the newest first.",
                examples=[Example(value=EXAMPLE)],
            )
        },
    )
    async def index(
        self,
        units: NamedDependency[Units],
        wanted: NamedDependency[Wanted],
        span: NamedDependency[Span],
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> InteractionPage:
        """Answers of everybody, the newest first; not whose they were, and nobody's words."""
        async with units.begin(writes=False) as unit:
            found = await search(unit, wanted, span, Place.of(cursor, limit))
        return found.shown(lambda view: view)
