"""Whether the labels of a release are true: what was accepted passes its rules, the rest does not.

Every row's label must fit what the review wrote beside it. That catches a label that was flipped,
but not one whose findings were changed along with it: so a sample of the answers is judged anew.
"""

from collections.abc import Iterator

import polars as pl

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.manifest import Pins
from fitsense_assets.lib.release.shingles import number_of
from fitsense_assets.lib.release.splits import read_reviewed
from fitsense_assets.lib.release.verdict import Case, Verdict, verdict_of
from fitsense_assets.lib.teacher.review import judge
from fitsense_training.domain.request import PlanRequest

# To judge an answer costs some 2 ms: 2,000 of them find one flipped label in a thousand with
# 86 %, and one in a hundred as good as always.
SAMPLE = 2_000
READ = (
    *("query_id", "is_accepted", "rejection_reason", "count_block", "count_fix"),
    *("is_task_success", "answer", "request_json"),
)
_SCHEMA = {"query_id": pl.String, "label": pl.String, "but": pl.String}


def read_labels(lake: Lake, pins: Pins) -> pl.DataFrame:
    """Label, findings, answer and request of every reviewed reply, at the pinned versions."""
    return read_reviewed(lake, pins, READ)


def false_labels(labels: pl.DataFrame, chats: pl.DataFrame, seed: int) -> Verdict:
    """The rows whose label is not what their findings, or the rules today, say of them."""
    sample = sample_of(labels, SAMPLE, seed)
    found = [*_contradictions(labels), *_misjudged(sample), *_not_accepted(labels, chats)]
    wrong = pl.DataFrame(found, schema=_SCHEMA).unique("query_id", keep="first").sort("query_id")
    return verdict_of("labels are false", wrong, labels.height)


def sample_of(labels: pl.DataFrame, count: int, seed: int) -> pl.DataFrame:
    """So many rows that have an answer, the same every time: those of the least hash."""
    answered = labels.filter(pl.col("answer").is_not_null())
    places = [number_of(f"{seed} label {query_id}") for query_id in answered["query_id"]]
    return answered.with_columns(place=pl.Series(places, dtype=pl.UInt64)).bottom_k(
        count, by="place"
    )


def _contradictions(labels: pl.DataFrame) -> Iterator[Case]:
    """Rows that were accepted with a grave finding, or rejected without one."""
    is_sound = (
        (pl.col("count_block") == 0)
        & (pl.col("count_fix") == 0)
        & pl.col("is_task_success").fill_null(value=False)
    )
    is_kept = pl.col("rejection_reason").is_null()
    found = labels.with_columns(is_sound=is_sound, is_kept=is_kept).filter(
        (pl.col("is_accepted") != pl.col("is_sound")) | (pl.col("is_accepted") != pl.col("is_kept"))
    )
    for row in found.iter_rows(named=True):
        findings = f"{row['count_block']} BLOCK, {row['count_fix']} FIX"
        but = row["rejection_reason"] or f"{findings}, task done: {row['is_task_success']}"
        yield _case(row["query_id"], but, is_accepted=row["is_accepted"])


def _misjudged(sample: pl.DataFrame) -> Iterator[Case]:
    """Rows of the sample that the rules judge otherwise than their label."""
    for row in sample.iter_rows(named=True):
        request = PlanRequest.model_validate_json(row["request_json"])
        verdict = judge(request, row["answer"], None)
        if (verdict.rejection_reason is None) != row["is_accepted"]:
            but = f"judged anew: {verdict.rejection_reason or 'nothing is wrong'}"
            yield _case(row["query_id"], but, is_accepted=row["is_accepted"])


def _not_accepted(labels: pl.DataFrame, chats: pl.DataFrame) -> Iterator[Case]:
    """Rows of the splits whose answer no review accepted."""
    accepted = labels.filter("is_accepted").select("query_id", "answer")
    strange = chats.join(accepted, on=["query_id", "answer"], how="anti")
    for query_id in strange["query_id"]:
        yield _case(query_id, "no accepted reply has this answer", is_accepted=True)


def _case(query_id: str, but: str, *, is_accepted: bool) -> Case:
    label = "accepted" if is_accepted else "rejected"
    return {"query_id": query_id, "label": label, "but": but}
