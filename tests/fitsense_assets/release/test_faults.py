"""Faults planted in a release: each is caught by the check meant for it, with the rows that match.

The faults are written as whole partitions, or as damage to their files, by somebody who is not the
release stage; then all checks look at what lies in the lake.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.splits import write_splits
from tests.fitsense_assets.release.builders import pin, rewrite_splits
from tests.fitsense_assets.release.real import a_real_cohort

pytestmark = [
    pytest.mark.slow,
    # Dagster calls partitioned checks previews, and reads pydantic's old fields.
    pytest.mark.filterwarnings(
        "ignore::dagster.PreviewWarning",
        "ignore::dagster.BetaWarning",
        "ignore::pydantic.PydanticDeprecatedSince20",
    ),
]
Found = dict[str, tuple[bool, list[dict[str, Any]]]]
# So small a release has slices without rows; that is told, and stops nothing.
TOLD = "every_slice_has_its_rows"


@pytest.fixture(scope="module")
def sound_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with one real cohort; no release yet."""
    home = tmp_path_factory.mktemp("sound")
    a_real_cohort(Lake(str(home / "lake")), "c0001", seed=1)
    return home


@pytest.fixture
def home(sound_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it to do harm to."""
    shutil.copytree(sound_home / "lake", tmp_path / "lake")
    monkeypatch.setenv("FITSENSE_HOME", str(tmp_path))
    return tmp_path


def a_release(home: Path) -> Lake:
    lake = Lake(str(home / "lake"))
    pin(lake, "r0001", "c0001")
    write_splits(lake, "r0001")
    return lake


def checked() -> Found:
    """What every check of the release stage says, and the rows it shows."""
    import dagster as dg

    from fitsense_assets.defs.partitions import releases
    from fitsense_assets.defs.release import checks
    from fitsense_assets.defs.resources import Home

    # Assets of the same names that leave the lake as it is: only the checks look at it.
    @dg.multi_asset(
        specs=[dg.AssetSpec("release_manifest"), dg.AssetSpec("sft_splits")],
        partitions_def=releases,
    )
    def nothing() -> Iterator[dg.MaterializeResult]:
        yield dg.MaterializeResult("release_manifest")
        yield dg.MaterializeResult("sft_splits")

    values = vars(checks).values()
    every = [value for value in values if isinstance(value, dg.AssetChecksDefinition)]
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("release", ["r0001"])
        result = dg.materialize(
            [nothing, *every],
            partition_key="r0001",
            instance=instance,
            resources={"home": Home()},
            raise_on_error=False,
        )
    found: Found = {}
    for each in result.get_asset_check_evaluations():
        table = each.metadata.get("failure_cases")
        records = table.records if isinstance(table, dg.TableMetadataValue) else []
        found[each.check_name] = (each.passed, [{**record.data} for record in records])
    return found


def refused_by(found: Found) -> set[str]:
    return {name for name, (passed, _) in found.items() if not passed} - {TOLD}


def with_rows(train: pl.DataFrame, more: pl.DataFrame) -> pl.DataFrame:
    """Train with more rows, each under a name and a person of its own."""
    names = [f"c0001-x{place:06d}" for place in range(more.height)]
    own = more.with_columns(
        query_id=pl.Series([f"{name}-q1" for name in names]),
        user_id=pl.Series(names),
        split=pl.lit("train"),
    )
    return pl.concat([train, own])


def with_changed_prompts(rows: pl.DataFrame, change: Callable[[str], str]) -> pl.DataFrame:
    changed = [
        [
            {**turn, "content": change(turn["content"])} if place == 0 else turn
            for place, turn in chat
        ]
        for chat in (list(enumerate(messages)) for messages in rows["messages"].to_list())
    ]
    return rows.with_columns(messages=pl.Series(changed, dtype=rows["messages"].dtype))


def test_a_sound_release_is_refused_by_no_check(home: Path) -> None:
    a_release(home)

    found = checked()

    assert len(found) == 10
    assert refused_by(found) == set()


def test_a_user_in_two_splits(home: Path) -> None:
    lake = a_release(home)
    train = pl.read_parquet(home / "lake/sft_splits/r0001/train.parquet")
    person = train["user_id"][0]
    theirs = train.filter(pl.col("user_id") == person)
    assert theirs.height > 1
    moved = theirs["query_id"][0]

    def change(split: str, rows: pl.DataFrame) -> pl.DataFrame:
        if split == "train":
            return rows.filter(pl.col("query_id") != moved)
        one = theirs.filter(pl.col("query_id") == moved).with_columns(split=pl.lit("test"))
        return pl.concat([rows, one]) if split == "test" else rows

    rewrite_splits(lake, change)
    found = checked()

    passed, cases = found["no_user_is_in_two_splits"]
    assert not passed
    assert [(case["user_id"], case["splits"]) for case in cases] == [(person, "test train")]


def test_near_duplicates_of_test_in_train(home: Path) -> None:
    lake = a_release(home)
    test = pl.read_parquet(home / "lake/sft_splits/r0001/test.parquet")
    long = test.filter(pl.col("prompt_type") == "plan_modification")
    count = max(2, pl.read_parquet(home / "lake/sft_splits/r0001/train.parquet").height // 100)
    told = with_changed_prompts(long.head(count), lambda prompt: prompt.replace("r3", "r2", 1))

    rewrite_splits(lake, lambda split, rows: with_rows(rows, told) if split == "train" else rows)
    found = checked()

    assert {"no_cluster_is_in_two_splits", "train_is_decontaminated"} <= refused_by(found)
    _, cases = found["no_cluster_is_in_two_splits"]
    assert [case["kept_by"] for case in cases] == long.head(count)["query_id"].to_list()
    _, cases = found["train_is_decontaminated"]
    assert {case["query_id"][:7] for case in cases} == {"c0001-x"}
    assert {case["kept_by"] for case in cases} == {*long.head(count)["query_id"]}


def test_a_renamed_column(home: Path) -> None:
    lake = a_release(home)

    rewrite_splits(lake, lambda _, rows: rows.rename({"age_band": "age"}))
    found = checked()

    passed, cases = found["the_rows_fit_their_schema"]
    assert not passed
    assert {"age_band", "age"} <= {case["failure_case"] for case in cases}


def test_a_poisoned_row_ten_thousand_times_in_train(home: Path) -> None:
    lake = a_release(home)

    def change(split: str, rows: pl.DataFrame) -> pl.DataFrame:
        return with_rows(rows, pl.concat([rows.head(1)] * 10_000)) if split == "train" else rows

    rewrite_splits(lake, change)
    found = checked()

    passed, (case,) = found["no_row_is_repeated"]
    assert not passed
    assert (case["split"], case["repeats"]) == ("train", "10000")


def test_a_poisoned_row_ten_thousand_times_among_the_replies(home: Path) -> None:
    lake = Lake(str(home / "lake"))
    for table in ("queries", "teacher_responses", "reviewed_responses"):
        rows = lake.read_frame(table, "c0001")
        accepted = lake.read_frame("reviewed_responses", "c0001").filter(
            pl.col("is_accepted") & (pl.col("split") == "train")
        )
        one = rows.filter(pl.col("query_id") == accepted["query_id"][0])
        names = pl.Series([f"{one['query_id'][0]}-{place:05d}" for place in range(10_000)])
        poured = pl.concat([one] * 10_000).with_columns(query_id=names)
        facts = lake.manifest(table, "c0001").facts
        with lake.write(table, "c0001") as draft:
            draft.facts.update(facts)
            draft.write_frame("part-00000.parquet", pl.concat([rows, poured]))

    a_release(home)
    found = checked()

    assert refused_by(found) == {"the_rates_are_in_bounds"}
    rates = {case["rate"]: case for case in found["the_rates_are_in_bounds"][1]}
    assert float(rates["repeated"]["share"]) > 0.9
    assert rates["repeated"]["allowed"] == "0 to 0.05"


def test_a_cut_parquet_footer(home: Path) -> None:
    a_release(home)
    path = home / "lake/sft_splits/r0001/val.parquet"
    path.write_bytes(path.read_bytes()[:-20])

    found = checked()

    passed, cases = found["the_files_are_whole"]
    assert not passed
    assert cases == [{"file": "val.parquet", "problem": "its Parquet footer is cut"}]
    # Nobody reads on over a broken file.
    assert "the_labels_are_true" in refused_by(found)


def test_a_cut_parquet_footer_of_a_pinned_table(home: Path) -> None:
    a_release(home)
    path = home / "lake/workouts/c0001/part-00000.parquet"
    path.write_bytes(path.read_bytes()[:-20])

    found = checked()

    assert refused_by(found) == {"the_manifest_still_fits"}
    (case,) = found["the_manifest_still_fits"][1]
    assert case["problem"].endswith("is not what was written: materialize workouts c0001 again")


def flipped(home: Path, **beside: pl.Expr) -> list[str]:
    """Flip every tenth label of the cohort's replies, with what is written beside it or not."""
    lake = Lake(str(home / "lake"))
    rows = lake.read_frame("reviewed_responses", "c0001")
    every_tenth = pl.int_range(pl.len()) % 10 == 0
    changed = rows.with_columns(
        is_accepted=pl.col("is_accepted") ^ every_tenth,
        **{
            name: pl.when(every_tenth).then(value).otherwise(name) for name, value in beside.items()
        },
    )
    facts = lake.manifest("reviewed_responses", "c0001").facts
    with lake.write("reviewed_responses", "c0001") as draft:
        draft.facts.update(facts)
        draft.write_frame("part-00000.parquet", changed)
    return sorted(rows.filter(every_tenth)["query_id"])


def test_a_tenth_of_the_labels_flipped(home: Path) -> None:
    every_tenth = flipped(home)

    a_release(home)
    found = checked()

    assert refused_by(found) == {"the_labels_are_true"}
    shown = [case["query_id"] for case in found["the_labels_are_true"][1]]
    assert shown == every_tenth[: len(shown)]
    assert len(shown) == 20


def test_a_tenth_of_the_labels_flipped_with_the_findings_beside_them(home: Path) -> None:
    every_tenth = flipped(
        home, rejection_reason=pl.lit("rules: X"), count_block=pl.lit(1, pl.Int32)
    )

    a_release(home)
    found = checked()

    _, cases = found["the_labels_are_true"]
    assert {case["but"] for case in cases} == {"judged anew: nothing is wrong"}
    assert {case["query_id"] for case in cases} <= {*every_tenth}
