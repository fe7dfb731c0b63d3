"""A person's rows: profile, goals, equipment, health, screening, and what they agreed to."""

from fitsense_api.db.models.people import (
    Allergy,
    Consent,
    Medication,
    Screening,
    UserCondition,
    UserEquipment,
    UserGoal,
    UserProfile,
)
from fitsense_api.db.repository import Owned


class ProfileRepository(Owned[UserProfile]):
    """The one profile of a person."""

    model_type = UserProfile
    what = "profile"


class Goals(Owned[UserGoal]):
    """What a person trains for."""

    model_type = UserGoal
    what = "goal"


class Pieces(Owned[UserEquipment]):
    """The equipment of a person."""

    model_type = UserEquipment
    what = "piece of equipment"


class Conditions(Owned[UserCondition]):
    """The conditions of a person."""

    model_type = UserCondition
    what = "condition"


class Medications(Owned[Medication]):
    """The medicines of a person."""

    model_type = Medication
    what = "medication"


class Allergies(Owned[Allergy]):
    """The allergies of a person."""

    model_type = Allergy
    what = "allergy"


class Screenings(Owned[Screening]):
    """The screenings of a person; the newest that nobody voided counts."""

    model_type = Screening
    what = "screening"

    async def newest(self) -> Screening | None:
        """The screening that counts, however old it is."""
        query = self.mine().where(Screening.voided_at.is_(None))
        query = query.order_by(Screening.answered_at.desc(), Screening.id.desc())
        return next(iter(await self._read(query.limit(1))), None)

    async def last(self) -> Screening | None:
        """The last screening, voided or not: what it forbade stays forbidden until the next."""
        query = self.mine().order_by(
            Screening.voided_at.is_not(None), Screening.answered_at.desc(), Screening.id.desc()
        )
        return next(iter(await self._read(query.limit(1))), None)

    async def void(self, because: str) -> None:
        """Let the screening that counts count no more: what it was about has changed."""
        while (found := await self.newest()) is not None:
            await self.update(found, voided_at=self.unit.now, voided_because=because)


class Consents(Owned[Consent]):
    """What a person agreed to."""

    model_type = Consent
    what = "consent"
