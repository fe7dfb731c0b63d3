"""A release pins its cohorts: what changed since is named, and what does not fit is refused."""

from pathlib import Path

import pytest

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.manifest import (
    PINNED,
    Pins,
    fingerprint,
    read_pins,
    verify_release,
    write_manifest,
)
from fitsense_assets.lib.release.spec import add_release
from fitsense_training.domain.errors import BadInput, CorruptArtifact, UnknownName
from fitsense_training.domain.text.prompt import PROMPT_VERSION
from tests.fitsense_assets.release.builders import (
    FACTS,
    a_frame,
    a_lake,
    a_pinned_lake,
    a_row,
    pin,
    some_rows,
    write_cohort,
    write_table,
)


def pinned(lake: Lake) -> Pins:
    return read_pins(lake, "r0001")


def test_every_table_is_pinned_with_its_files_and_teachers(tmp_path: Path) -> None:
    lake = a_lake(tmp_path)
    rows = [*some_rows(), a_row(77, is_accepted=False, served_model="other")]
    write_cohort(lake, "c0001", rows)

    pin(lake, "r0001", "c0001")

    held = pinned(lake).cohorts["c0001"]
    assert tuple(held.tables) == tuple(sorted(PINNED))
    for table, found in held.tables.items():
        manifest = lake.manifest(table, "c0001")
        assert (found.version, found.count_rows) == (manifest.version, manifest.count_rows)
        assert [file.sha256 for file in found.files] == [file.sha256 for file in manifest.files]
    told = [(t.served_model, t.count_replies, t.count_accepted) for t in held.teachers]
    assert told == [("other", 1, 0), ("reference", 20, 20)]
    assert held.spec_version == lake.manifest("cohort_specs", "c0001").version
    assert verify_release(lake, "r0001") == pinned(lake)


def test_the_fingerprint_is_of_the_content_alone(tmp_path: Path) -> None:
    lake = a_pinned_lake(tmp_path, "c0001", "c0002")
    pin(lake, "r0002", "c0001", "c0002", reason="the same once more")
    pin(lake, "r0003", "c0001")

    prints = [fingerprint(read_pins(lake, key)) for key in ("r0001", "r0002", "r0003")]

    assert prints[0] == prints[1] != prints[2]
    assert lake.manifest("release_manifest", "r0001").facts["fingerprint"] == prints[0]


def test_two_lakes_with_the_same_cohorts_pin_the_same_bytes(tmp_path: Path) -> None:
    lakes = [a_pinned_lake(tmp_path / name) for name in ("a", "b")]

    assert len({lake.manifest("release_manifest", "r0001").version for lake in lakes}) == 1


def test_a_changed_table_is_named_with_its_first_file(tmp_path: Path) -> None:
    lake = a_pinned_lake(tmp_path)
    write_table(lake, "workouts", "c0001", a_frame(some_rows()[:3]))

    told = (
        r"cohort c0001 workouts changed \(part-00000.parquet differs\) since r0001 was pinned: "
        "make a new release"
    )
    with pytest.raises(BadInput, match=told):
        verify_release(lake, "r0001")


def test_a_table_that_went_away_is_named(tmp_path: Path) -> None:
    lake = a_pinned_lake(tmp_path)
    (tmp_path / "lake" / "profiles" / "c0001" / "manifest.json").unlink()

    with pytest.raises(BadInput, match="profiles is gone since r0001 was pinned"):
        verify_release(lake, "r0001")


def test_a_flipped_byte_is_found(tmp_path: Path) -> None:
    lake = a_pinned_lake(tmp_path)
    path = tmp_path / "lake" / "daily_logs" / "c0001" / "part-00000.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"?")

    with pytest.raises(CorruptArtifact, match="materialize daily_logs c0001 again"):
        verify_release(lake, "r0001")


def test_a_pinned_release_stays_as_it_is(tmp_path: Path) -> None:
    lake = a_pinned_lake(tmp_path)
    before = lake.manifest("release_manifest", "r0001")

    assert write_manifest(lake, "r0001") == before
    write_cohort(lake, "c0001", some_rows()[:10])
    with pytest.raises(BadInput, match="make a new release"):
        write_manifest(lake, "r0001")
    assert lake.manifest("release_manifest", "r0001") == before


def test_a_cohort_under_other_rules_is_refused(tmp_path: Path) -> None:
    lake = a_lake(tmp_path)
    frame = lake.read_frame("queries", "c0001")
    write_table(lake, "queries", "c0001", frame, {**FACTS, "rules_version": "0ld"})

    with pytest.raises(BadInput, match=r"queries has rules_version 0ld.*materialize queries of"):
        pin(lake, "r0001", "c0001")


def test_replies_to_another_prompt_version_are_refused(tmp_path: Path) -> None:
    lake = a_lake(tmp_path)
    replies = lake.read_frame("teacher_responses", "c0001")
    old = replies.with_columns(prompt_version=replies["prompt_version"] + "old")
    write_table(lake, "teacher_responses", "c0001", old)

    with pytest.raises(
        BadInput, match=f"prompt_version {PROMPT_VERSION}old, this code has {PROMPT_VERSION}"
    ):
        pin(lake, "r0001", "c0001")


@pytest.mark.parametrize("table", ["teacher_responses", "reviewed_responses"])
def test_replies_to_older_queries_are_refused(tmp_path: Path, table: str) -> None:
    lake = a_lake(tmp_path)
    write_table(lake, table, "c0001", lake.read_frame(table, "c0001").head(19))

    with pytest.raises(BadInput, match=f"{table} answers older queries: materialize {table} of"):
        pin(lake, "r0001", "c0001")


def test_a_release_without_spec_or_manifest_is_unknown(tmp_path: Path) -> None:
    lake = a_lake(tmp_path)

    with pytest.raises(UnknownName, match="release_specs has no partition 'r0001'"):
        write_manifest(lake, "r0001")
    add_release(lake, "r0001", ["c0001"], "a test")
    with pytest.raises(UnknownName, match="release_manifest has no partition 'r0001'"):
        verify_release(lake, "r0001")


def test_a_manifest_of_another_code_is_refused(tmp_path: Path) -> None:
    lake = a_lake(tmp_path)
    with lake.write("release_manifest", "r0001") as draft:
        draft.write_text("release.json", '{"release": "r0001"}')

    with pytest.raises(CorruptArtifact, match="make a new release"):
        read_pins(lake, "r0001")
