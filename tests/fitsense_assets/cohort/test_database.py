"""What the lake holds of a person has its place in the service's database, in the same kind."""

import warnings

import pytest

from fitsense_assets.lib.cohort.config import make_config
from fitsense_assets.lib.cohort.database import PLAN_FIELDS, TABLES
from fitsense_assets.lib.cohort.plans import SCHEMA as PLAN_SCHEMA
from fitsense_assets.lib.cohort.schemas import (
    daily_log_schema,
    profile_schema,
    query_schema,
    workout_schema,
)

with warnings.catch_warnings():  # the database library warns of itself while it is imported
    warnings.simplefilter("ignore")
    from fitsense_api.db.tables import METADATA

RULES = make_config(users=10)
LAKE = {
    "profiles": {n: c.dtype for n, c in profile_schema("c0001").columns.items()},
    "plans": PLAN_SCHEMA,
    "workouts": {n: c.dtype for n, c in workout_schema(RULES).columns.items()},
    "daily_logs": {n: c.dtype for n, c in daily_log_schema(RULES).columns.items()},
    "queries": {n: c.dtype for n, c in query_schema("c0001").columns.items()},
}
PLACES = sorted(
    (table, column, place)
    for table, columns in TABLES.items()
    for column, place in columns.items()
    if place is not None
)
ALL_PLACES = sorted({*(place for *_, place in PLACES), *filter(None, PLAN_FIELDS.values())})
# One value on this side, several or another form of it on the other.
NUMBERS = ("NUMERIC", "INTEGER", "SMALLINT", "BIGINT", "FLOAT")
OTHER_FORM = {
    "user_profiles.date_of_birth",
    "user_goals.priority",
    "workout_sets.has_pain",
    "workout_sets.dose_kind",
    "consents.purpose",
}


def named(place: str) -> tuple[str, str]:
    table, _, column = place.partition(".")
    return table, column


@pytest.mark.parametrize("table", TABLES)
def test_every_lake_column_has_a_line(table: str):
    assert set(TABLES[table]) == set(LAKE[table])


@pytest.mark.parametrize("place", ALL_PLACES)
def test_every_place_is_a_column_of_the_service(place: str):
    table, column = named(place)

    assert table in METADATA.tables, f"the service has no table {table}"
    assert column in METADATA.tables[table].columns, f"{table} has no column {column}"


@pytest.mark.parametrize(
    ("table", "column", "place"), [entry for entry in PLACES if entry[2] not in OTHER_FORM]
)
def test_numbers_stand_in_columns_of_numbers(table: str, column: str, place: str):
    kind = str(METADATA.tables[named(place)[0]].columns[named(place)[1]].type)
    lake = str(LAKE[table][column])

    assert lake.startswith(("Int", "Float")) == kind.startswith(NUMBERS)


def test_what_only_the_lake_keeps_names_no_person():
    only_here = {c for columns in TABLES.values() for c, place in columns.items() if place is None}

    assert not only_here & {"user_id", "calories", "sleep_hours", "weight_kg", "reps", "load_kg"}
