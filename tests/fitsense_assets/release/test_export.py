"""An exported folder holds all a stranger needs, the same bytes every time, or is not there."""

import hashlib
import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release import export
from fitsense_assets.lib.release.croissant import Publication
from fitsense_assets.lib.release.export import export_release, places_of, verify_splits
from fitsense_assets.lib.release.lengths import measure_lengths, student_tokens
from fitsense_assets.lib.release.manifest import read_pins
from fitsense_assets.lib.release.sources import Place, Source
from fitsense_assets.lib.release.splits import read_split, write_splits
from fitsense_training.conversations import read_conversations
from fitsense_training.domain.errors import BadInput, CorruptArtifact
from tests.fitsense_assets.release.builders import a_split_lake, pin, some_rows, write_cohort

TODAY = Publication(date(2026, 11, 24), url="https://example.org/r0001")
SPLITS = ("train", "val", "test")


def sources_of(lake: Lake) -> dict[Place, Source]:
    """Every partition a card cites, as if run-1 had recorded it."""
    places = places_of(lake, "r0001", read_pins(lake, "r0001"))
    return {place: Source(*place, version, "run-1") for place, version in places.items()}


def exported(lake: Lake, out: Path) -> Path:
    export_release(lake, "r0001", out, sources_of(lake), TODAY)
    return out


def bytes_of(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_the_folder_holds_files_card_metadata_licence_and_checksums(tmp_path: Path) -> None:
    lake = a_split_lake(tmp_path)

    found = bytes_of(exported(lake, tmp_path / "out"))

    data = {f"data/{split}.{kind}" for split in SPLITS for kind in ("jsonl", "parquet")}
    assert found.keys() == data | {
        *("data/removed.parquet", "README.md", "LICENSE", "SHA256SUMS", "croissant.json"),
        *("release.json", "funnel.json", "chat_template.jinja"),
    }
    lines = [line.split("  ") for line in found["SHA256SUMS"].decode().splitlines()]
    assert {name: sha256 for sha256, name in lines} == {
        name: hashlib.sha256(content).hexdigest()
        for name, content in found.items()
        if name != "SHA256SUMS"
    }
    assert found["LICENSE"] == Path("LICENSE").read_bytes()
    assert found["data/train.jsonl"].decode() == lake.read_text(
        "sft_splits", "r0001", "train.jsonl"
    )


def test_two_exports_are_the_same_bytes(tmp_path: Path) -> None:
    first = exported(a_split_lake(tmp_path / "a"), tmp_path / "one")
    second = exported(a_split_lake(tmp_path / "b"), tmp_path / "two")

    assert bytes_of(first) == bytes_of(second)


def test_every_row_says_how_long_it_is(tmp_path: Path) -> None:
    lake = a_split_lake(tmp_path)
    out = exported(lake, tmp_path / "out")

    rows = pl.read_parquet(out / "data" / "test.parquet")

    tokens = student_tokens(lake, "r0001", read_split(lake, "r0001", "train"))
    chat = next(iter(read_conversations(out / "data" / "test.jsonl")))
    said = [tokens.tokenizer.encode(text).ids for text in (chat.prompt, chat.answer)]
    # <bos>, two <start_of_turn> and two <end_of_turn> stand around what is said.
    assert rows["count_tokens"][0] == len(said[0]) + len(said[1]) + 5
    assert rows.drop("count_tokens").equals(read_split(lake, "r0001", "test"))


def test_rows_longer_than_the_window_are_counted_and_stay(tmp_path: Path) -> None:
    rows = some_rows()
    rows[1]["answer"] = '{"a":"' + "é" * 600 + '"}'
    lake = a_split_lake(tmp_path, rows)

    out = exported(lake, tmp_path / "out")

    val = pl.read_parquet(out / "data" / "val.parquet")
    assert val.height == 4
    assert val.filter(pl.col("count_tokens") > 1024).height == 1
    card = (out / "README.md").read_text().splitlines()
    (line,) = [row for row in card if row.startswith("| val |")]
    assert line.endswith(" 1 |")


def test_a_student_of_these_splits_lends_its_own_tokenizer(tmp_path: Path) -> None:
    lake = a_split_lake(tmp_path)
    train = read_split(lake, "r0001", "train")
    learned = student_tokens(lake, "r0001", train)
    version = lake.manifest("sft_splits", "r0001").version

    def write_student(data_version: str) -> None:
        bundle = {"data_version": data_version, "shape": {"max_tokens": 77}}
        with lake.write("student_checkpoint", "r0001") as draft:
            (draft.folder / "bundle").mkdir()
            draft.write_text("bundle/manifest.json", json.dumps(bundle))
            draft.write_text("bundle/tokenizer.json", learned.tokenizer.to_str())

    write_student("another release's splits")
    assert student_tokens(lake, "r0001", train).place == ("sft_splits", "r0001")
    write_student(version)
    lent = student_tokens(lake, "r0001", train)

    assert (lent.place, lent.max_tokens) == (("student_checkpoint", "r0001"), 77)
    assert lent.sha256 == learned.sha256
    lengths = measure_lengths(lent, {split: read_split(lake, "r0001", split) for split in SPLITS})
    assert [each.count_too_long for each in lengths.splits] == [12, 4, 4]


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    lake = a_split_lake(tmp_path)
    (tmp_path / "out").mkdir()
    exported(lake, tmp_path / "out")
    before = bytes_of(tmp_path / "out")

    with pytest.raises(BadInput, match="out is not empty: name a folder that is empty"):
        exported(lake, tmp_path / "out")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(BadInput, match="file is no folder"):
        exported(lake, tmp_path / "file")
    assert bytes_of(tmp_path / "out") == before


def test_what_a_killed_export_left_does_not_stand_in_the_way(tmp_path: Path) -> None:
    lake = a_split_lake(tmp_path)
    left = tmp_path / ".out.writing"
    left.mkdir()
    (left / "half").write_text("half")

    out = exported(lake, tmp_path / "out")

    assert not left.exists()
    assert not (out / "half").exists()


def test_a_failed_export_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = a_split_lake(tmp_path)

    def fail(*_: object) -> str:
        raise BadInput("no metadata today")

    monkeypatch.setattr(export, "croissant", fail)
    with pytest.raises(BadInput, match="no metadata today"):
        exported(lake, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["lake"]


def test_figures_without_a_run_make_no_card(tmp_path: Path) -> None:
    lake = a_split_lake(tmp_path)
    sources = sources_of(lake)
    del sources["release_manifest", "r0001"]

    with pytest.raises(BadInput, match="no run recorded release_manifest r0001 as it is now"):
        export_release(lake, "r0001", tmp_path / "out", sources, TODAY)
    assert not (tmp_path / "out").exists()


def test_a_release_that_is_not_what_it_was_is_not_exported(tmp_path: Path) -> None:
    lake = a_split_lake(tmp_path)
    path = tmp_path / "lake" / "sft_splits" / "r0001" / "test.jsonl"
    path.write_bytes(path.read_bytes() + b"{}\n")
    with pytest.raises(CorruptArtifact, match="materialize sft_splits r0001 again"):
        exported(lake, tmp_path / "out")

    write_splits(lake, "r0001")
    write_cohort(lake, "c0001", some_rows()[:10])
    with pytest.raises(BadInput, match="make a new release"):
        exported(lake, tmp_path / "out")


def test_splits_of_other_pins_are_refused(tmp_path: Path) -> None:
    lake = a_split_lake(tmp_path)
    write_cohort(lake, "c0002")
    pin(lake, "r0002", "c0002")
    write_splits(lake, "r0002")
    (tmp_path / "lake/sft_splits/r0001").rename(tmp_path / "lake/sft_splits/r0003")
    (tmp_path / "lake/sft_splits/r0002").rename(tmp_path / "lake/sft_splits/r0001")

    with pytest.raises(BadInput, match="made from other pins: materialize sft_splits r0001"):
        verify_splits(lake, "r0001")


def test_the_card_fits_the_files_and_what_tools_expect(tmp_path: Path) -> None:
    out = exported(a_split_lake(tmp_path), tmp_path / "out")
    card = (out / "README.md").read_text()

    header = yaml.safe_load(card.split("---\n")[1])
    named = [each["path"] for config in header["configs"] for each in config["data_files"]]
    assert all((out / name).is_file() for name in named)
    assert len(named) == 3

    (axolotl,) = [yaml.safe_load(block) for block in _blocks(card, "yaml")]
    (factory,) = [json.loads(block) for block in _blocks(card, "json")]
    for entry in (*axolotl["datasets"], *axolotl["test_datasets"]):
        row = json.loads((out / entry["path"]).read_text().splitlines()[0])
        turn = row[entry["field_messages"]][-1]
        mapped = entry["message_property_mappings"]
        assert turn[mapped["role"]] == "assistant"
        assert turn[mapped["content"]]
    for entry in factory.values():
        row = json.loads((out / "data" / entry["file_name"]).read_text().splitlines()[0])
        turns = row[entry["columns"]["messages"]]
        tags = entry["tags"]
        roles = [turn[tags["role_tag"]] for turn in turns]
        assert roles == [tags["user_tag"], tags["assistant_tag"]]
        assert all(turn[tags["content_tag"]] for turn in turns)


def _blocks(card: str, language: str) -> list[str]:
    return [part.split("```")[0] for part in card.split(f"```{language}\n")[1:]]


def test_the_metadata_describes_every_file_and_every_column(tmp_path: Path) -> None:
    out = exported(a_split_lake(tmp_path), tmp_path / "out")
    body: dict[str, Any] = json.loads((out / "croissant.json").read_text())

    listed = {each["contentUrl"]: each for each in body["distribution"]}
    assert listed.keys() == {f"data/{path.name}" for path in (out / "data").iterdir()}
    for name, each in listed.items():
        assert each["sha256"] == hashlib.sha256((out / name).read_bytes()).hexdigest()
        assert each["contentSize"] == f"{(out / name).stat().st_size} B"
    columns = pl.read_parquet_schema(out / "data" / "val.parquet")
    (val,) = [each for each in body["recordSet"] if each["@id"] == "val"]
    assert [field["name"] for field in val["field"]] == list(columns)
    ids = Counter(_ids(body["recordSet"]) + _ids(body["distribution"]))
    assert max(ids.values()) == 1
    assert body["datePublished"] == "2026-11-24"
    assert body["url"] == "https://example.org/r0001"
    assert body["rai:hasSyntheticData"] is True
    assert {each["@id"] for each in body["prov:wasGeneratedBy"]} == {"urn:dagster:run:run-1"}


def _ids(nodes: list[dict[str, Any]]) -> list[str]:
    """The ids that are given, not those that are pointed at."""
    found = [node["@id"] for node in nodes if "@type" in node]
    for node in nodes:
        for inner in ("field", "subField"):
            found += _ids(node.get(inner, []))
    return found
