"""What must hold of written splits, read back from the lake: types, people, no leak into train."""

from typing import TYPE_CHECKING, Any

import polars as pl

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.filters import SPLITS, users_in_two_splits
from fitsense_assets.lib.release.splits import TAGS, read_split

if TYPE_CHECKING:
    import pandera.polars as pa

MAX_CASES = 20
_ROLES = ("user", "assistant")


def failure_cases(rows: pl.DataFrame, split: str) -> list[dict[str, str]]:
    """What is wrong with the rows of one split, as a table of the first cases; empty if nothing."""
    import pandera.errors as pa_errors

    try:
        row_schema(split).validate(_flat(rows), lazy=True)
    except pa_errors.SchemaErrors as error:
        cases: list[dict[str, Any]] = error.failure_cases.head(MAX_CASES).to_dicts()
        return [{"split": split, **{k: str(v) for k, v in case.items()}} for case in cases]
    return []


def row_schema(split: str) -> "pa.DataFrameSchema":
    """The rows of one split, with the two turns of the chat side by side."""
    import pandera.polars as pa

    filled = pa.Check.str_length(min_value=1)
    names = ("query_id", "user_id", "cohort", *TAGS, "request_json", "teacher", "served_model")
    columns = {
        **{name: pa.Column(str, filled) for name in (*names, *_ROLES)},
        "query_id": pa.Column(str, filled, unique=True),
        "split": pa.Column(str, pa.Check.equal_to(split)),
        "roles": pa.Column(str, pa.Check.equal_to(" ".join(_ROLES))),
    }
    return pa.DataFrameSchema(columns, strict=True)


def _flat(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the chat taken apart, as far as there is one."""
    if "messages" not in rows.columns:
        return rows
    turns = pl.col("messages").list
    said = {
        role: turns.get(place, null_on_oob=True).struct.field("content")
        for place, role in enumerate(_ROLES)
    }
    roles = turns.eval(pl.element().struct.field("role")).list.join(" ")
    return rows.with_columns(**said, roles=roles).drop("messages")


def split_failures(lake: Lake, key: str) -> list[dict[str, str]]:
    """What is wrong with the rows of a release, over all splits."""
    return [case for split in SPLITS for case in failure_cases(read_split(lake, key, split), split)]


def shared_users(lake: Lake, key: str) -> list[str]:
    """The people whose rows lie in more than one split file of a release."""
    frames = [
        read_split(lake, key, split, ["user_id"]).with_columns(split=pl.lit(split))
        for split in SPLITS
    ]
    return users_in_two_splits(pl.concat(frames))


def leaked_queries(lake: Lake, key: str) -> list[str]:
    """The queries of train whose prompt stands in val or test word for word."""
    prompts = {split: _prompts(lake, key, split) for split in SPLITS}
    held = pl.concat([prompts["val"], prompts["test"]])
    return prompts["train"].join(held, on="prompt", how="semi")["query_id"].sort().to_list()


def _prompts(lake: Lake, key: str, split: str) -> pl.DataFrame:
    rows = read_split(lake, key, split, ["query_id", "messages"])
    prompt = pl.col("messages").list.first().struct.field("content")
    return rows.select("query_id", prompt=prompt)
