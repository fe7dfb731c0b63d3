"""A cohort is a function of its key and recipe, and loses nobody on the way."""

from pathlib import Path

import pytest

from fitsense_assets.lib.cohort import stages
from fitsense_assets.lib.cohort.config import make_config
from fitsense_assets.lib.cohort.spec import add_cohort, read_cohort
from fitsense_assets.lib.lake import Lake
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.errors import BadInput, CorruptArtifact, UnknownName
from tests.builders import a_cohort

TABLES = ("profiles", "workouts", "daily_logs", "queries")


def a_lake(folder: Path, key: str = "c0001", **changes: object) -> Lake:
    """A lake with one small cohort in it."""
    lake = Lake(str(folder))
    add_cohort(lake, key, make_config(**{"users": 20, "lookback_days": 28, **changes}))
    stages.write_profiles(lake, key)
    stages.write_workouts(lake, key, coach)
    stages.write_daily_logs(lake, key)
    stages.write_queries(lake, key)
    return lake


def versions(lake: Lake, key: str = "c0001") -> dict[str, str]:
    return {table: lake.manifest(table, key).version for table in TABLES}


def test_the_same_key_and_recipe_give_the_same_bytes(tmp_path: Path):
    assert versions(a_lake(tmp_path / "a")) == versions(a_lake(tmp_path / "b"))


@pytest.mark.parametrize(("key", "seed"), [("c0001", 2), ("c0002", 1)])
def test_another_seed_or_key_gives_other_people(tmp_path: Path, key: str, seed: int):
    first = versions(a_lake(tmp_path / "a"))
    other = versions(a_lake(tmp_path / "b", key, seed=seed), key)

    assert all(first[table] != other[table] for table in TABLES)


def test_nobody_is_lost_on_the_way():
    cohort = a_cohort(users=300)
    people = set(cohort.profiles["user_id"])

    assert len(people) == 300
    assert set(cohort.queries["user_id"]) == people
    assert set(cohort.daily_logs["user_id"]) == people
    assert set(cohort.workouts["user_id"]) <= people
    assert cohort.queries["query_id"].is_unique().all()


def test_a_cohort_is_added_once(tmp_path: Path):
    lake = Lake(str(tmp_path))
    spec = add_cohort(lake, "c0001", make_config(users=20))

    assert add_cohort(lake, "c0001", make_config(users=20)) == spec
    assert read_cohort(lake, "c0001") == spec
    with pytest.raises(BadInput, match="choose a new key"):
        add_cohort(lake, "c0001", make_config(users=21))
    with pytest.raises(BadInput, match="c0001"):
        add_cohort(lake, "Cohort 1", make_config())
    with pytest.raises(UnknownName):
        read_cohort(lake, "c0404")


def test_a_spec_of_another_recipe_is_named(tmp_path: Path):
    lake = Lake(str(tmp_path))
    with lake.write("cohort_specs", "c0001") as draft:
        draft.write_text("spec.json", '{"users": 5}')

    with pytest.raises(CorruptArtifact, match="add it again"):
        read_cohort(lake, "c0001")
