"""A release that is killed while it is written is whole or not there, and made again the same.

The order in which cohorts are named, or made, leaves no trace in it either.
"""

import random
import signal
from pathlib import Path

import pytest

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.manifest import write_manifest
from fitsense_assets.lib.release.spec import add_release
from fitsense_assets.lib.release.splits import write_splits
from tests.fitsense_assets.release.builders import a_lake, some_rows, write_cohort
from tests.killing import killed_after

TABLES = ("release_manifest", "sft_splits")
KILLS = 5
# A child says `ready` once everything slow is imported; it makes releases until it is killed. The
# manifest of a release is written once, so every round is a new release of the same cohorts.
CHILD = """
import itertools, sys
from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release import manifest, spec, splits
import rensa
lake, first = Lake(sys.argv[1]), int(sys.argv[2])
print("ready", flush=True)
for number in itertools.count(first):
    spec.add_release(lake, f"r{number:04d}", ["c0001", "c0002"], "killed at times")
    manifest.write_manifest(lake, f"r{number:04d}")
    splits.write_splits(lake, f"r{number:04d}")
    splits.write_splits(lake, "r0001")
"""


def content(lake: Lake, key: str) -> dict[str, dict[str, bytes]]:
    """Every file of every partition of a release that is there; each is verified."""
    found: dict[str, dict[str, bytes]] = {}
    for table in TABLES:
        if lake.exists(table, key):
            names = [entry.name for entry in lake.verify(table, key).files]
            folder = lake.folder(table, key)
            found[table] = {name: (folder / name).read_bytes() for name in names}
    return found


def made(folder: Path, cohorts: list[str]) -> Lake:
    """Release r0001 of cohorts that were written, and are named, in this order."""
    lake = a_lake(folder, *cohorts)
    add_release(lake, "r0001", cohorts, "any order")
    write_manifest(lake, "r0001")
    write_splits(lake, "r0001")
    return lake


@pytest.mark.slow
def test_killed_runs_leave_whole_partitions_and_a_rerun_makes_the_same(tmp_path: Path) -> None:
    lake, chance = made(tmp_path, ["c0001", "c0002"]), random.Random(7)
    whole = content(lake, "r0001")

    for _ in range(KILLS):
        known = lake.keys("release_specs")
        first = int(known[-1][1:]) + 1
        delay_s = chance.uniform(0.01, 0.6)
        code = killed_after(CHILD, tmp_path / "lake", first, delay_s=delay_s)
        assert code == -signal.SIGKILL
        assert content(lake, "r0001") == whole
        for key in lake.keys("release_specs")[len(known) :]:
            left = content(lake, key)
            write_manifest(lake, key)
            write_splits(lake, key)
            again = content(lake, key)
            assert left == {table: again[table] for table in left}

    assert content(lake, "r0001") == whole


def test_two_runs_and_any_order_of_cohorts_make_the_same_bytes(tmp_path: Path) -> None:
    keys = ["c0001", "c0002", "c0003"]
    orders = [keys, keys[::-1], [keys[1], keys[2], keys[0], keys[1]]]

    first, *others = (
        content(made(tmp_path / str(number), order), "r0001") for number, order in enumerate(orders)
    )

    assert first.keys() == {*TABLES}
    assert all(other == first for other in others)


def test_a_table_with_its_parts_cut_elsewhere_makes_the_same_rows(tmp_path: Path) -> None:
    one, two = (made(tmp_path / name, ["c0001"]) for name in ("one", "two"))
    write_cohort(two, "c0001", some_rows("c0001")[::-1])
    add_release(two, "r0002", ["c0001"], "any order")
    write_manifest(two, "r0002")
    write_splits(two, "r0002")

    for split in ("train", "val", "test"):
        name = f"{split}.jsonl"
        said = [
            lake.read_text("sft_splits", key, name)
            for lake, key in ((one, "r0001"), (two, "r0002"))
        ]
        assert said[0] == said[1]
