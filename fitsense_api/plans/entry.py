"""What holds before a plan is asked for: there must be a place, else the body is not even read.

Guards are async functions: Litestar would run others in a thread, which is dear under load.
"""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from fitsense_api.plans.desk import PlanDesk

DESK = "desk"
Connection = ASGIConnection[Any, Any, Any, Any]


async def has_place(connection: Connection, _: BaseRouteHandler) -> None:
    """TooBusy where nobody more is let in to wait for an answer."""
    _desk(connection).line.refuse_if_full()


async def has_job_place(connection: Connection, _: BaseRouteHandler) -> None:
    """TooBusy where no job more is taken."""
    _desk(connection).job_line.refuse_if_full()


def _desk(connection: Connection) -> PlanDesk:
    desk = connection.app.state[DESK]
    assert isinstance(desk, PlanDesk)
    return desk
