"""Tokens for programs over HTTP. Persons alone make them: a token cannot make tokens."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, delete, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody, PathParameter
from litestar.status_codes import HTTP_201_CREATED

from fitsense_api.accounts.principal import Principal, requires
from fitsense_api.db.unit import Unit
from fitsense_api.errors import OWNED_PROBLEMS
from fitsense_api.operations.trail import Scribe
from fitsense_api.tokens.schemas import CreatedToken, NewToken, TokenView
from fitsense_api.tokens.service import TokenShelf

TokenId = Annotated[UUID, PathParameter(description="The id of the token.")]


def provide_tokens(
    unit: NamedDependency[Unit],
    current: NamedDependency[Principal],
    scribe: NamedDependency[Scribe],
) -> TokenShelf:
    """The tokens of who asks."""
    return TokenShelf(unit, current.user_id, scribe)


class TokenController(Controller):
    """One's tokens."""

    path = "/v1/account/tokens"
    tags = ("account",)
    guards = (requires("account"),)
    responses = OWNED_PROBLEMS
    dependencies = {  # noqa: RUF012 - Litestar's own way to say it
        "tokens": Provide(provide_tokens, sync_to_thread=False)
    }

    # No Idempotency-Key here: the answer kept under it would hold the token. Who lost the answer
    # revokes the token of that name and makes another.
    @post(operation_id="CreateToken", summary="Make a token", status_code=HTTP_201_CREATED)
    async def create(
        self, data: JSONBody[NewToken], tokens: NamedDependency[TokenShelf]
    ) -> CreatedToken:
        """The token, shown this once: send it as `Authorization: Bearer`."""
        return await tokens.create(data)

    @get(operation_id="ListTokens", summary="One's tokens")
    async def show(self, tokens: NamedDependency[TokenShelf]) -> list[TokenView]:
        """Every token that was not revoked, the newest first."""
        return await tokens.show()

    @delete("/{token_id:uuid}", operation_id="RevokeToken", summary="Revoke a token")
    async def revoke(self, token_id: TokenId, tokens: NamedDependency[TokenShelf]) -> None:
        """It opens nothing from this moment on."""
        await tokens.revoke(token_id)
