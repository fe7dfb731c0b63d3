"""Synthetic answers with their slices, and the ways to count them, for benchmark D2."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.slices.absence import EXPECTED
from fitsense_assets.lib.slices.measures import DIMENSIONS, slice_sets
from fitsense_assets.lib.slices.project import PROJECT, dbt_command, dbt_environment, dbt_vars
from fitsense_training.domain.vocabulary import Condition
from fitsense_training.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

RELEASE, MODEL, SEED = "r0001", "int_slices_aggregated", 1
# About how often each value occurs in a cohort, most frequent first.
_SKEW = {
    "goal_type": [25, 24, 18, 17, 9, 7],
    "activity_level": [27, 36, 26, 11],
    "age_band": [3, 55, 35, 7],
    "sex": [52, 47, 1],
    "experience_level": [55, 32, 13],
    "equipment_band": [51, 38, 11],
}


def write_answers(path: Path, rows: int) -> None:
    """One row a query, four queries a person, with the columns that the dbt model reads."""
    rng = np.random.default_rng(SEED)
    people = rows // 4
    person = {name: _drawn(rng, _values(name), people, share) for name, share in _SKEW.items()}
    person["condition_flag"] = _drawn(rng, *_conditions(people))
    asked = [str(value) for value in EXPECTED["prompt_type"]]
    slices = {name: np.repeat(values, len(asked)) for name, values in person.items()}
    frame = pl.DataFrame({"prompt_type": np.tile(asked, people), **slices})
    frame.with_columns(**_verdicts(rng, frame.height)).write_parquet(path)


def _values(name: str) -> list[str]:
    known = EXPECTED.get(name)
    return [str(value) for value in known] if known else ["some", "gym", "none"]


def _conditions(people: int) -> tuple[list[str], int, list[float]]:
    single = [str(value) for value in Condition]
    rarer = 33 * np.exp(-np.arange(len(single)) / 6)
    return ["none", "multiple", *single], people, [46, 21, *rarer.tolist()]


def _drawn(
    rng: np.random.Generator, values: Sequence[str], count: int, share: Sequence[float]
) -> "np.ndarray[Any, Any]":
    chances = np.array(share, dtype=float)
    return np.array(values)[rng.choice(len(values), count, p=chances / chances.sum())]


def _verdicts(rng: np.random.Generator, rows: int) -> dict[str, pl.Expr | pl.Series]:
    def counted(*chances: float) -> pl.Series:
        return pl.Series(rng.choice(len(chances), rows, p=chances), dtype=pl.Int32)

    splits = np.array(["train", "val", "test", "left_out"])
    return {
        "release": pl.lit(RELEASE),
        "teacher": pl.lit("reference"),
        "split": pl.Series(splits[rng.choice(4, rows, p=[0.8, 0.09, 0.09, 0.02])]),
        "sampling_weight": pl.Series(rng.choice([0.2, 0.5, 1.0], rows)),
        "count_block": counted(0.99, 0.01),
        "count_fix": counted(0.95, 0.04, 0.01),
        "count_warn": counted(0.9, 0.1),
        "plan_chars": pl.Series(rng.normal(920, 200, rows)).cast(pl.Int64),
        "is_accepted": pl.Series(rng.random(rows) < 0.95),
        "is_handoff": pl.Series(rng.random(rows) < 0.06),
        "is_task_success": pl.Series(rng.random(rows) < 0.96),
        "is_failed": pl.Series(rng.random(rows) < 0.001),
    }


def compiled_model(settings: Settings) -> str:
    """The SQL of the model as dbt runs it, from `dbt compile`."""
    folder = settings.home / "compiled"
    folder.mkdir(parents=True)
    told = dbt_vars(Lake(str(settings.home / "lake")), RELEASE, ["bench"])
    command = dbt_command("compile", "--quiet", "--select", MODEL, "--vars", told)
    environment = dbt_environment(settings, folder)
    subprocess.run(command, check=True, capture_output=True, env=environment, cwd=PROJECT)
    (found,) = folder.glob(f"compiled/**/{MODEL}.sql")
    return found.read_text(encoding="utf-8")


def one_group_by(model: str, columns: Sequence[str]) -> str:
    """A plain GROUP BY over one set of columns, with the very aggregates of the model."""
    combined = model[model.index("combined as (") :]
    sums = combined[combined.index("---------- numerics") : combined.index("from queries")]
    names = ", ".join(columns)
    return (
        f"select release, teacher, {names},\n{sums} from int_queries_reviewed "
        f"where release = '{RELEASE}' group by release, teacher, {names}"
    )


def pandas_frame(path: Path) -> "pd.DataFrame":
    """The rows with categorical slices, and each thing that is counted as a column to add up."""
    import pandas as pd

    frame = pd.read_parquet(path)
    for name in (*DIMENSIONS, "release", "teacher"):
        frame[name] = frame[name].astype("category")
    weight, split = frame["sampling_weight"], frame["split"]
    found = frame["count_block"] + frame["count_fix"] + frame["count_warn"] > 0
    weighed = {
        "accepted": frame["is_accepted"],
        "task_success": frame["is_task_success"],
        "with_finding": found,
        "with_block": frame["count_block"] > 0,
        **{name: split == name for name in ("train", "val", "test")},
    }
    columns = {name: frame[name] for name in ("release", "teacher", *DIMENSIONS)}
    columns |= {f"count_{name}": is_so for name, is_so in weighed.items()}
    columns |= {f"weight_{name}": weight.where(is_so, 0.0) for name, is_so in weighed.items()}
    columns |= {"count_handoffs": frame["is_handoff"], "count_failed": frame["is_failed"]}
    columns |= {f"count_with_{name}": frame[f"count_{name}"] > 0 for name in ("fix", "warn")}
    columns |= {"count_queries": 1, "weight_queries": weight, "weight_plans": weight}
    columns |= {"count_plans": 1, "plan_chars": frame["plan_chars"]}
    columns["weighted_plan_chars"] = weight * frame["plan_chars"]
    made = pd.DataFrame(columns)
    truths = made.select_dtypes("bool").columns
    return made.astype(dict.fromkeys(truths, "int64"))


def pandas_slices(frame: "pd.DataFrame") -> int:
    """Every slice set, one groupby each; returns how many groups there were."""
    sums = [name for name in frame.columns if name not in {"release", "teacher", *DIMENSIONS}]
    total = 0
    for keys in [(), *slice_sets()]:
        grouped = frame.groupby(["release", "teacher", *keys], observed=True)
        grouped[sums].sum()
        total += grouped.ngroups
    return total
