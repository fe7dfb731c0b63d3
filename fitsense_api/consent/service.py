"""Giving a consent and taking it back. A row is never changed but for its end: it is the proof."""

from uuid import UUID

from fitsense_api.consent.schemas import ConsentBody, ConsentView, consent_view
from fitsense_api.consent.texts import Purpose, current_text
from fitsense_api.db.models.people import Consent
from fitsense_api.db.unit import Unit
from fitsense_api.errors import Conflict
from fitsense_api.people.age import ADULT_AGE, age_on
from fitsense_api.people.repository import Consents, ProfileRepository
from fitsense_training.domain.errors import BadInput


class ConsentDesk:
    """The consents of one person."""

    def __init__(self, unit: Unit, owner_id: UUID) -> None:
        self._now = unit.now
        self._consents = Consents(unit, owner_id)
        self._profiles = ProfileRepository(unit, owner_id)

    async def all(self) -> list[ConsentView]:
        """Every consent, those taken back too, oldest first."""
        return [consent_view(row) for row in await self._consents.all(order_by=Consent.given_at)]

    async def give(self, body: ConsentBody) -> ConsentView:
        """Keep that somebody agrees; what they agreed to before in another wording ends.

        Raises:
            BadInput: nobody needs to agree for this person, or another text was read.
            Conflict: somebody has agreed to this text already.
        """
        text = current_text(body.purpose)
        if body.version != text.version:
            raise BadInput(
                f"the text of {body.purpose} is version {text.version} now: "
                "read it at /v1/consents/texts, then send that version"
            )
        await self._refuse_adults()
        for before in await self._open(body.purpose):
            if before.version == body.version:
                raise Conflict("somebody has agreed to this already: take that back first")
            await self._consents.update(before, withdrawn_at=self._now)
        row = Consent(
            purpose=body.purpose.value,
            version=text.version,
            given_by=body.given_by,
            relation=body.relation.value,
            given_at=self._now,
        )
        return consent_view(await self._consents.add(row))

    async def withdraw(self, consent_id: UUID) -> ConsentView:
        """Take a consent back: no plan is given from now on. One taken back stays as it is."""
        row = await self._consents.get(consent_id)
        if row.withdrawn_at is None:
            await self._consents.update(row, withdrawn_at=self._now)
        return consent_view(row)

    async def _open(self, purpose: Purpose) -> list[Consent]:
        found = await self._consents.all(
            Consent.purpose == purpose.value, Consent.withdrawn_at.is_(None)
        )
        return list(found)

    async def _refuse_adults(self) -> None:
        profile = await self._profiles.find()
        if profile is None or profile.date_of_birth is None:
            raise BadInput("a guardian agrees for somebody under 18: PUT date_of_birth first")
        if age_on(profile.date_of_birth, self._now.date()) >= ADULT_AGE:
            raise BadInput("you are 18 or over: nobody needs to agree for you")
