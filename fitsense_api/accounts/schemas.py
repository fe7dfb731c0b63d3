"""What is sent to come in, and who one is then."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    model_validator,
)

from fitsense_api.accounts.passwords import is_guessable
from fitsense_api.db.models.accounts import Role

GUESSABLE = "password: it is among the first that are tried, take a longer one"
Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, to_lower=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
    ),
]
Password = Annotated[
    str, Field(min_length=8, max_length=256, description="Any characters; 15 or more are advised.")
]
# Of an older password we only know that it was one.
KnownPassword = Annotated[str, Field(min_length=1, max_length=256)]


class SignUp(BaseModel):
    """A new account."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # No control characters: a name stands in lines of logs.
    name: Annotated[
        str,
        StringConstraints(
            strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$"
        ),
    ]
    email: Email
    password: Password

    @model_validator(mode="after")
    def _hard_to_guess(self) -> Self:
        if is_guessable(self.password, self.email):
            raise ValueError(GUESSABLE)
        return self


class LogIn(BaseModel):
    """Who one says to be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    email: Email
    password: KnownPassword


class NewPassword(BaseModel):
    """Another password, and the one of now as proof."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    password: KnownPassword
    new_password: Password

    @model_validator(mode="after")
    def _hard_to_guess(self) -> Self:
        if is_guessable(self.new_password):
            raise ValueError("new_" + GUESSABLE)
        return self


class Leaving(BaseModel):
    """Leaving everywhere; programs stay in unless `tokens_too`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tokens_too: StrictBool = False


class Account(BaseModel):
    """Who asks, and what they may do."""

    model_config = ConfigDict(frozen=True)

    user_id: UUID
    role: Role
    scopes: tuple[str, ...]
