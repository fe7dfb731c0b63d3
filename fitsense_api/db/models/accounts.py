"""Who may come in: users, how they prove it, what they did."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from fitsense_api.db.base import Base, Dated, OwnedBase, v, words


class Role(StrEnum):
    """What a person is to the service."""

    USER = "user"
    REVIEWER = "reviewer"
    ADMIN = "admin"


class User(Base, Dated):
    """One person with an account; how they prove it lies in Credential."""

    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(v(120))
    email: Mapped[str] = mapped_column(v(254), unique=True)
    role: Mapped[Role] = mapped_column(words(Role, "role"))
    is_active: Mapped[bool]
    deleted_at: Mapped[datetime | None]


class Credential(Base):
    """The hash of a password, apart from the person, so that no read of a user carries it."""

    __tablename__ = "user_credentials"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    password_hash: Mapped[str] = mapped_column(v(255))
    changed_at: Mapped[datetime]
    failed_count: Mapped[int]
    locked_until: Mapped[datetime | None]


class UserSession(OwnedBase):
    """A person who is logged in; the cookie holds the id, the table its SHA-256 alone."""

    __tablename__ = "user_sessions"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    label: Mapped[str] = mapped_column(v(120))


class ApiToken(OwnedBase):
    """A token for a program: what it may do, until when, and its SHA-256.

    The prefix is the part people may see, to tell their tokens apart. A name is free again once
    its token is revoked.
    """

    __tablename__ = "api_tokens"
    __table_args__ = (
        Index(
            "uq_api_tokens_living_name",
            "user_id",
            "name",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    name: Mapped[str] = mapped_column(v(120))
    prefix: Mapped[str] = mapped_column(v(16))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    scopes: Mapped[str] = mapped_column(v(500))
    last_used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class AuditEntry(Base):
    """What was done to an account or the service; it outlives the user it names, and never changes.

    `user_id` is no foreign key for that reason. Facts are ids, names and states, never words.
    Entries stand in one chain: each holds the hash of the one before (operations/chain.py), and
    triggers of the database refuse to change or remove any.
    """

    __tablename__ = "audit_log"
    __table_args__ = (Index(None, "user_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, unique=True)
    at: Mapped[datetime]
    user_id: Mapped[UUID | None]
    actor: Mapped[str] = mapped_column(v(120))
    action: Mapped[str] = mapped_column(v(60))
    outcome: Mapped[str] = mapped_column(v(20))
    request_id: Mapped[str] = mapped_column(v(40))
    facts: Mapped[dict[str, Any]]
    previous_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    entry_hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class AuditHead(Base):
    """Where the chain ends: one row, locked by whoever appends, so that there is one chain.

    It also tells when entries were cut off the end, which the chain alone cannot.
    """

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigInteger)
    entry_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
