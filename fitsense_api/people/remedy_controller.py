"""Medicines and allergies over HTTP: lists of one's own, entry by entry."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, delete, get, post, put
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody, PathParameter
from litestar.status_codes import HTTP_201_CREATED

from fitsense_api.accounts.principal import Principal, requires
from fitsense_api.calls import Once, provide_once
from fitsense_api.db.models.people import Allergy, Medication
from fitsense_api.db.unit import Unit
from fitsense_api.errors import OWNED_PROBLEMS
from fitsense_api.people.holding_schemas import (
    AllergyBody,
    AllergyView,
    MedicationBody,
    MedicationView,
    allergy_view,
    medication_view,
)
from fitsense_api.people.repository import Allergies, Medications

EntryId = Annotated[UUID, PathParameter(description="The id of the entry.")]


def provide_medications(
    unit: NamedDependency[Unit], current: NamedDependency[Principal]
) -> Medications:
    """The medicines of who asks."""
    return Medications(unit, current.user_id)


def provide_allergies(
    unit: NamedDependency[Unit], current: NamedDependency[Principal]
) -> Allergies:
    """The allergies of who asks."""
    return Allergies(unit, current.user_id)


class MedicationController(Controller):
    """One's medicines."""

    path = "/v1/profile/medications"
    tags = ("profile",)
    guards = (requires("profile"),)
    responses = OWNED_PROBLEMS
    dependencies = {  # noqa: RUF012 - Litestar's own way to say it
        "medications": Provide(provide_medications, sync_to_thread=False),
        "once": Provide(provide_once),
    }

    @get(operation_id="ListMedications", summary="One's medicines")
    async def index(self, medications: NamedDependency[Medications]) -> list[MedicationView]:
        """Every medicine, by name."""
        rows = await medications.all(order_by=Medication.medication_name)
        return [medication_view(row) for row in rows]

    @post(operation_id="AddMedication", summary="Add a medicine", status_code=HTTP_201_CREATED)
    async def add(
        self,
        data: JSONBody[MedicationBody],
        medications: NamedDependency[Medications],
        once: NamedDependency[Once],
    ) -> Response[MedicationView]:
        """The medicine as it is kept."""

        async def add() -> MedicationView:
            return medication_view(await medications.add(Medication(**dict(data))))

        return await once.answer(MedicationView, add)

    @put("/{entry_id:uuid}", operation_id="PutMedication", summary="Change a medicine")
    async def change(
        self,
        entry_id: EntryId,
        data: JSONBody[MedicationBody],
        medications: NamedDependency[Medications],
    ) -> MedicationView:
        """The medicine as it is kept now."""
        row = await medications.get(entry_id)
        return medication_view(await medications.update(row, **dict(data)))

    @delete("/{entry_id:uuid}", operation_id="RemoveMedication", summary="Remove a medicine")
    async def remove(self, entry_id: EntryId, medications: NamedDependency[Medications]) -> None:
        """Remove it for good."""
        await medications.remove(await medications.get(entry_id))


class AllergyController(Controller):
    """One's allergies."""

    path = "/v1/profile/allergies"
    tags = ("profile",)
    guards = (requires("profile"),)
    responses = OWNED_PROBLEMS
    dependencies = {  # noqa: RUF012 - Litestar's own way to say it
        "allergies": Provide(provide_allergies, sync_to_thread=False),
        "once": Provide(provide_once),
    }

    @get(operation_id="ListAllergies", summary="One's allergies")
    async def index(self, allergies: NamedDependency[Allergies]) -> list[AllergyView]:
        """Every allergy, by name."""
        return [allergy_view(row) for row in await allergies.all(order_by=Allergy.allergen)]

    @post(operation_id="AddAllergy", summary="Add an allergy", status_code=HTTP_201_CREATED)
    async def add(
        self,
        data: JSONBody[AllergyBody],
        allergies: NamedDependency[Allergies],
        once: NamedDependency[Once],
    ) -> Response[AllergyView]:
        """The allergy as it is kept."""

        async def add() -> AllergyView:
            return allergy_view(await allergies.add(Allergy(**dict(data))))

        return await once.answer(AllergyView, add)

    @delete("/{entry_id:uuid}", operation_id="RemoveAllergy", summary="Remove an allergy")
    async def remove(self, entry_id: EntryId, allergies: NamedDependency[Allergies]) -> None:
        """Remove it for good."""
        await allergies.remove(await allergies.get(entry_id))
