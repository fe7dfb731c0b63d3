"""A release is named, made of reviewed cohorts, and written once."""

from pathlib import Path

import polars as pl
import pytest

from fitsense_assets.lib.cohort.config import make_config
from fitsense_assets.lib.cohort.spec import add_cohort
from fitsense_assets.lib.release.spec import (
    ReleaseSpec,
    add_release,
    next_key,
    next_release_key,
    read_release,
    ready_cohorts,
)
from fitsense_training.domain.errors import BadInput, CorruptArtifact, UnknownName
from tests.fitsense_assets.release.builders import a_lake


def test_a_release_comes_back_as_it_was_added(tmp_path: Path) -> None:
    lake = a_lake(tmp_path, "c0001", "c0002")

    add_release(lake, "r0001", ["c0002", "c0001", "c0002"], " first\n try ")
    add_release(lake, "r0002", ["c0001"], "without c0002")

    assert read_release(lake, "r0001") == ReleaseSpec("r0001", ("c0001", "c0002"), "first try")
    assert read_release(lake, "r0002").previous == "r0001"
    assert next_release_key(lake) == "r0003"


def test_the_same_release_again_is_no_harm_and_another_is_refused(tmp_path: Path) -> None:
    lake = a_lake(tmp_path, "c0001", "c0002")
    first = add_release(lake, "r0001", ["c0001"], "first")

    assert add_release(lake, "r0001", ["c0001"], "first") == first
    with pytest.raises(BadInput, match="use a new key"):
        add_release(lake, "r0001", ["c0002"], "first")
    assert read_release(lake, "r0001") == first


@pytest.mark.parametrize(
    ("key", "cohorts", "reason", "told"),
    [
        ("release-1", ["c0001"], "why", "use r and four digits, such as r0001"),
        ("r0001", [], "why", "materialize reviewed_responses of one first"),
        ("r0001", ["c0001"], " ", "needs a reason"),
        ("r0001", ["c0001", "c0009"], "why", "materialize reviewed_responses for it first"),
    ],
)
def test_what_cannot_be_a_release_is_refused(
    tmp_path: Path, key: str, cohorts: list[str], reason: str, told: str
) -> None:
    lake = a_lake(tmp_path)
    add_cohort(lake, "c0009", make_config(users=20))

    with pytest.raises(BadInput, match=told):
        add_release(lake, key, cohorts, reason)

    assert lake.keys("release_specs") == []


def test_a_cohort_nobody_knows_is_named_with_those_there(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match=r"no cohort 'c0007' \(there are: c0001\)"):
        add_release(a_lake(tmp_path), "r0001", ["c0007"], "why")


def test_a_release_nobody_added_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="r0001"):
        read_release(a_lake(tmp_path), "r0001")


def test_a_file_that_is_no_spec_is_refused(tmp_path: Path) -> None:
    lake = a_lake(tmp_path)
    with lake.write("release_specs", "r0001") as draft:
        draft.write_text("spec.json", '{"release": "r0001"}')

    with pytest.raises(CorruptArtifact, match="add it again"):
        read_release(lake, "r0001")


def test_only_reviewed_cohorts_are_ready(tmp_path: Path) -> None:
    lake = a_lake(tmp_path, "c0002", "c0001")
    add_cohort(lake, "c0003", make_config(users=20))
    with lake.write("reviewed_responses", "c0004") as draft:
        draft.write_frame("part-00000.parquet", pl.DataFrame({"query_id": ["q"]}))

    assert ready_cohorts(lake) == ["c0001", "c0002"]


def test_the_next_key_follows_the_greatest() -> None:
    assert next_key("r", []) == "r0001"
    assert next_key("c", ["c0002", "c0010", "cx", "r0099"]) == "c0011"
