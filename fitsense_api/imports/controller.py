"""Importing over HTTP: the CSV of the Strong or Hevy app, looked at first and then taken."""

from typing import Annotated, Final
from uuid import UUID

from litestar import Controller, Response, delete, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody, PathParameter
from litestar.status_codes import HTTP_201_CREATED

from fitsense_api.accounts.principal import Principal, requires
from fitsense_api.calls import Call, provide_call
from fitsense_api.db.unit import Units
from fitsense_api.errors import OWNED_PROBLEMS
from fitsense_api.imports.schemas import ImportBody, ImportEntry, ImportReport
from fitsense_api.imports.service import Imports

# A text of 4 million characters, with what JSON adds to it.
BODY_BYTES_MAX: Final = 8 * 1024 * 1024
ImportId = Annotated[UUID, PathParameter(description="The id of the import.")]


def provide_imports(units: NamedDependency[Units], current: NamedDependency[Principal]) -> Imports:
    """The imports of who asks."""
    return Imports(units, current.user_id)


class ImportController(Controller):
    """Workouts logged elsewhere: each comes in once, however often its file does."""

    path = "/v1/imports"
    tags = ("workouts",)
    guards = (requires("workouts"),)
    responses = OWNED_PROBLEMS
    dependencies = {  # noqa: RUF012 - Litestar's own way to say it
        "imports": Provide(provide_imports, sync_to_thread=False),
        "call": Provide(provide_call),
    }

    @get(operation_id="ListImports", summary="Files that were imported")
    async def index(self, imports: NamedDependency[Imports]) -> list[ImportEntry]:
        """Every file, the newest first."""
        return await imports.all()

    @post(
        operation_id="ImportWorkouts",
        summary="Import a CSV file",
        status_code=HTTP_201_CREATED,
        request_max_body_size=BODY_BYTES_MAX,
    )
    async def take(
        self,
        data: JSONBody[ImportBody],
        imports: NamedDependency[Imports],
        call: NamedDependency[Call],
    ) -> Response[ImportReport]:
        """What was taken; 200 for a dry run, and for a file that came before."""
        kept = await imports.take(data, call)
        return Response(ImportReport.model_validate_json(kept.body), status_code=kept.status)

    @delete("/{import_id:uuid}", operation_id="UndoImport", summary="Undo an import")
    async def undo(self, import_id: ImportId, imports: NamedDependency[Imports]) -> None:
        """Remove the workouts it brought for good; the file can be imported anew."""
        await imports.undo(import_id)
