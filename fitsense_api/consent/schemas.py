"""Consents as they are sent and shown."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from fitsense_api.consent.texts import Purpose, Relation
from fitsense_api.db.models.people import Consent

# No control characters, as in the name of an account.
FullName = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=2, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$"
    ),
]


class ConsentTextView(BaseModel):
    """A wording to read before one agrees."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    purpose: Purpose
    version: str
    text: str


class ConsentBody(BaseModel):
    """Somebody agrees, to a text they have read."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "purpose": "guardian",
                    "version": "1",
                    "given_by": "Annabella Byron",
                    "relation": "parent",
                    "is_agreed": True,
                }
            ]
        },
    )

    purpose: Purpose
    version: Annotated[str, Field(max_length=40, description="Of the text that was read.")]
    given_by: FullName
    relation: Relation
    is_agreed: Literal[True]


class Withdrawal(BaseModel):
    """Nothing needs to be said to take a consent back."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ConsentView(BaseModel):
    """Who agreed to what and when, and when it was taken back; it counts while `is_open`."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    purpose: Purpose
    version: str
    given_by: str | None
    relation: Relation | None
    given_at: datetime
    withdrawn_at: datetime | None
    is_open: bool


def consent_view(row: Consent) -> ConsentView:
    """A consent as it is shown."""
    names = ConsentView.model_fields.keys() - {"is_open"}
    fields = {name: getattr(row, name) for name in names}
    return ConsentView.model_validate({**fields, "is_open": row.withdrawn_at is None})
