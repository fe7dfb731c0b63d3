"""What was asked of models and of the service: interactions, jobs, and requests made once."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fitsense_api.db.base import JsonDocument, OwnedBase, v, words


class ContextType(StrEnum):
    """What an interaction was about."""

    PLAN = "plan"
    WORKOUT = "workout"
    GENERAL = "general"


class Outcome(StrEnum):
    """What became of a question: a plan to accept or reject, or fixed words."""

    PROPOSED = "proposed"
    HANDOFF = "handoff"


class JobState(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ModelInteraction(OwnedBase):
    """One question to a model and under what it was answered.

    The words of both sides stay empty unless the person agreed to keep them.
    """

    __tablename__ = "ai_interactions"
    __table_args__ = (
        Index(None, "context_type", "context_id"),
        Index(
            "ix_ai_interactions_created_at",
            "created_at",
            postgresql_using="brin",
        ),
    )

    context_type: Mapped[ContextType] = mapped_column(words(ContextType, "context_type"))
    context_id: Mapped[UUID | None]
    query_text: Mapped[str | None] = mapped_column(Text)
    response_text: Mapped[str | None] = mapped_column(Text)
    model_name: Mapped[str | None] = mapped_column(v(80))
    model_version: Mapped[str | None] = mapped_column(v(80))
    release: Mapped[str | None] = mapped_column(v(40))
    prompt_version: Mapped[str] = mapped_column(v(40))
    rules_version: Mapped[str] = mapped_column(v(80))
    catalogue_version: Mapped[str] = mapped_column(v(80))
    guard_path: Mapped[str] = mapped_column(v(80))
    findings: Mapped[list[str]] = mapped_column(JsonDocument)
    outcome: Mapped[str] = mapped_column(v(40))
    latency_ms: Mapped[int | None]
    request_id: Mapped[str] = mapped_column(v(40))


class JobEntry(OwnedBase):
    """Work that outlives its request."""

    __tablename__ = "jobs"
    __table_args__ = (Index(None, "state", "created_at"),)

    kind: Mapped[str] = mapped_column(v(40))
    state: Mapped[JobState] = mapped_column(words(JobState, "state"))
    asked: Mapped[dict[str, Any]]
    answered: Mapped[dict[str, Any] | None] = mapped_column(JsonDocument)
    error: Mapped[str | None] = mapped_column(v(200))
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class IdempotencyKey(OwnedBase):
    """A request that is to happen once: what was asked, and what was answered."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("user_id", "key"), Index(None, "expires_at"))

    key: Mapped[str] = mapped_column(v(128))
    request_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int | None]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    headers: Mapped[dict[str, str]] = mapped_column(JsonDocument)
    expires_at: Mapped[datetime]


class ImportedFile(OwnedBase):
    """A file that was taken in once: its SHA-256 tells it again, and what was answered then."""

    __tablename__ = "imported_files"
    __table_args__ = (UniqueConstraint("user_id", "content_hash"),)

    source: Mapped[str] = mapped_column(v(20))
    content_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    report: Mapped[dict[str, Any]]
