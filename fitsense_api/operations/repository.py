"""Reaching the audit log: it is appended to, read and verified, and nothing else."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from fitsense_api.db.models.accounts import AuditEntry, AuditHead
from fitsense_api.db.unit import Unit
from fitsense_api.operations.audit import AuditEvent
from fitsense_api.operations.chain import START, Entry, Link, Verdict, end, follow, hash_entry

REVIEWS_AUDIT: Final = "fitsense.reviews_audit"
BATCH: Final = 1000
_HEAD_ID: Final = 1


async def append(unit: Unit, event: AuditEvent) -> Link:
    """Add an event as the last link, in the transaction of what it tells of.

    The row of the head is locked until that transaction ends: whoever appends at the same time
    waits, so it should be done last.
    """
    query = select(AuditHead).where(AuditHead.id == _HEAD_ID).with_for_update()
    head = (await unit.session.scalars(query)).one()
    entry_id, position = unit.next_id(), head.position + 1
    entry_hash = hash_entry(entry_id, unit.now, event, position, head.entry_hash)
    entry = AuditEntry(
        id=entry_id,
        position=position,
        at=unit.now,
        user_id=event.user_id,
        actor=event.actor,
        action=event.action,
        outcome=event.outcome,
        request_id=event.request_id,
        facts=event.facts,
        previous_hash=head.entry_hash,
        entry_hash=entry_hash,
    )
    unit.session.add(entry)
    link = Link(position, head.entry_hash, entry_hash)
    head.position, head.entry_hash = position, entry_hash
    await unit.session.flush()
    return link


async def read_back(unit: Unit, before: int | None, limit: int) -> Sequence[Entry]:
    """Entries of everybody, the newest first, from below a position."""
    await unit.prove(REVIEWS_AUDIT, "yes")
    query = select(AuditEntry).order_by(AuditEntry.position.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditEntry.position < before)
    return [_entry(row) for row in await unit.session.scalars(query)]


async def verify(unit: Unit) -> Verdict:
    """Whether the whole chain holds, read in batches."""
    await unit.prove(REVIEWS_AUDIT, "yes")
    found = await unit.session.get_one(AuditHead, _HEAD_ID)
    head = (found.position, found.entry_hash)
    verdict = Verdict(0, START)
    while verdict.trouble is None:
        query = select(AuditEntry).order_by(AuditEntry.position).limit(BATCH)
        query = query.where(AuditEntry.position > verdict.count_entries)
        query = query.where(AuditEntry.position <= head[0])
        batch = [_entry(row) for row in await unit.session.scalars(query)]
        unit.session.expunge_all()
        if not batch:
            break
        verdict = follow(batch, verdict)
    return end(verdict, *head)


def _entry(row: AuditEntry) -> Entry:
    event = AuditEvent(
        row.action, row.actor, row.outcome, row.request_id, dict(row.facts), row.user_id
    )
    link = Link(row.position, row.previous_hash, row.entry_hash)
    return Entry(row.id, row.at, event, link)
