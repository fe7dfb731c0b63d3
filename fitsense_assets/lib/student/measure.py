"""Measuring a student of a release: held-out cases out of the lake, scores and a report back in."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from fitsense_assets.lib.evaluation_report import evaluation_page
from fitsense_assets.lib.lake import Lake, Manifest
from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.request import PlanRequest
from fitsense_training.evaluate import Case, Evaluation, Speed
from fitsense_training.gallery import worst_cases
from fitsense_training.scorecard import Card, Scored, scorecard
from fitsense_training.scoring import SLICES

if TYPE_CHECKING:
    import polars as pl

TABLE = "student_evaluation"
SCORES = "scores.parquet"
SCORECARD = "scorecard.json"
GALLERY = "gallery.json"
SPEED = "speed.json"
REPORT = "report.html"


def read_cases(lake: Lake, release: str) -> list[Case]:
    """The held-out cases of a release, each with the teacher's answer."""
    import polars as pl

    lake.verify("sft_splits", release)
    with (lake.folder("sft_splits", release) / "test.parquet").open("rb") as source:
        frame = pl.read_parquet(source)
    if frame.is_empty():
        raise BadInput(f"release {release} has no held-out requests: add a cohort with more users")
    return [_case(row) for row in frame.iter_rows(named=True)]


def _case(row: dict[str, Any]) -> Case:
    return Case(
        query_id=row["query_id"],
        user_id=row["user_id"],
        cohort=row["cohort"],
        slices={name: str(row[name]) for name in SLICES},
        request=PlanRequest.model_validate_json(row["request_json"]),
        teacher_reply=row["messages"][-1]["content"],
    )


def score_frame(scored: Iterable[Scored]) -> "pl.DataFrame":
    """One row per case and system."""
    import polars as pl

    lists = {name: pl.List(pl.String) for name in ("rule_ids", "severities", "actions")}
    types = {**lists, "kept_share": pl.Float64, "path": pl.String}
    return pl.DataFrame(
        [row.record() for row in scored], schema_overrides=types, infer_schema_length=None
    )


def speed_figures(speed: Speed) -> dict[str, float]:
    """Median and 95th percentile milliseconds per reply, one after the other."""
    figures: dict[str, float] = {}
    for name, values in (("free", speed.free_ms), ("guarded", speed.guarded_ms)):
        ordered = sorted(values)
        for percent in (50, 95):
            place = min(len(ordered) - 1, len(ordered) * percent // 100)
            figures[f"{name}.latency_ms_p{percent}"] = ordered[place]
    return figures


def write_evaluation(
    lake: Lake, release: str, evaluation: Evaluation, speed: dict[str, float]
) -> tuple[Manifest, Card]:
    """Write scores, scorecard, gallery, speed and report; speed and report are volatile."""
    card = scorecard(evaluation.scored)
    gallery = worst_cases(evaluation.scored)
    with lake.write(TABLE, release) as draft:
        draft.write_frame(SCORES, score_frame(evaluation.scored))
        draft.write_text(SCORECARD, json.dumps(card, indent=1, sort_keys=True))
        draft.write_text(GALLERY, json.dumps(gallery, indent=1, sort_keys=True))
        draft.write_text(SPEED, json.dumps(speed, indent=1, sort_keys=True))
        draft.write_text(REPORT, evaluation_page(release, card, gallery, speed))
        draft.volatile |= {SPEED, REPORT}
    return draft.sealed, card


def read_card(lake: Lake, release: str) -> Card:
    """The scorecard of a release."""
    return json.loads(lake.read_text(TABLE, release, SCORECARD))


def read_speed(lake: Lake, release: str) -> dict[str, float]:
    """The speed figures of a release."""
    return json.loads(lake.read_text(TABLE, release, SPEED))
