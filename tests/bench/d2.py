"""D2: every slice and pair of slices over five million answers, as dbt does it, beside its peers.

The SQL is what `dbt compile` makes of `int_slices_aggregated`, on a DuckDB file with one thread.
Beside it stand one plain GROUP BY over the set of all slice columns with the same aggregates, the
same over one column, and pandas with categorical columns, one groupby for each set.
"""

import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

from fitsense_assets.lib.slices.measures import DIMENSIONS
from fitsense_training.domain.errors import CorruptArtifact
from fitsense_training.settings import Settings
from tests.bench.cohort_runs import cpu_s
from tests.bench.goal import Goal, Measured
from tests.bench.slice_rows import (
    compiled_model,
    one_group_by,
    pandas_frame,
    pandas_slices,
    write_answers,
)

ROWS, REPEATS, PANDAS_REPEATS = 5_000_000, 5, 3


def measure(settings: Settings) -> Measured:
    """CPU-seconds of each way, side by side in alternating order."""
    del settings
    with tempfile.TemporaryDirectory() as folder:
        runs, count = _ways(Path(folder))
        spent: dict[str, list[float]] = {name: [] for name in runs}
        for repeat in range(REPEATS):
            for name in [*runs][:: 1 if repeat % 2 else -1]:
                if name != "pandas" or repeat < PANDAS_REPEATS:
                    spent[name].append(cpu_s(runs[name]))
    over = _ratios(spent["all_sets"], spent["one_set"])
    under = _ratios(spent["pandas"], spent["all_sets"])
    text = (
        f"{count:,} slices and pairs of {ROWS / 1e6:.0f}M rows in "
        f"{statistics.median(spent['all_sets']):.1f} CPU-s: {_range(over)} x one GROUP BY over "
        f"all slice columns ({statistics.median(spent['one_set']):.1f} CPU-s; over one column "
        f"{statistics.median(spent['one_column']):.1f}), pandas takes {_range(under)} x ours"
    )
    holds = statistics.median(over) <= 2.5 and statistics.median(under) >= 2.5
    return Measured(text, holds, {"cpu_s": spent, "over_one": over, "pandas_over": under})


def _ways(folder: Path) -> tuple[dict[str, Callable[[], object]], int]:
    """Each way to count, ready to run, and how many slices and pairs there are."""
    import duckdb

    rows = folder / "answers.parquet"
    write_answers(rows, ROWS)
    own = Settings(home=folder)
    model = compiled_model(own)
    connection = duckdb.connect(str(own.warehouse_path))
    connection.execute("set threads = 1")
    connection.execute(f"create table int_queries_reviewed as from '{rows}'")
    frame = pandas_frame(rows)

    def create(name: str, query: str) -> Callable[[], object]:
        return lambda: connection.execute(f"create or replace temp table {name} as {query}")

    runs = {
        "all_sets": create("all_sets", model),
        "one_set": create("one_set", one_group_by(model, DIMENSIONS)),
        "one_column": create("one_column", one_group_by(model, ["goal_type"])),
        "pandas": lambda: _agrees(pandas_slices(frame), count),
    }
    # Once before the clock runs, so that every way finds the file in memory.
    for name in ("all_sets", "one_set", "one_column"):
        runs[name]()
    ((count,),) = connection.execute("select count(*) from all_sets").fetchall()
    return runs, count


def _agrees(theirs: int, ours: int) -> None:
    if theirs != ours:
        message = f"pandas finds {theirs} slices and pairs, the model {ours}: mend the benchmark"
        raise CorruptArtifact(message)


def _ratios(ours: list[float], theirs: list[float]) -> list[float]:
    return [mine / peer for mine, peer in zip(ours, theirs, strict=False)]


def _range(found: list[float]) -> str:
    return f"{statistics.median(found):.2f} ({min(found):.2f}-{max(found):.2f})"


GOAL = Goal("D2", "<= 2.5 x one GROUP BY; >= 2.5 x faster than pandas", measure)
