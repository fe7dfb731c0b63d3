"""An export as one JSON document, or as a ZIP of CSV tables; both are written part by part."""

import csv
import io
import json
import zipfile
from datetime import datetime
from typing import Any, BinaryIO, Final

from fitsense_api.exports.repository import Belongings, Shelf, schemas_of_tables

FORMAT: Final = "fitsense-export"
VERSION: Final = 1
# A spreadsheet takes a cell that begins so for a formula, and would run it.
_FORMULA_BEGINS: Final = ("=", "+", "-", "@", "\t", "\r")
README: Final = """FitSense: everything this account holds, one CSV file a table, in UTF-8.

Times are UTC (ISO 8601), weights kg, heights cm; entered_unit, height_unit and weight_unit say
how they were typed in. An empty cell is a value nobody told; zero is zero. Lists and plans stand as
JSON in their cells. A text that begins with = + - or @ has an apostrophe before it, so that
spreadsheets show it and do not run it. Hashes of passwords, sessions and tokens are not part of
this. What has a deleted_at lies in the bin, and goes for good after some weeks.
"""


async def write_json(belongings: Belongings, out: BinaryIO, at: datetime) -> None:
    """The whole as one JSON document; `document_schema` describes it."""
    head = {"format": FORMAT, "version": VERSION, "exported_at": at.isoformat()}
    out.write(json.dumps(head)[:-1].encode() + b', "tables": {')
    for place, shelf in enumerate(belongings.shelves()):
        out.write((", " if place else "").encode() + json.dumps(shelf.name).encode() + b": [")
        await _write_rows(shelf, out)
        out.write(b"]")
    out.write(b"}}\n")


async def _write_rows(shelf: Shelf, out: BinaryIO) -> None:
    is_first = True
    async for rows in shelf.parts():
        for row in rows:
            line = json.dumps(dict(zip(shelf.columns, row, strict=True)), ensure_ascii=False)
            out.write((b"\n" if is_first else b",\n") + line.encode())
            is_first = False


async def write_csv_zip(belongings: Belongings, out: BinaryIO, at: datetime) -> None:
    """The whole as a ZIP of one CSV a table, and a page that explains the columns."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_named("README.txt", at), README)
        for shelf in belongings.shelves():
            with archive.open(_named(f"{shelf.name}.csv", at), "w") as raw:
                await _write_csv(shelf, raw)


async def _write_csv(shelf: Shelf, raw: Any) -> None:
    with io.TextIOWrapper(raw, encoding="utf-8", newline="") as text:
        table = csv.writer(text)
        table.writerow(shelf.columns)
        async for rows in shelf.parts():
            table.writerows([[_cell(value) for value in row] for row in rows])


def _cell(value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(_FORMULA_BEGINS):
        return f"'{value}"
    return value


def _named(name: str, at: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def document_schema() -> dict[str, Any]:
    """The JSON Schema of the JSON document."""
    rows = {name: {"type": "array", "items": row} for name, row in schemas_of_tables().items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Everything a FitSense account holds",
        "description": "Weights are kg, heights cm, times UTC; deleted_at: lies in the bin.",
        "type": "object",
        "properties": {
            "format": {"const": FORMAT},
            "version": {"const": VERSION},
            "exported_at": {"type": "string", "format": "date-time"},
            "tables": {
                "type": "object",
                "properties": rows,
                "required": list(rows),
                "additionalProperties": False,
            },
        },
        "required": ["format", "version", "exported_at", "tables"],
        "additionalProperties": False,
    }
