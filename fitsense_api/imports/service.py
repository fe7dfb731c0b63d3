"""Taking in a file of another app: read it, say what is in it, keep it once."""

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fitsense_api.calls import Call, keyed
from fitsense_api.db.models.interactions import ImportedFile
from fitsense_api.db.unit import Unit, Units
from fitsense_api.idempotency import Kept, earlier
from fitsense_api.imports.foreign import ForeignSet, header_of, lines_of
from fitsense_api.imports.hevy import SOURCE as HEVY
from fitsense_api.imports.hevy import hevy_sets, is_hevy
from fitsense_api.imports.mapping import Setting, Workbook, workbook_of
from fitsense_api.imports.repository import ImportedFiles, ImportedWorkouts
from fitsense_api.imports.schemas import (
    LISTED_MAX,
    ImportBody,
    ImportEntry,
    ImportReport,
    Unmatched,
)
from fitsense_api.imports.strong import SOURCE as STRONG
from fitsense_api.imports.strong import is_strong, strong_sets
from fitsense_api.people.repository import ProfileRepository
from fitsense_training.domain.errors import BadInput

CREATED, OK = 201, 200
_APPS: Final = ((STRONG, is_strong, strong_sets), (HEVY, is_hevy, hevy_sets))


@dataclass(frozen=True)
class Read:
    """A file as it was read, before anything of it is kept."""

    source: str
    sets: list[ForeignSet]
    content_hash: bytes


class Imports:
    """Imports of one person; a file is read before any transaction begins."""

    def __init__(self, units: Units, owner_id: UUID) -> None:
        self._units, self._owner_id = units, owner_id

    async def take(self, body: ImportBody, call: Call) -> Kept:
        """Keep the workouts of a file once, or say what would be kept.

        Raises:
            BadInput: the file is of no app we know, a line cannot be read, or a unit is not told.
        """
        owner = self._owner_id
        async with self._units.begin(owner, writes=False) as unit:
            if found := await earlier(unit, owner, call.key, call.asked):
                return found
            profile = await ProfileRepository(unit, owner).find()
            now = unit.now
        zone = _zone(body.timezone or (profile.timezone if profile else "UTC"))
        read = await asyncio.to_thread(read_file, body.csv)
        setting = Setting(read.source, _unit(read.sets, body.unit), zone, now)
        book = await asyncio.to_thread(workbook_of, read.sets, setting)
        async with self._units.begin(owner, writes=not body.is_dry_run) as unit:
            desk = _Desk(unit, owner, read, setting, book)
            if body.is_dry_run:
                return Kept(OK, (await desk.preview()).model_dump_json().encode())
            return await keyed(unit, owner, call, desk.keep)

    async def all(self) -> list[ImportEntry]:
        """Every file that was imported, the newest first."""
        async with self._units.begin(self._owner_id, writes=False) as unit:
            rows = await ImportedFiles(unit, self._owner_id).all(
                order_by=ImportedFile.created_at.desc()
            )
        return [
            ImportEntry(
                id=row.id,
                imported_at=row.created_at,
                source=row.source,
                count_workouts=row.report["shown"]["count_workouts"],
                count_sets=row.report["shown"]["count_sets"],
            )
            for row in rows
        ]

    async def undo(self, import_id: UUID) -> None:
        """Remove the workouts a file brought, for good; then it can be imported anew."""
        async with self._units.begin(self._owner_id) as unit:
            files = ImportedFiles(unit, self._owner_id)
            row = await files.get(import_id)
            ids = [UUID(each) for each in row.report["client_ids"]]
            await ImportedWorkouts(unit, self._owner_id).remove(ids)
            await files.remove(row)


class _Desk:
    """One file in one transaction."""

    def __init__(
        self, unit: Unit, owner_id: UUID, read: Read, setting: Setting, book: Workbook
    ) -> None:
        self._read, self._setting, self._book = read, setting, book
        self._files = ImportedFiles(unit, owner_id)
        self._workouts = ImportedWorkouts(unit, owner_id)

    async def preview(self) -> ImportReport:
        """What would be kept."""
        if known := await self._known():
            return known.model_copy(update={"is_dry_run": True})
        return self._report(await self._new(), is_dry_run=True)

    async def keep(self) -> Kept:
        """Keep what is new, and remember the file."""
        if known := await self._known():
            return Kept(OK, known.model_dump_json().encode())
        new = await self._new()
        await self._workouts.keep(new)
        report = self._report(new, is_dry_run=False)
        row = await self._files.add(
            ImportedFile(
                source=self._read.source,
                content_hash=self._read.content_hash,
                report={
                    "shown": report.model_dump(mode="json"),
                    "client_ids": [str(each["client_id"]) for each in new],
                },
            )
        )
        told = report.model_copy(update={"id": row.id})
        return Kept(CREATED, told.model_dump_json().encode())

    async def _known(self) -> ImportReport | None:
        """What was answered when the same file came before."""
        row = await self._files.find(ImportedFile.content_hash == self._read.content_hash)
        if row is None:
            return None
        return ImportReport.model_validate({**row.report["shown"], "id": row.id, "is_known": True})

    async def _new(self) -> list[dict[str, Any]]:
        """The workouts no file brought before: apps export all of them each time."""
        known = await self._workouts.known([each["client_id"] for each in self._book.workouts])
        return [each for each in self._book.workouts if each["client_id"] not in known]

    def _report(self, new: list[dict[str, Any]], *, is_dry_run: bool) -> ImportReport:
        book, setting = self._book, self._setting
        moments = [each["started_at"] for each in new]
        unmatched = [
            Unmatched(name=name[:120], count_sets=len(lines), first_line=lines[0])
            for name, lines in sorted(book.unmatched.items())
        ]
        return ImportReport.model_validate(
            {
                "source": self._read.source,
                "is_dry_run": is_dry_run,
                "is_known": False,
                "unit": setting.unit,
                "timezone": setting.zone.key,
                "count_workouts": len(new),
                "count_sets": sum(len(line["sets"]) for each in new for line in each["exercises"]),
                "count_workouts_known": len(book.workouts) - len(new),
                "first_at": min(moments, default=None),
                "last_at": max(moments, default=None),
                "matched": book.matched,
                "count_unmatched": len(unmatched),
                "unmatched": tuple(unmatched[:LISTED_MAX]),
                "count_left_out": len(book.left_out),
                "left_out": tuple(book.left_out[:LISTED_MAX]),
            }
        )


def read_file(text: str) -> Read:
    """A file of an app we know; BadInput names the line that cannot be read."""
    header = header_of(text)
    for source, is_ours, sets_of in _APPS:
        if is_ours(header):
            content_hash = hashlib.sha256(text.encode()).digest()
            return Read(source, list(sets_of(lines_of(text, header))), content_hash)
    raise BadInput(
        "line 1: these are not the columns of a Strong or Hevy export; "
        "export the workouts as CSV in the app, and send the file as it is"
    )


def _unit(sets: list[ForeignSet], told: str | None) -> str:
    """The unit of the file, else the one that was told; BadInput where neither says it."""
    found = {each.unit for each in sets if each.weight}
    if None in found and told is None:
        raise BadInput("the file does not say whether its weights are kg or lb: send `unit`")
    named = sorted(unit for unit in found if unit)
    return named[0] if named and None not in found else told or "kg"


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadInput(f"there is no timezone {name}: send one such as Europe/Berlin") from error
