"""Tokens as they are asked for and shown."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from fitsense_api.accounts.principal import TokenScope
from fitsense_api.db.models.accounts import ApiToken

DAYS_MAX = 366


class NewToken(BaseModel):
    """A token for one program: what it may do and for how long."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [{"name": "my watch", "scopes": ["read", "log"], "expires_in_days": 90}]
        },
    )

    name: Annotated[
        str,
        StringConstraints(
            strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$"
        ),
    ]
    scopes: Annotated[frozenset[TokenScope], Field(min_length=1)]
    expires_in_days: Annotated[int, Field(ge=1, le=DAYS_MAX)] = 90


class TokenView(BaseModel):
    """A token as it is shown ever after: its first letters, never the token."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    name: str
    prefix: str = Field(description="How the token begins.")
    scopes: tuple[TokenScope, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = Field(description="To five minutes.")


class CreatedToken(TokenView):
    """A token as it is shown once."""

    token: str = Field(description="Keep it now: it is never shown again.")


def scopes_of(kept: str) -> tuple[TokenScope, ...]:
    """The scopes of a token as they are kept; a word we no longer know gives no right."""
    known = set(TokenScope)
    return tuple(TokenScope(word) for word in kept.split() if word in known)


def token_view(row: ApiToken) -> TokenView:
    """A row as it is shown."""
    return TokenView(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        scopes=scopes_of(row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
    )
