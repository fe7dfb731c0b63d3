"""Ids and the clock: real ones for the service, chosen ones for tests."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

Clock = Callable[[], datetime]
IdFactory = Callable[[datetime], UUID]


def utc_now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def time_ordered_id(at: datetime) -> UUID:
    """A UUID of version 7 (RFC 9562): its first 48 bits are the moment, the rest is chance."""
    return uuid7(at, secrets.token_bytes(10))


def uuid7(at: datetime, chance: bytes) -> UUID:
    """The version 7 UUID of a moment and ten bytes."""
    raw = bytearray(int(at.timestamp() * 1000).to_bytes(6, "big") + chance)
    raw[6] = raw[6] & 0x0F | 0x70
    raw[8] = raw[8] & 0x3F | 0x80
    return UUID(bytes=bytes(raw))
