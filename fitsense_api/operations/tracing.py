"""Traces, off unless the settings name an exporter. Spans hold routes, never addresses or headers.

FITSENSE_TRACE_EXPORTER=console, or the name of an exporter that is installed.
"""

from collections.abc import Sequence
from importlib.metadata import entry_points, version
from typing import Any

from litestar.plugins import InitPlugin
from litestar.types import Scope

from fitsense_training.domain.errors import BadInput
from fitsense_training.settings import Settings

GROUP = "opentelemetry_traces_exporter"
# What the instrumentation would take from the address, which is the caller's text.
_CALLERS_TEXT = ("http.url", "http.target", "url.full", "url.path", "url.query", "http.user_agent")
_CALLERS_TEXT_TOO = ("user_agent.original", "http.host", "http.server_name")


def tracing_plugins(settings: Settings, exporter: Any = None) -> Sequence[InitPlugin]:
    """Litestar's OpenTelemetry plugin with the exporter of the settings, or nothing.

    Raises:
        BadInput: no exporter of that name is installed.
    """
    if exporter is None and settings.trace_exporter is None:
        return ()
    # Only a service that is traced pays for the import.
    from litestar.plugins.opentelemetry import OpenTelemetryConfig, OpenTelemetryPlugin
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    exporter = exporter or _exporter(str(settings.trace_exporter))
    resource = Resource({"service.name": "fitsense", "service.version": version("fitsense")})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    config = OpenTelemetryConfig(
        tracer_provider=provider,
        scope_span_details_extractor=_route,
        server_request_hook_handler=_forget_callers_text,
        exclude_spans=["receive", "send"],
    )
    return (OpenTelemetryPlugin(config), _Flush(provider))


class _Flush(InitPlugin):
    """Hands over what is left when the service stops."""

    def __init__(self, provider: Any) -> None:
        self._provider = provider

    def on_app_init(self, app_config: Any) -> Any:
        """Be called at the end."""
        app_config.on_shutdown.append(self._provider.shutdown)
        return app_config


def _exporter(name: str) -> Any:
    found = entry_points(group=GROUP, name=name)
    if not found:
        known = ", ".join(sorted({entry.name for entry in entry_points(group=GROUP)}))
        raise BadInput(
            f"FITSENSE_TRACE_EXPORTER is {name}, and no such exporter is installed "
            f"(there are: {known}): install it, or unset the variable"
        )
    return next(iter(found)).load()()


def _route(scope: Scope) -> tuple[str, dict[str, Any]]:
    route = scope.get("path_template") or "unmatched"
    return f"{scope.get('method', '')} {route}".strip(), {"http.route": route}


def _forget_callers_text(span: Any, _: dict[str, Any]) -> None:
    """Overwrite what was taken from the address and the headers of the caller."""
    if span is not None and span.is_recording():
        for name in (*_CALLERS_TEXT, *_CALLERS_TEXT_TOO):
            if name in (span.attributes or {}):
                span.set_attribute(name, "")
