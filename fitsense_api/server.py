"""Running the service: one granian worker, on loopback unless the settings say otherwise."""

import errno
import socket
from functools import partial
from typing import TYPE_CHECKING

from fitsense_api.config import ApiSettings, ServiceConfig, load_api_settings
from fitsense_training.domain.errors import BadInput
from fitsense_training.settings import Settings, make_quiet

if TYPE_CHECKING:
    from litestar import Litestar


def serve(settings: Settings) -> None:
    """Serve until told to stop; BadInput where the address cannot be had."""
    refuse_busy_port(settings.host, settings.api_port)
    make_quiet(settings)
    api_settings = load_api_settings()
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    config = ServiceConfig()
    server = Server(
        "fitsense_api.app:application",
        address=settings.host,
        port=settings.api_port,
        interface=Interfaces.ASGI,
        workers=1,
        websockets=False,
        log_level=LogLevels.warning,
        workers_kill_timeout=config.stop_timeout_s,
    )
    server.serve(target_loader=partial(_load, settings, config, api_settings), wrap_loader=False)


def _load(settings: Settings, config: ServiceConfig, api_settings: ApiSettings) -> "Litestar":
    from fitsense_api.app import create_app
    from fitsense_api.storage import Storage

    return create_app(settings, config=config, storage=Storage(api_settings, settings.home))


def refuse_busy_port(host: str, port: int) -> None:
    """Raise BadInput, with what to do, when nobody can listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise BadInput(
                f"port {port} on {host} is busy: stop what listens there, "
                "or set FITSENSE_API_PORT to a free one"
            ) from error
        raise BadInput(
            f"nothing can listen on {host}:{port} ({error.strerror}): "
            "mend FITSENSE_HOST and FITSENSE_API_PORT"
        ) from error
