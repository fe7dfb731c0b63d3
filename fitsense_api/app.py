"""The composition root of the service: everything is made and joined here.

granian --interface asgi --factory fitsense_api.app:application
"""

import sys
from importlib.metadata import version
from typing import Any

from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, YamlRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.plugins.pydantic import PydanticPlugin
from structlog.typing import FilteringBoundLogger

from fitsense_api.accounts.origin import refuse_other_origins
from fitsense_api.accounts.principal import COOKIE
from fitsense_api.config import ServiceConfig, load_api_settings
from fitsense_api.documented import Documented
from fitsense_api.errors import EXCEPTION_HANDLERS
from fitsense_api.exercises.controller import ExerciseController
from fitsense_api.headers import AllowHeader, SecurityHeaders
from fitsense_api.inference import INFERENCE_CONTROLLERS, Inference, Stores, with_trail
from fitsense_api.log import RequestLine, json_log
from fitsense_api.operations.requests import StartClock
from fitsense_api.operations.tracing import tracing_plugins
from fitsense_api.storage import STORAGE_CONTROLLERS, Storage
from fitsense_api.student.keeper import StudentKeeper
from fitsense_api.student.registry import MlflowRegistry
from fitsense_api.student.served import StudentSource
from fitsense_api.student.shelf import SMOKE_REQUEST, Shelf
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.text.explain import NOT_REVIEWED
from fitsense_training.settings import Settings, load_settings

CONTROLLERS = (*INFERENCE_CONTROLLERS, ExerciseController)


def application() -> Litestar:
    """The service with the settings of this process."""
    settings = load_settings()
    return create_app(settings, storage=Storage(load_api_settings(), settings.home))


def create_app(  # noqa: PLR0913 - the composition root names every part that can be given
    settings: Settings,
    source: StudentSource | None = None,
    *,
    shelf: Shelf | None = None,
    config: ServiceConfig | None = None,
    log: FilteringBoundLogger | None = None,
    stores: Stores | None = None,
    storage: Storage | None = None,
) -> Litestar:
    """The service; what is not given is made for production. Without storage nobody has an account.

    Raises:
        RuleBookError: the rules contradict themselves or the vocabulary.
    """
    # Rules that contradict themselves stop the service here, before anybody asks.
    coach(SMOKE_REQUEST)
    config = config or ServiceConfig()
    log = log or json_log(sys.stderr)
    shelf = shelf or Shelf(settings.home / "serving")
    keeper = StudentKeeper(source or MlflowRegistry(settings), shelf, log)
    if storage:
        storage.trail.log = log
        stores = with_trail(stores, storage.trail)
    inference = Inference(settings, keeper, config, log, stores)
    headers = storage.headers if storage else SecurityHeaders()
    parts = {name: _provide(part) for name, part in inference.parts.items()}
    app = Litestar(
        route_handlers=[*CONTROLLERS, *(STORAGE_CONTROLLERS if storage else ())],
        dependencies={**parts, **(storage.dependencies if storage else {})},
        lifespan=[*([storage.run] if storage else []), inference.run],
        middleware=[*inference.middleware, *(storage.middleware if storage else [])],
        before_request=_receive,
        before_send=[headers, AllowHeader(), RequestLine(log), inference.before_send],
        exception_handlers=EXCEPTION_HANDLERS,
        request_max_body_size=config.max_body_bytes,
        openapi_config=_describe_service(),
        plugins=[PydanticPlugin(), Documented(), *tracing_plugins(settings)],
        state=State({"log": log, **inference.state}),
        # Litestar's own log would write whole tracebacks; RequestLine and to_problem write ours.
        logging_config=None,
        debug=False,
    )
    app.asgi_handler = StartClock(app.asgi_handler)
    return app


def _provide(part: object) -> Provide:
    return Provide(lambda: part, use_cache=True, sync_to_thread=False)


async def _receive(request: Request[Any, Any, Any]) -> None:
    """What happens before a request is read."""
    refuse_other_origins(request)


def _describe_service() -> OpenAPIConfig:
    """The OpenAPI document, as JSON and YAML; pages that load scripts from elsewhere are off."""
    return OpenAPIConfig(
        title="FitSense",
        version=version("fitsense"),
        description=f"Workout plans that respect a body. {NOT_REVIEWED}",
        render_plugins=[JsonRenderPlugin(), YamlRenderPlugin()],
        use_handler_docstrings=True,
        components=Components(
            security_schemes={
                "operatorToken": SecurityScheme(
                    type="http", scheme="bearer", description="FITSENSE_ADMIN_TOKEN"
                ),
                "programToken": SecurityScheme(
                    type="http", scheme="bearer", description="A token of /v1/account/tokens"
                ),
                "session": SecurityScheme(type="apiKey", name=COOKIE, security_scheme_in="cookie"),
            }
        ),
    )
