"""What every row of the teacher's tables must be.

Importing this module costs seconds (pandera), so checks import it when they run.
"""

import pandera.polars as pa
import polars as pl

from fitsense_assets.lib.cohort.schemas import holds, list_of, one_of, slice_columns
from fitsense_assets.lib.teacher import responses, review
from fitsense_assets.lib.teacher.teacher import CacheState
from fitsense_training.domain.safety.validator import RULES


def response_schema() -> pa.DataFrameSchema:
    """One reply a row, an error too is one."""
    text = pa.Column(pl.String, pa.Check.str_length(min_value=1))
    count = pa.Column(pl.Int32, pa.Check.ge(0))
    amount = pa.Column(pl.Float64, pa.Check.ge(0))
    is_silent = pl.col("error").is_null() | (pl.col("reply") == "")
    return pa.DataFrameSchema(
        {
            **dict.fromkeys(responses.SCHEMA, text),
            "query_id": pa.Column(pl.String, unique=True),
            "reply": pa.Column(pl.String),
            "attempts": count,
            "latency_ms": amount,
            "prompt_tokens": count,
            "completion_tokens": count,
            "cost_usd": amount,
            "cache_state": one_of(CacheState),
            "error": pa.Column(pl.String, nullable=True),
        },
        checks=[holds(is_silent, "an error comes without a reply")],
        strict=True,
    )


def review_schema() -> pa.DataFrameSchema:
    """One verdict a row, and nothing accepted that a rule refuses."""
    text = pa.Column(pl.String)
    count = pa.Column(pl.Int32, pa.Check.ge(0))
    is_clean = (pl.col("count_block") == 0) & (pl.col("count_fix") == 0)
    is_good = is_clean & pl.col("is_task_success") & pl.col("answer").is_not_null()
    return pa.DataFrameSchema(
        {
            **dict.fromkeys(review.SCHEMA, text),
            "query_id": pa.Column(pl.String, unique=True),
            **slice_columns(),
            "answer": pa.Column(pl.String, nullable=True),
            "is_accepted": pa.Column(pl.Boolean),
            "rejection_reason": pa.Column(pl.String, nullable=True),
            "count_block": count,
            "count_fix": count,
            "count_warn": count,
            "rule_ids": list_of(RULES),
            "is_handoff": pa.Column(pl.Boolean),
            "is_task_success": pa.Column(pl.Boolean, nullable=True),
        },
        checks=[
            holds(
                pl.col("is_accepted") == pl.col("rejection_reason").is_null(),
                "what is rejected has a reason, what is accepted has none",
            ),
            holds(
                ~pl.col("is_accepted") | is_good.fill_null(value=False),
                "nothing is accepted that a rule refuses",
            ),
        ],
        strict=True,
    )
