"""Which planner serves, and which teacher it is compared with: decided by the settings alone."""

from collections.abc import Callable

from structlog.typing import FilteringBoundLogger

from fitsense_api.config import ServiceConfig
from fitsense_api.student.batcher import BatchDone
from fitsense_api.student.coach import CoachPlanner
from fitsense_api.student.embedded import StudentPlanner
from fitsense_api.student.keeper import StudentKeeper
from fitsense_api.student.planner import Planner
from fitsense_api.student.remote import RemoteModel, RemotePlanner
from fitsense_training.domain.errors import BadInput
from fitsense_training.settings import Settings

REMOTE = "openai/"
HOSTED = ("litellm/hosted_vllm/", "litellm/openai/", "openai/")


def choose_planner(
    settings: Settings,
    keeper: StudentKeeper,
    config: ServiceConfig,
    log: FilteringBoundLogger,
    done: Callable[[BatchDone], None],
) -> Planner:
    """The planner of FITSENSE_PLANNER.

    Raises:
        BadInput: it names the model of a server, and no server is given.
    """
    if settings.planner == "coach":
        return CoachPlanner(log)
    if settings.planner.startswith(REMOTE):
        if settings.planner_api_base is None:
            raise BadInput(
                f"FITSENSE_PLANNER is {settings.planner}, a model behind a server: "
                "set FITSENSE_PLANNER_API_BASE to the address of the server"
            )
        name = settings.planner.removeprefix(REMOTE)
        model = RemoteModel(name, settings.planner_api_base, settings.planner_api_key)
        return RemotePlanner(model, log)
    return StudentPlanner(keeper, config.batch_rows, log, done)


def choose_teacher(settings: Settings, log: FilteringBoundLogger) -> Planner:
    """The teacher to compare with: a self-hosted model where there is one, else the coach."""
    for prefix in HOSTED:
        if settings.teacher.startswith(prefix) and settings.teacher_api_base is not None:
            name = settings.teacher.removeprefix(prefix)
            return RemotePlanner(
                RemoteModel(name, settings.teacher_api_base, settings.teacher_api_key), log
            )
    return CoachPlanner(log)
