"""The kill switch: with one call no student is asked any more, and the coach answers alone.

It outlives the process through its store. It fails closed: a switch that cannot be read at the
start stands at coach-only, and one that cannot be read later stays as it was.
"""

import asyncio
import os
from pathlib import Path
from typing import Annotated, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from structlog.typing import FilteringBoundLogger

from fitsense_api.boundary import Failure, contained_call
from fitsense_api.student.planner import Trouble
from fitsense_training.domain.errors import CorruptArtifact

FILE = "switch.json"


class SwitchState(BaseModel):
    """How the switch stands, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    is_coach_only: bool = False
    reason: Annotated[str, Field(max_length=200)] = ""
    actor: Annotated[str, Field(max_length=80)] = ""


class SwitchStore(Protocol):
    """Where the switch is kept; every process of a service reads the same one."""

    async def read(self) -> SwitchState:
        """How it stands; a store that was never written says that students are asked."""
        ...

    async def write(self, state: SwitchState) -> None:
        """Keep it; it stands once this returns."""
        ...


class FileSwitchStore:
    """The switch in a file of the installation."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    async def read(self) -> SwitchState:
        """How the file says it stands.

        Raises:
            CorruptArtifact: the file says nothing that can be read.
        """
        return await asyncio.to_thread(self._read)

    async def write(self, state: SwitchState) -> None:
        """Replace the file; a power cut leaves the old one or the new one."""
        await asyncio.to_thread(self._write, state)

    def _read(self) -> SwitchState:
        try:
            return SwitchState.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return SwitchState()
        except (OSError, ValidationError) as error:
            raise CorruptArtifact(f"{self._path} cannot be read: set the switch again") from error

    def _write(self, state: SwitchState) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        coming = self._path.with_suffix(".tmp")
        with coming.open("w", encoding="utf-8") as out:
            out.write(state.model_dump_json() + "\n")
            out.flush()
            os.fsync(out.fileno())
        coming.rename(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class KillSwitch:
    """The switch as this process knows it."""

    def __init__(self, store: SwitchStore, log: FilteringBoundLogger) -> None:
        self._store, self._log = store, log
        self._is_readable = True
        self.state = SwitchState(is_coach_only=True, reason="not read yet")

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """What the switch keeps the service from."""
        found = [Trouble.SWITCHED_TO_COACH] if self.state.is_coach_only else []
        if not self._is_readable:
            found.append(Trouble.SWITCH_UNREADABLE)
        return tuple(found)

    async def refresh(self) -> None:
        """Read the store again; another process may have moved the switch. It never raises."""
        found = await contained_call(self._store.read, self._log, "read the switch")
        self._is_readable = not isinstance(found, Failure)
        if not isinstance(found, Failure):
            self.state = found

    async def set(self, state: SwitchState) -> None:
        """Move the switch. To coach-only it moves at once, whatever becomes of the store."""
        if state.is_coach_only:
            self.state = state
        await self._store.write(state)
        self.state, self._is_readable = state, True
