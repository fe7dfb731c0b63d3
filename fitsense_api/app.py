"""The composition root of the service: everything is made and joined here.

granian --interface asgi --factory fitsense_api.app:application
"""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from functools import partial
from importlib.metadata import version
from typing import Any

from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, YamlRenderPlugin
from litestar.plugins.pydantic import PydanticPlugin
from litestar.status_codes import HTTP_415_UNSUPPORTED_MEDIA_TYPE
from structlog.typing import FilteringBoundLogger

from fitsense_api.config import ServiceConfig
from fitsense_api.errors import EXCEPTION_HANDLERS
from fitsense_api.exercises.controller import ExerciseController
from fitsense_api.headers import add_headers
from fitsense_api.health.controller import HealthController
from fitsense_api.log import RequestLine, json_log, note_start
from fitsense_api.model.controller import ModelController
from fitsense_api.plans.controller import PlanController
from fitsense_api.plans.desk import PlanDesk
from fitsense_api.student.keeper import StudentKeeper
from fitsense_api.student.registry import MlflowRegistry
from fitsense_api.student.served import StudentSource
from fitsense_api.student.shelf import SMOKE_REQUEST, Shelf
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.text.explain import NOT_REVIEWED
from fitsense_training.settings import Settings, load_settings

CONTROLLERS = (PlanController, ModelController, ExerciseController, HealthController)


def application() -> Litestar:
    """The service with the settings of this process."""
    return create_app(load_settings())


def create_app(
    settings: Settings,
    source: StudentSource | None = None,
    *,
    shelf: Shelf | None = None,
    config: ServiceConfig | None = None,
    log: FilteringBoundLogger | None = None,
) -> Litestar:
    """The service; what is not given is made for production.

    Raises:
        RuleBookError: the rules contradict themselves or the vocabulary.
    """
    # Rules that contradict themselves stop the service here, before anybody asks.
    coach(SMOKE_REQUEST)
    config = config or ServiceConfig()
    log = log or json_log(sys.stderr)
    shelf = shelf or Shelf(settings.home / "serving")
    keeper = StudentKeeper(source or MlflowRegistry(settings), shelf, log)
    desk = PlanDesk(keeper, config, log)
    return Litestar(
        route_handlers=list(CONTROLLERS),
        dependencies={"desk": _provide(desk), "keeper": _provide(keeper)},
        lifespan=[partial(_run, keeper, desk, config)],
        before_request=_receive,
        before_send=[add_headers, RequestLine(log)],
        exception_handlers=EXCEPTION_HANDLERS,
        request_max_body_size=config.max_body_bytes,
        openapi_config=_describe_service(),
        plugins=[PydanticPlugin()],
        state=State({"log": log}),
        # Litestar's own log would write whole tracebacks; RequestLine and to_problem write ours.
        logging_config=None,
        debug=False,
    )


def _provide(part: object) -> Provide:
    return Provide(lambda: part, use_cache=True, sync_to_thread=False)


@asynccontextmanager
async def _run(
    keeper: StudentKeeper, desk: PlanDesk, config: ServiceConfig, _: Litestar
) -> AsyncGenerator[None, None]:
    """From the first student to the last answer."""
    await asyncio.to_thread(keeper.refresh)
    following = asyncio.create_task(_follow(keeper, config.refresh_s))
    try:
        yield
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
        desk.close()


async def _follow(keeper: StudentKeeper, refresh_s: float) -> None:
    """Serve whoever is champion, looked up every `refresh_s` seconds."""
    while True:
        await asyncio.sleep(refresh_s)
        await asyncio.to_thread(keeper.refresh)


async def _receive(request: Request[Any, Any, Any]) -> None:
    """What happens before a request is read."""
    await note_start(request)
    # A page of another origin can send text, forms and multipart without asking, but not JSON.
    if request.method == "POST" and request.content_type[0] != "application/json":
        raise HTTPException(status_code=HTTP_415_UNSUPPORTED_MEDIA_TYPE)


def _describe_service() -> OpenAPIConfig:
    """The OpenAPI document, as JSON and YAML; pages that load scripts from elsewhere are off."""
    return OpenAPIConfig(
        title="FitSense",
        version=version("fitsense"),
        description=f"Workout plans that respect a body. {NOT_REVIEWED}",
        render_plugins=[JsonRenderPlugin(), YamlRenderPlugin()],
        use_handler_docstrings=True,
    )
