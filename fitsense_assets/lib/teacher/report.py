"""What the teacher did: replies, cost and verdicts in a few tables."""

import polars as pl

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.markdown import table
from fitsense_assets.lib.teacher.stages import RUN_FACTS

LATENCIES = {"p50 ms": 0.5, "p90 ms": 0.9, "p99 ms": 0.99}
_COLUMNS = (
    "query_id", "served_model", "error", "attempts", "latency_ms", "prompt_tokens",
    "completion_tokens", "cost_usd", "cache_state",
)  # fmt: skip


def response_table(lake: Lake, key: str) -> str:
    """Replies by the model that really answered, with what the last run saw of paid ones.

    Corrections are turns after the first, retries are attempts beyond one a turn; milliseconds are
    those of replies without an error, all their turns together.
    """
    frame = lake.read_frame("teacher_responses", key, list(_COLUMNS))
    frame = frame.with_columns(turns=pl.col("attempts"))  # what the parts hold of paid replies
    if RUN_FACTS in {entry.name for entry in lake.manifest("teacher_responses", key).files}:
        facts = pl.read_ndjson(lake.read_text("teacher_responses", key, RUN_FACTS).encode())
        frame = frame.update(facts.cast({"attempts": pl.Int32}), on="query_id")
    answered_ms = pl.col("latency_ms").filter(pl.col("error").is_null())
    by_model = (
        frame.group_by(pl.col("served_model").alias("model"), pl.col("cache_state").alias("cache"))
        .agg(
            pl.len().alias("replies"),
            pl.col("error").count().alias("errors"),
            (pl.col("turns") - 1).clip(0).sum().alias("corrections"),
            (pl.col("attempts") - pl.col("turns")).clip(0).sum().alias("retries"),
            *(
                answered_ms.quantile(share, "nearest").round().cast(pl.Int64).alias(name)
                for name, share in LATENCIES.items()
            ),
            pl.col("prompt_tokens").sum().alias("tokens asked"),
            pl.col("completion_tokens").sum().alias("answered"),
            pl.col("cost_usd").sum(),
        )
        .sort("model", "cache")
        .with_columns(pl.format("${}", pl.col("cost_usd").round(4)).alias("cost"))
        .drop("cost_usd")
    )
    return table(by_model.columns, by_model.rows())


def review_table(lake: Lake, key: str) -> tuple[float, str]:
    """The share of accepted replies, and verdicts by prompt type with the rules that broke."""
    columns = ["prompt_type", "is_accepted", "is_handoff", "is_task_success", "rule_ids"]
    frame = lake.read_frame("reviewed_responses", key, columns)
    by_type = (
        frame.group_by("prompt_type")
        .agg(
            pl.len().alias("replies"),
            pl.col("is_accepted").mean().alias("accepted"),
            pl.col("is_handoff").mean().alias("handoffs"),
            pl.col("is_task_success").mean().alias("task success"),
        )
        .sort("prompt_type")
    )
    broken = (
        frame["rule_ids"]
        .explode(empty_as_null=False, keep_nulls=False)
        .value_counts()
        .sort("count", "rule_ids", descending=[True, False])
    )
    text = table(by_type.columns, by_type.rows())
    if broken.height:
        text += "\n\n" + table(("rule", "replies that break it"), broken.rows())
    return accepted_share(frame["is_accepted"]), text


def accepted_share(is_accepted: pl.Series) -> float:
    """The share of accepted replies; 0 where there is none."""
    return int(is_accepted.sum()) / max(len(is_accepted), 1)
