"""Consents over HTTP: read the text, agree to it, take it back."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody, PathParameter
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED

from fitsense_api.accounts.principal import Principal, requires
from fitsense_api.calls import Once, provide_once
from fitsense_api.consent.schemas import ConsentBody, ConsentTextView, ConsentView, Withdrawal
from fitsense_api.consent.service import ConsentDesk
from fitsense_api.consent.texts import Purpose, current_text
from fitsense_api.db.unit import Unit
from fitsense_api.errors import OWNED_PROBLEMS
from fitsense_api.operations.trail import Scribe

ConsentId = Annotated[UUID, PathParameter(description="The id of the consent.")]


def provide_consents(
    unit: NamedDependency[Unit], current: NamedDependency[Principal]
) -> ConsentDesk:
    """The consents of who asks."""
    return ConsentDesk(unit, current.user_id)


class ConsentController(Controller):
    """What was agreed to: for people from 13 to 17 no plan is given before a guardian agrees."""

    path = "/v1/consents"
    tags = ("profile",)
    guards = (requires("profile"),)
    responses = OWNED_PROBLEMS
    dependencies = {  # noqa: RUF012 - Litestar's own way to say it
        "consents": Provide(provide_consents, sync_to_thread=False),
        "once": Provide(provide_once),
    }

    @get("/texts", operation_id="ListConsentTexts", summary="What can be agreed to")
    async def texts(self) -> list[ConsentTextView]:
        """The texts of today, word for word."""
        return [ConsentTextView.model_validate(current_text(purpose)) for purpose in Purpose]

    @get(operation_id="ListConsents", summary="One's consents")
    async def index(self, consents: NamedDependency[ConsentDesk]) -> list[ConsentView]:
        """Every consent, those taken back too, oldest first."""
        return await consents.all()

    @post(operation_id="GiveConsent", summary="Agree", status_code=HTTP_201_CREATED)
    async def give(
        self,
        data: JSONBody[ConsentBody],
        consents: NamedDependency[ConsentDesk],
        once: NamedDependency[Once],
        scribe: NamedDependency[Scribe],
    ) -> Response[ConsentView]:
        """The consent as it is kept; 409 where somebody has agreed to this text already."""

        async def give() -> ConsentView:
            given = await consents.give(data)
            facts = {"purpose": given.purpose.value, "version": given.version}
            await scribe.tell(once.unit, "give_consent", consent=str(given.id), **facts)
            return given

        return await once.answer(ConsentView, give)

    @post(
        "/{consent_id:uuid}/withdraw",
        operation_id="WithdrawConsent",
        summary="Take a consent back",
        status_code=HTTP_200_OK,
    )
    async def withdraw(
        self,
        consent_id: ConsentId,
        data: JSONBody[Withdrawal],
        consents: NamedDependency[ConsentDesk],
        unit: NamedDependency[Unit],
        scribe: NamedDependency[Scribe],
    ) -> ConsentView:
        """The consent with its end; nothing that needs it is done from now on."""
        del data
        withdrawn = await consents.withdraw(consent_id)
        await scribe.tell(unit, "withdraw_consent", consent=str(consent_id))
        return withdrawn
