"""What must hold of written splits, read back from the lake: whole files, and rows of one shape."""

from typing import TYPE_CHECKING, Any

import polars as pl
from upath import UPath

from fitsense_assets.lib.durable import sha256_of
from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.filters import SPLITS
from fitsense_assets.lib.release.splits import TABLE, TAGS, read_split
from fitsense_assets.lib.release.verdict import CASES_SHOWN, Case, Verdict, verdict_of

if TYPE_CHECKING:
    import pandera.polars as pa

_ROLES = ("user", "assistant")
_PARQUET_END = b"PAR1"


def broken_files(lake: Lake, key: str) -> Verdict:
    """The files of a release that are gone, changed, or no longer end as Parquet does."""
    folder, files = lake.folder(TABLE, key), lake.manifest(TABLE, key).files
    wrong: list[Case] = []
    for entry in files:
        path = folder / entry.name
        if not path.exists():
            wrong.append({"file": entry.name, "problem": "is gone"})
        elif entry.name.endswith(".parquet") and not _ends_well(path):
            wrong.append({"file": entry.name, "problem": "its Parquet footer is cut"})
        elif sha256_of(path) != entry.sha256:
            wrong.append({"file": entry.name, "problem": "is not what was written"})
    return verdict_of("files are broken", pl.DataFrame(wrong), len(files))


def _ends_well(path: UPath) -> bool:
    with path.open("rb") as source:
        source.seek(0, 2)
        size = source.tell()
        source.seek(max(0, size - len(_PARQUET_END)))
        return source.read() == _PARQUET_END


def failure_cases(rows: pl.DataFrame, split: str) -> list[Case]:
    """What is wrong with the rows of one split, as a table of the first cases; empty if nothing."""
    import pandera.errors as pa_errors

    try:
        row_schema(split).validate(_flat(rows), lazy=True)
    except pa_errors.SchemaErrors as error:
        cases: list[dict[str, Any]] = error.failure_cases.head(CASES_SHOWN).to_dicts()
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


def split_failures(lake: Lake, key: str) -> Verdict:
    """What is wrong with the rows of a release, over all splits."""
    frames = {split: read_split(lake, key, split) for split in SPLITS}
    cases = [case for split, rows in frames.items() for case in failure_cases(rows, split)]
    height = sum(rows.height for rows in frames.values())
    return Verdict("values do not fit the schema", len(cases), height, tuple(cases[:CASES_SHOWN]))
