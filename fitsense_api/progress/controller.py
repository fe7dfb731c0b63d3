"""Progress over HTTP."""

from litestar import Controller, get
from litestar.di import NamedDependency

from fitsense_api.accounts.principal import Principal, requires
from fitsense_api.db.unit import Unit
from fitsense_api.errors import OWNED_PROBLEMS
from fitsense_api.progress.reading import LogBook
from fitsense_api.progress.schemas import Overview


class ProgressController(Controller):
    """What one's log adds up to."""

    path = "/v1/progress"
    tags = ("progress",)
    guards = (requires("progress"),)
    responses = OWNED_PROBLEMS

    @get(operation_id="GetProgress", summary="One's progress")
    async def show(
        self, unit: NamedDependency[Unit], current: NamedDependency[Principal]
    ) -> Overview:
        """Strength, records, weekly volume, and the trend of body weight."""
        return await LogBook(unit, current.user_id).overview()
