"""Everything that needs a database, made and joined; `app.py` mounts it where there is one."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from litestar import Litestar, Request
from litestar.di import NamedDependency, Provide
from litestar.middleware.base import ASGIMiddleware
from litestar.stores.base import Store

from fitsense_api.accounts.controller import AccountController
from fitsense_api.accounts.middleware import KnowWhoAsks
from fitsense_api.accounts.passwords import Passwords
from fitsense_api.accounts.principal import SAFE_METHODS, Principal, principal_of
from fitsense_api.accounts.service import Accounts
from fitsense_api.accounts.session_controller import SessionController
from fitsense_api.admin.audit_controller import AuditController
from fitsense_api.config import ApiSettings
from fitsense_api.consent.controller import ConsentController
from fitsense_api.daily.controller import DayController, TargetController
from fitsense_api.db.engine import Database
from fitsense_api.db.ids import Clock, IdFactory, time_ordered_id, utc_now
from fitsense_api.db.migrate import migrate
from fitsense_api.db.unit import Unit, Units
from fitsense_api.exercises.own_controller import OwnExerciseController
from fitsense_api.exports.controller import ExportController
from fitsense_api.exports.desk import ExportDesk
from fitsense_api.headers import SecurityHeaders
from fitsense_api.imports.controller import ImportController
from fitsense_api.interactions.controller import InteractionController
from fitsense_api.leaving.controller import LeavingController
from fitsense_api.leaving.service import Leaving
from fitsense_api.log import request_id_of
from fitsense_api.operations.bounded_store import BoundedStore
from fitsense_api.operations.limits import LimitAddresses, LimitPlans, RateLimits
from fitsense_api.operations.trail import DatabaseTrail, Scribe
from fitsense_api.people.controller import ProfileController
from fitsense_api.people.holding_controller import HoldingController, ScreeningController
from fitsense_api.people.remedy_controller import AllergyController, MedicationController
from fitsense_api.programme.controller import ProgrammeController, WishController
from fitsense_api.progress.controller import ProgressController
from fitsense_api.purging.service import keep_purging
from fitsense_api.tokens.controller import TokenController
from fitsense_api.tokens.service import TokenDoor
from fitsense_api.workouts.controller import SetController, WorkoutController

STORAGE_CONTROLLERS: Final = (
    AccountController,
    SessionController,
    TokenController,
    AuditController,
    InteractionController,
    ProfileController,
    HoldingController,
    ScreeningController,
    ConsentController,
    MedicationController,
    AllergyController,
    DayController,
    TargetController,
    WishController,
    ProgrammeController,
    OwnExerciseController,
    ProgressController,
    WorkoutController,
    SetController,
    ImportController,
    ExportController,
    LeavingController,
)


class Storage:
    """The database and what stands on it. SQLite is migrated at start, PostgreSQL by its owner.

    `counts` is where limits count; replicas of one service should share it.
    """

    def __init__(
        self,
        settings: ApiSettings,
        home: Path,
        *,
        now: Clock = utc_now,
        new_id: IdFactory = time_ordered_id,
        counts: Store | None = None,
    ) -> None:
        self._settings, self._home = settings, home
        self.database = Database(settings.address(home), settings)
        self.units = Units(self.database, now, new_id)
        passwords = Passwords(settings.count_hashes_at_once, settings.leaked_passwords)
        self.accounts = Accounts(self.units, passwords, settings)
        self.leaving, self.exports = Leaving(self.units, passwords), ExportDesk(self.units)
        self.tokens = TokenDoor(self.units)
        self.trail = DatabaseTrail(self.units)
        self.limits = RateLimits(settings, counts or BoundedStore())
        self.headers = SecurityHeaders(is_behind_tls=settings.behind_tls)

    @property
    def dependencies(self) -> dict[str, Provide]:
        """What handlers ask for, by the name they ask for it."""
        return {
            "api_settings": Provide(lambda: self._settings, sync_to_thread=False),
            "limits": Provide(lambda: self.limits, sync_to_thread=False),
            "accounts": Provide(lambda: self.accounts, sync_to_thread=False),
            "leaving": Provide(lambda: self.leaving, sync_to_thread=False),
            "exports": Provide(lambda: self.exports, sync_to_thread=False),
            "units": Provide(lambda: self.units, sync_to_thread=False),
            "current": Provide(provide_current, sync_to_thread=False),
            "scribe": Provide(self._provide_scribe, sync_to_thread=False),
            "unit": Provide(self._provide_unit),
        }

    @property
    def middleware(self) -> list[ASGIMiddleware]:
        """What every request passes."""
        who = KnowWhoAsks(self.accounts.who, self.tokens.who)
        return [LimitAddresses(self.limits), who, LimitPlans(self.limits)]

    def _provide_scribe(self, request: Request[Any, Any, Any]) -> Scribe:
        scribe, who = Scribe(self.trail, request_id_of(request.scope)), request.scope.get("user")
        if not isinstance(who, Principal):
            return scribe
        return replace(scribe, actor=who.actor, user_id=who.user_id)

    async def _provide_unit(
        self, request: Request[Any, Any, Any], current: NamedDependency[Principal]
    ) -> AsyncGenerator[Unit, None]:
        """One transaction for the whole request, in the name of who asks."""
        # Named for its order too: Litestar makes what does not wait for each other in tasks.
        writes = request.method not in SAFE_METHODS
        async with self.units.begin(current.user_id, writes=writes) as unit:
            yield unit

    @asynccontextmanager
    async def run(self, app: Litestar | None = None) -> AsyncGenerator[None, None]:
        """From the first connection to the last."""
        try:
            if not self.database.is_postgres:
                await migrate(self._settings.owner_address(self._home), self._settings)
            async with self._purging(app):
                yield
        finally:
            await self.database.close()

    @asynccontextmanager
    async def _purging(self, app: Litestar | None) -> AsyncGenerator[None, None]:
        """Beside a service, bins are emptied; a command leaves them alone."""
        if app is None:
            yield
            return
        stopped = asyncio.Event()
        purging = keep_purging(self.units, self._settings, app.state["log"], stopped)
        task = asyncio.create_task(purging)
        try:
            yield
        finally:
            # Told, not cancelled: a transaction that is broken off leaves its connection open.
            stopped.set()
            await task


def provide_current(request: Request[Any, Any, Any]) -> Principal:
    """Who asks; 401 where nobody is known."""
    return principal_of(request)
