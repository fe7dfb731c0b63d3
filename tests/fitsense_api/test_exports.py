"""Everything a person has can be taken along, of every table, whatever its length."""

import csv
import io
import json
import tracemalloc
import zipfile
from typing import Any

import jsonschema
import pytest

from fitsense_api.config import ApiSettings
from fitsense_api.db.portable import STAYS_HERE
from fitsense_api.db.tables import owned_tables
from fitsense_api.errors import TooBusy
from fitsense_api.exports.desk import ExportDesk
from tests.fitsense_api.everything import CANARY, fill_every_table
from tests.fitsense_api.kit import DatabaseUnderTest, a_service, a_user
from tests.fitsense_api.people_kit import tell


def test_an_export_holds_a_row_of_every_table_and_follows_its_schema(database: DatabaseUnderTest):
    with a_service(database) as service:
        user, bob = a_user(service), a_user(service, "bob@example.org")
        fill_every_table(service, user)
        fill_every_table(service, bob)

        answer = user.client.get("/v1/export")
        schema = user.client.get("/v1/export/schema").json()

    document = answer.json()
    jsonschema.validate(document, schema)
    filled = {name for name, rows in document["tables"].items() if rows}
    assert filled | set(STAYS_HERE) >= {table.name for table in owned_tables()}
    assert document["tables"]["users"][0]["email"] == user.email
    owners = {row["user_id"] for rows in document["tables"].values() for row in rows
              if "user_id" in row}  # fmt: skip
    assert owners == {str(user.user_id)}
    assert "hash" not in answer.text
    assert answer.headers["content-disposition"].startswith("attachment")


def test_entered_units_and_zeros_leave_as_they_came(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        sets = [{"set_number": 1, "reps": 8, "weight": 135, "unit": "lb", "rir": 0}]
        line = {"exercise_id": "goblet_squat", "position": 0, "sets": sets}
        body = {"started_at": "2026-03-02T08:00:00Z", "exercises": [line]}
        tell(user, "POST", "/v1/workouts", body)

        row = user.client.get("/v1/export").json()["tables"]["workout_sets"][0]

    assert (row["weight_kg"], row["entered_unit"], row["rir"]) == (61.23, "lb", 0)
    assert row["rest_seconds"] is None


def test_the_csv_tables_say_the_same_and_run_nothing(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        tell(user, "POST", "/v1/profile/allergies", {"allergen": "=HYPERLINK(1)"})
        answer = user.client.get("/v1/export/csv")
        document = user.client.get("/v1/export").json()

    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    tables = {
        name.removesuffix(".csv"): list(csv.DictReader(io.TextIOWrapper(archive.open(name))))
        for name in archive.namelist()
        if name.endswith(".csv")
    }
    assert answer.headers["content-type"].startswith("application/zip")
    for written in (tables, document["tables"]):
        written.pop("audit_log")  # each export is told there, so the second is one line longer
    assert {name: len(rows) for name, rows in tables.items()} == {
        name: len(rows) for name, rows in document["tables"].items()
    }
    assert tables["user_allergies"][0]["allergen"] == "'=HYPERLINK(1)"
    assert archive.read("README.txt")


def test_who_is_nobody_takes_nothing(database: DatabaseUnderTest):
    with a_service(database) as service:
        for path in ("/v1/export", "/v1/export/csv", "/v1/export/schema"):
            assert service.client.get(path).status_code == 401


def test_a_long_log_is_not_held_in_memory(tmp_path: Any):
    settings = ApiSettings(count_hashes_at_once=1)
    with a_service(DatabaseUnderTest(tmp_path, settings)) as service:
        user = a_user(service)

        async def write_rows(count: int) -> None:
            from fitsense_api.db.models.people import Medication
            from fitsense_api.people.repository import Medications

            async with service.storage.units.begin(user.user_id) as unit:
                for _ in range(count // 1000):
                    rows = [Medication(medication_name="x", notes=CANARY * 40) for _ in range(1000)]
                    await Medications(unit, user.user_id).add_all(rows)
                    unit.session.expunge_all()

        portal = service.client.blocking_portal
        assert portal is not None
        portal.call(write_rows, 6000)

        async def export() -> tuple[int, int]:
            from fitsense_api.exports.writing import write_json

            tracemalloc.start()
            file = await ExportDesk(service.storage.units).file(user.user_id, write_json)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            with file:
                return len(file.read()), peak

        size, peak = portal.call(export)

    assert size > 5_000_000
    assert peak < size / 2


def test_too_many_exports_at_once_are_told_to_wait(tmp_path: Any):
    settings = ApiSettings(count_hashes_at_once=1)
    with a_service(DatabaseUnderTest(tmp_path, settings)) as service:
        user = a_user(service)
        desk = ExportDesk(service.storage.units)

        async def write_nested(count: int) -> None:
            async def write(*_: Any) -> None:
                if count:
                    await write_nested(count - 1)

            (await desk.file(user.user_id, write)).close()

        portal = service.client.blocking_portal
        assert portal is not None
        with pytest.raises(TooBusy):
            portal.call(write_nested, 2)
        portal.call(write_nested, 1)


def test_the_json_export_says_all_there_is_to_build_the_rows_again(database: DatabaseUnderTest):
    with a_service(database) as service:
        user = a_user(service)
        made = fill_every_table(service, user)
        tables = user.client.get("/v1/export").json()["tables"]

    for name, row in made.items():
        if name in STAYS_HERE:
            continue
        shown = json.dumps(tables[name])
        told = {key for key, value in row.items() if not isinstance(value, bytes)}
        assert told <= set(tables[name][0]), name
        assert str(row.get("id", user.user_id)) in shown
