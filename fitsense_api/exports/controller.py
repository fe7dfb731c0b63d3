"""Taking everything along over HTTP: one JSON document, or a ZIP of CSV tables."""

from typing import Any, BinaryIO, Final, Literal

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.response import Stream
from litestar.status_codes import HTTP_200_OK
from pydantic import AwareDatetime, BaseModel, ConfigDict

from fitsense_api.accounts.principal import Principal, requires
from fitsense_api.errors import OWNED_PROBLEMS
from fitsense_api.exports.desk import ExportDesk, chunks_of
from fitsense_api.exports.writing import document_schema, write_csv_zip, write_json
from fitsense_api.operations.trail import Scribe

ZIP: Final = "application/zip"


class ExportDocument(BaseModel):
    """Everything an account holds; GET /v1/export/schema describes each table and column."""

    model_config = ConfigDict(frozen=True)

    format: Literal["fitsense-export"]
    version: int
    exported_at: AwareDatetime
    tables: dict[str, list[dict[str, Any]]]


_DOCUMENT: Final = {
    HTTP_200_OK: ResponseSpec(
        ExportDocument, generate_examples=False, description="Everything, as one document."
    )
}


class ExportController(Controller):
    """Everything one has here, to take along: nothing is left out but hashes."""

    path = "/v1/export"
    tags = ("account",)
    guards = (requires("export"),)

    @get(
        operation_id="ExportJson",
        summary="Everything as JSON",
        responses={**OWNED_PROBLEMS, **_DOCUMENT},
        media_type="application/json",
    )
    async def json(
        self,
        exports: NamedDependency[ExportDesk],
        current: NamedDependency[Principal],
        scribe: NamedDependency[Scribe],
    ) -> Stream:
        """Every row of every table, of one moment; also what lies in the bin."""
        file = await exports.file(current.user_id, write_json)
        await scribe.trail.record(scribe.event("export", "done", {"kind": "json"}))
        return _sent(file, "application/json", "fitsense-export.json")

    @get(
        "/csv",
        operation_id="ExportCsv",
        summary="Everything as CSV",
        responses=OWNED_PROBLEMS,
        media_type=ZIP,
    )
    async def csv(
        self,
        exports: NamedDependency[ExportDesk],
        current: NamedDependency[Principal],
        scribe: NamedDependency[Scribe],
    ) -> Stream:
        """The same as a ZIP: one CSV a table, and a page that explains the columns."""
        file = await exports.file(current.user_id, write_csv_zip)
        await scribe.trail.record(scribe.event("export", "done", {"kind": "csv"}))
        return _sent(file, ZIP, "fitsense-export.zip")

    @get(
        "/schema",
        operation_id="GetExportSchema",
        summary="What an export holds",
        responses=OWNED_PROBLEMS,
        sync_to_thread=False,
    )
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the JSON export, every table and column of it."""
        return document_schema()


def _sent(file: BinaryIO, media_type: str, name: str) -> Stream:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Stream(lambda: chunks_of(file), media_type=media_type, headers=headers)
