"""Measuring a student of a release: held-out cases out of the lake, scores and a report back in."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fitsense_assets.lib.evaluation_report import Report, evaluation_page
from fitsense_assets.lib.lake import Draft, Lake, Manifest
from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.request import PlanRequest
from fitsense_training.evaluate import Case, Evaluation, Speed
from fitsense_training.gallery import worst_cases
from fitsense_training.scorecard import Card, Scored, scorecard
from fitsense_training.scoring import SLICES
from fitsense_training.slice_pairs import pair_rows
from fitsense_training.speed import percentile

if TYPE_CHECKING:
    import polars as pl

TABLE = "student_evaluation"
SCORES = "scores.parquet"
SCORECARD = "scorecard.json"
GALLERY = "gallery.json"
SPEED = "speed.json"
REPORT = "report.html"
PAIRS = "pairs.csv"
PAIR_MINIMUM = 30
WORST_PAIRS = 15


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

    lists = {name: pl.List(pl.String) for name in ("rule_ids", "severities", "details", "actions")}
    shares = dict.fromkeys(("kept_share", "exercise_overlap", "set_overlap"), pl.Float64)
    types = {**lists, **shares, "path": pl.String}
    return pl.DataFrame(
        [row.record() for row in scored], schema_overrides=types, infer_schema_length=None
    )


def pair_frame(scored: Iterable[Scored]) -> "pl.DataFrame":
    """One row per pair of slice values, system and measure."""
    import polars as pl

    return pl.DataFrame(list(pair_rows(scored)))


def speed_figures(speed: Speed) -> dict[str, float]:
    """Median and 95th percentile milliseconds per reply, one after the other."""
    return {
        f"{name}.latency_ms_p{percent}": percentile(values, percent)
        for name, values in (("free", speed.free_ms), ("guarded", speed.guarded_ms))
        for percent in (50, 95)
    }


def write_evaluation(
    lake: Lake, release: str, evaluation: Evaluation, speed: dict[str, float]
) -> tuple[Manifest, Card]:
    """Write scores, scorecard, gallery, speed and report; speed and report are volatile."""
    card = scorecard(evaluation.scored)
    with lake.write(TABLE, release) as draft:
        report = Report(f"Student of {release}", "held-out requests of its release", card, speed)
        write_files(draft, evaluation, report)
    return draft.sealed, card


def write_files(draft: Draft, evaluation: Evaluation, report: Report) -> None:
    """The files of an evaluation, whichever prompts it was made on."""
    gallery = worst_cases(evaluation.scored, evaluation.prompts)
    pairs = pair_frame(evaluation.scored)
    draft.write_frame(SCORES, score_frame(evaluation.scored))
    draft.write_text(SCORECARD, json.dumps(report.card, indent=1, sort_keys=True))
    draft.write_text(GALLERY, json.dumps(gallery, indent=1, sort_keys=True))
    draft.write_text(SPEED, json.dumps(report.speed, indent=1, sort_keys=True))
    whole = replace(report, gallery=gallery, pairs=worst_pairs(pairs))
    draft.write_text(REPORT, evaluation_page(whole))
    draft.write_text(PAIRS, pairs.write_csv(float_precision=6))
    draft.volatile |= {SPEED, REPORT}


def worst_pairs(pairs: "pl.DataFrame", count: int = WORST_PAIRS) -> list[dict[str, Any]]:
    """The pairs of slices with enough cases where the fewest guarded answers have no finding."""
    import polars as pl

    guarded = pairs.filter(
        pl.col("system") == "guarded", pl.col("measure") == "all_pass", pl.col("n") >= PAIR_MINIMUM
    )
    order = ["share", "n", "slice", "value", "second_slice", "second_value"]
    return guarded.sort(order, descending=[False, True, *[False] * 4]).head(count).to_dicts()


def read_card(lake: Lake, release: str) -> Card:
    """The scorecard of a release."""
    return json.loads(lake.read_text(TABLE, release, SCORECARD))


def read_speed(lake: Lake, release: str) -> dict[str, float]:
    """The speed figures of a release."""
    return json.loads(lake.read_text(TABLE, release, SPEED))
