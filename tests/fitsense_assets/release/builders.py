"""Small releases: rows of reviewed replies, and lakes of cohorts made of them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from fitsense_assets.lib.cohort.config import make_config
from fitsense_assets.lib.cohort.spec import add_cohort
from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.filters import SPLITS
from fitsense_assets.lib.release.fixed import NO_PROMPTS, SPLIT
from fitsense_assets.lib.release.manifest import write_manifest
from fitsense_assets.lib.release.spec import add_release
from fitsense_assets.lib.release.splits import CARD, FUNNEL, TAGS, read_split, write_splits
from fitsense_training.domain.catalogue import catalogue_version
from fitsense_training.domain.rulebook import rules_version
from fitsense_training.domain.text.prompt import PROMPT_VERSION

Row = dict[str, Any]
FACTS = {
    "code_version": "1",
    "rules_version": rules_version(),
    "catalogue_version": catalogue_version(),
}
REVIEW_SCHEMA = {
    **dict.fromkeys(("query_id", "user_id", "cohort", "split", *TAGS, "prompt"), pl.String),
    "answer": pl.String,
    "is_accepted": pl.Boolean,
    "rejection_reason": pl.String,
    "count_block": pl.Int32,
    "count_fix": pl.Int32,
    "is_handoff": pl.Boolean,
    "is_task_success": pl.Boolean,
    **dict.fromkeys(("request_json", "teacher", "served_model"), pl.String),
}


def a_prompt(seed: int = 0, count_words: int = 60, ask: str = "lighter") -> str:
    """A prompt about a plan of its own words: two seeds share no word of it."""
    plan = " ".join(f"w{seed}x{place}" for place in range(count_words))
    return f"task plan_modification\ngoal strength\nplan {plan}\nask {ask}"


def a_row(number: int, split: str = "train", **changes: Any) -> Row:
    """A reviewed reply; every number is another person with another prompt."""
    row: Row = {
        "query_id": f"c0001-u{number:06d}-q1",
        "user_id": f"c0001-u{number:06d}",
        "cohort": "c0001",
        "split": split,
        **dict.fromkeys(TAGS, "any"),
        "prompt": a_prompt(number),
        "answer": f'{{"a":{number}}}',
        "is_accepted": True,
        "rejection_reason": None,
        "count_block": 0,
        "count_fix": 0,
        "is_handoff": False,
        "is_task_success": True,
        "request_json": "{}",
        "teacher": "reference",
        "served_model": "reference",
    }
    return {**row, **changes}


def a_frame(rows: Sequence[Row]) -> pl.DataFrame:
    """Rows as the review stage writes them."""
    return pl.DataFrame(list(rows), schema=REVIEW_SCHEMA)


def some_rows(cohort: str = "c0001", count: int = 20) -> list[Row]:
    """People of a cohort: one in five for test, one in five for val, the rest for train."""
    split = {0: "test", 1: "val"}
    start = int(cohort[1:]) * 1000
    rows = [a_row(start + n, split.get(n % 5, "train"), cohort=cohort) for n in range(count)]
    return [
        {**row, **{name: row[name].replace("c0001", cohort) for name in ("query_id", "user_id")}}
        for row in rows
    ]


def write_cohort(lake: Lake, cohort: str = "c0001", rows: Sequence[Row] | None = None) -> None:
    """All six tables of a cohort, with a spec; written again, they replace the old ones."""
    add_cohort(lake, cohort, make_config(users=20))
    frame = a_frame(some_rows(cohort) if rows is None else rows)
    queries = frame.select("query_id", "prompt")
    replies = frame.select("query_id").with_columns(
        prompt_version=pl.lit(PROMPT_VERSION), rules_version=pl.lit(rules_version())
    )
    people = frame.select("user_id").unique(maintain_order=True)
    for table in ("profiles", "workouts", "daily_logs"):
        write_table(lake, table, cohort, people)
    write_table(lake, "queries", cohort, queries)
    write_table(lake, "teacher_responses", cohort, replies)
    write_table(lake, "reviewed_responses", cohort, frame)


def write_table(
    lake: Lake, table: str, cohort: str, frame: pl.DataFrame, facts: Row | None = None
) -> None:
    """One table of a cohort."""
    with lake.write(table, cohort) as draft:
        draft.facts.update(facts or FACTS)
        draft.write_frame("part-00000.parquet", frame)


def a_lake(folder: Path, *cohorts: str) -> Lake:
    """A lake with these cohorts, c0001 if none is named."""
    lake = Lake(str(folder / "lake"))
    for cohort in cohorts or ("c0001",):
        write_cohort(lake, cohort)
    return lake


def a_pinned_lake(folder: Path, *cohorts: str) -> Lake:
    """The same with release r0001 of all of them pinned."""
    lake = a_lake(folder, *cohorts)
    pin(lake, "r0001", *(cohorts or ("c0001",)))
    return lake


def pin(lake: Lake, release: str, *cohorts: str, reason: str = "a test") -> None:
    """Add a release of these cohorts and pin it."""
    add_release(lake, release, cohorts, reason)
    write_manifest(lake, release)


def a_split_lake(folder: Path, rows: Sequence[Row] | None = None) -> Lake:
    """A lake with release r0001 of one cohort pinned and its splits written."""
    lake = a_lake(folder)
    write_cohort(lake, "c0001", rows)
    pin(lake, "r0001", "c0001")
    write_splits(lake, "r0001")
    return lake


def rewrite_splits(lake: Lake, change: Callable[[str, pl.DataFrame], pl.DataFrame]) -> None:
    """The splits of r0001 as somebody else might have written them: whole, and with a fault."""
    texts = {name: lake.read_text("sft_splits", "r0001", name) for name in (FUNNEL, CARD)}
    frames = {split: change(split, read_split(lake, "r0001", split)) for split in SPLITS}
    with lake.write("sft_splits", "r0001") as draft:
        for split, rows in frames.items():
            draft.write_frame(f"{split}.parquet", rows)
        for name, text in texts.items():
            draft.write_text(name, text)


def a_fixed(*prompts: str) -> pl.DataFrame:
    """Fixed evaluation prompts, as a release sees them."""
    rows = [(f"fixed-{place:06d}", SPLIT, prompt) for place, prompt in enumerate(prompts)]
    return pl.DataFrame(rows, schema=NO_PROMPTS.schema, orient="row")
