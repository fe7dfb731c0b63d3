"""The bias report of a release: written as JSON, as rows, and as a page."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import polars as pl

from fitsense_assets.lib import markdown
from fitsense_assets.lib.evaluation_report import png
from fitsense_assets.lib.lake import Lake, Manifest
from fitsense_assets.lib.slices.bias import Bias, Concern, compare
from fitsense_assets.lib.slices.bias_page import bias_page, gap_rows
from fitsense_assets.lib.slices.bias_plots import disparity_plot, pair_plot, presence_plot
from fitsense_assets.lib.slices.bias_policy import BiasPolicy
from fitsense_assets.lib.slices.disparities import Disparity
from fitsense_assets.lib.slices.gaps import Gap
from fitsense_assets.lib.slices.marts import read_mart
from fitsense_assets.lib.slices.policy import Level
from fitsense_assets.lib.slices.representation import Representation
from fitsense_assets.lib.slices.rows import table_of

VERSION = "2"
TABLE = "bias_report"
BODY = "bias.json"
REPORT = "report.html"
MOST_TOLD = 20


def assess_bias(lake: Lake, release: str, policy: BiasPolicy | None = None) -> Bias:
    """Compare the slices of a release."""
    answers = read_mart(lake, release, "answers")
    return compare(release, answers, read_mart(lake, release, "slice_counts"), policy)


def write_bias_report(lake: Lake, bias: Bias, pictures: Mapping[str, bytes]) -> Manifest:
    """Write the report of a comparison, with its `bias_pictures`."""
    with lake.write(TABLE, bias.release) as draft:
        draft.write_text(BODY, json.dumps(bias_body(bias), indent=1, sort_keys=True))
        draft.write_text(REPORT, bias_page(bias, pictures))
        for name, frame in bias_rows(bias).items():
            draft.write_frame(f"{name}.parquet", frame)
        draft.count_rows = len(bias.disparities)
        draft.facts.update(code_version=VERSION, policy_version=bias.policy.version)
        draft.facts.update(**count_concerns(bias.concerns))
    return draft.sealed


def count_concerns(concerns: Sequence[Concern]) -> dict[str, int]:
    """How many concerns stop the release, and how many do not."""
    blocks = sum(each.level == "BLOCK" for each in concerns)
    return {"count_block": blocks, "count_warn": len(concerns) - blocks}


def bias_body(bias: Bias) -> dict[str, Any]:
    """The report for programs; every slice and pair stands in the rows beside it."""
    return {
        "release": bias.release,
        "policy": bias.policy.model_dump(mode="json"),
        "counts": count_concerns(bias.concerns),
        "concerns": [asdict(each) for each in bias.concerns],
        "overall": [_rounded(asdict(each)) for each in bias.overall],
        "gaps": [_rounded(asdict(each)) for each in bias.gaps],
        "slices": [_rounded(asdict(each)) for each in bias.disparities if not each.is_pair],
    }


def read_concerns(lake: Lake, release: str) -> list[Concern]:
    """The concerns of a written report."""
    body = json.loads(lake.read_text(TABLE, release, BODY))
    return [Concern(level=Level(raw.pop("level")), **raw) for raw in body["concerns"]]


def bias_rows(bias: Bias) -> dict[str, pl.DataFrame]:
    """The same figures as tables: one row per measure and slice or pair, per slice, per gap."""
    weights = {"evening_weight": float}
    return {
        "bias_disparities": table_of(bias.release, Disparity, bias.disparities, {"standing": str}),
        "bias_representations": table_of(bias.release, Representation, bias.present, weights),
        "bias_gaps": table_of(bias.release, Gap, bias.gaps),
    }


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: round(value, 9) if isinstance(value, float) else value
        for name, value in values.items()
    }


def concern_markdown(concerns: Sequence[Concern]) -> str:
    """The gravest concerns, for Dagster's metadata."""
    rows = [(each.level, each.slice_name, each.says, each.n) for each in concerns[:MOST_TOLD]]
    text = markdown.table(("level", "who", "what", "n"), rows)
    more = len(concerns) - MOST_TOLD
    return text if more <= 0 else f"{text}\n\nand {more} more in the report"


def gap_markdown(found: Sequence[Gap]) -> str:
    """The widest gaps, for Dagster's metadata."""
    head = ("measure", "dimension", "gap", "worst by best", "worst", "best")
    return markdown.table(head, gap_rows(found[:MOST_TOLD]))


def bias_pictures(bias: Bias) -> dict[str, bytes]:
    """The pictures, for the page and for Dagster's metadata."""
    return {
        "disparities": png(disparity_plot(bias.disparities, bias.policy)),
        "pairs": png(pair_plot(bias.disparities, bias.policy)),
        "presence": png(presence_plot(bias.present, bias.policy)),
    }
