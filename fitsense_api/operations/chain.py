"""The chain of the audit log: every entry holds the hash of the one before it.

Who changes an old entry would have to write all later ones anew, which the database refuses; who
gets around the database would still leave another last hash than the one that was noted elsewhere
(every entry's hash also stands in the log, and `audit verify` prints the last one).
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from fitsense_api.operations.audit import AuditEvent

START: Final = bytes(32)


@dataclass(frozen=True)
class Link:
    """An entry's place in the chain."""

    position: int
    previous_hash: bytes
    entry_hash: bytes


@dataclass(frozen=True)
class Entry:
    """One entry as it was read."""

    id: UUID
    at: datetime
    event: AuditEvent
    link: Link


@dataclass(frozen=True)
class Verdict:
    """How far the chain holds, and what is wrong with the first entry that does not."""

    count_entries: int
    last_hash: bytes
    trouble: str | None = None

    def sentence(self) -> str:
        """The verdict for people."""
        if self.trouble:
            return f"the audit log does not hold after entry {self.count_entries}: {self.trouble}"
        return f"the audit log holds: {self.count_entries} entries, last {self.last_hash.hex()}"


def hash_entry(
    entry_id: UUID, at: datetime, event: AuditEvent, position: int, previous: bytes
) -> bytes:
    """The hash of an entry: of all it says, its place, and the entry before."""
    said = {
        **asdict(event),
        "id": entry_id.hex,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "position": position,
        "previous": previous.hex(),
        "user_id": event.user_id.hex if event.user_id else None,
    }
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).digest()


def follow(entries: Iterable[Entry], so_far: Verdict) -> Verdict:
    """The verdict after these entries, which come in order after those judged before."""
    for entry in entries:
        trouble = _trouble(entry, so_far)
        if trouble:
            return Verdict(so_far.count_entries, so_far.last_hash, trouble)
        so_far = Verdict(so_far.count_entries + 1, entry.link.entry_hash)
    return so_far


def _trouble(entry: Entry, so_far: Verdict) -> str | None:
    link, expected = entry.link, so_far.count_entries + 1
    if link.position != expected:
        return f"entry {expected} is missing"
    if link.previous_hash != so_far.last_hash:
        return f"entry {expected} does not follow the one before it"
    said = hash_entry(entry.id, entry.at, entry.event, link.position, link.previous_hash)
    return None if said == link.entry_hash else f"entry {expected} was changed"


def end(so_far: Verdict, head_position: int, head_hash: bytes) -> Verdict:
    """The verdict at the end of the chain, where the head says the end is."""
    is_end = (so_far.count_entries, so_far.last_hash) == (head_position, head_hash)
    if so_far.trouble or is_end:
        return so_far
    trouble = f"it ends there, and {head_position} entries were written"
    return Verdict(so_far.count_entries, so_far.last_hash, trouble)
