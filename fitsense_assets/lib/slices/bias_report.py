"""The bias report of a release: representation, disparities and gaps, as JSON and as a page."""

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from fitsense_assets.lib import markdown
from fitsense_assets.lib.evaluation_report import png
from fitsense_assets.lib.lake import Lake, Manifest
from fitsense_assets.lib.page import page, table
from fitsense_assets.lib.slices.bias import (
    GAP_MAX,
    LEVEL,
    MEASURES,
    MINIMUM_N,
    RATIO_LOW,
    Disparity,
    Gap,
    Presence,
    Representation,
    disparities,
    gaps,
    representations,
)
from fitsense_assets.lib.slices.bias_plots import disparity_plot, presence_plot
from fitsense_assets.lib.slices.inline import picture
from fitsense_assets.lib.slices.marts import read_mart

VERSION = "1"
TABLE = "bias_report"
BODY = "bias.json"
REPORT = "report.html"
MOST_TOLD = 20
_CAUTION = (
    f"Shares come with 95 % Wilson intervals, differences to the rest with Newcombe's. Below "
    f"{MINIMUM_N} cases a slice is shown and not judged. Many slices are tested at once, so a "
    f"difference counts as proven only when Fisher's exact test holds at {LEVEL:.0%} after Holm's "
    "correction over the slices of its measure; one unproven difference in twenty is to be "
    "expected where there is none. A person asks several times, which makes all intervals a "
    "little too narrow."
)


@dataclass(frozen=True)
class Bias:
    """All that the report says, before it is put into words."""

    release: str
    present: tuple[Representation, ...]
    disparities: tuple[Disparity, ...]
    gaps: tuple[Gap, ...]

    @property
    def lagging(self) -> list[Disparity]:
        """Slices that are proven to be worse off, by more than a little."""
        return [each for each in self.disparities if each.is_lagging]

    @property
    def missing(self) -> list[Representation]:
        """Slices the student sees too little of."""
        return [each for each in self.present if each.presence is Presence.UNDER]


def assess_bias(lake: Lake, release: str) -> Bias:
    """Compare the slices of a release."""
    found = disparities(read_mart(lake, release, "slice_quality"))
    present = representations(read_mart(lake, release, "slice_counts"))
    return Bias(release, tuple(present), tuple(found), tuple(gaps(found)))


def write_bias_report(lake: Lake, bias: Bias, pictures: Mapping[str, bytes]) -> Manifest:
    """Write the report of a comparison, with its `bias_pictures`."""
    with lake.write(TABLE, bias.release) as draft:
        draft.write_text(BODY, json.dumps(bias_body(bias), indent=1, sort_keys=True))
        draft.write_text(REPORT, bias_page(bias, pictures))
        draft.count_rows = len(bias.disparities)
        draft.facts.update(
            code_version=VERSION, count_lagging=len(bias.lagging), count_missing=len(bias.missing)
        )
    return draft.sealed


def bias_body(bias: Bias) -> dict[str, Any]:
    """The report for programs."""
    return {
        "release": bias.release,
        "minimum_n": MINIMUM_N,
        "gap_max": GAP_MAX,
        "representation": [_rounded(asdict(each)) for each in bias.present],
        "disparities": [_rounded(asdict(each)) for each in bias.disparities],
        "gaps": [_rounded(asdict(each)) for each in bias.gaps],
    }


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: round(value, 9) if isinstance(value, float) else value
        for name, value in values.items()
    }


def bias_page(bias: Bias, pictures: Mapping[str, bytes]) -> str:
    """The report for people, pictures inside."""
    title = f"Bias of {bias.release}"
    parts = (
        f"<h1>{html.escape(title)}</h1>",
        f"<p>{_summary(bias)}</p><p class='quiet'>{_CAUTION}</p>",
        "<h2>Worst and best slice</h2>",
        table(
            ("measure", "dimension", "gap", "worst", "best"),
            [(*row[:3], ("", row[3]), ("", row[4])) for row in _gap_rows(bias.gaps)],
        ),
        "<h2>How each slice fares, against the rest</h2>",
        picture(pictures["disparities"], "Difference of each slice to the rest"),
        *(_measure_part(measure, bias.disparities) for measure in MEASURES),
        "<h2>Who is in the training rows</h2>",
        "<p>Population: queries weighted so that people count as often as they occur. Rare groups "
        "are drawn more often on purpose.</p>",
        picture(pictures["presence"], "Training share by population share"),
        _presence_table(bias.present),
    )
    return page(title, "".join(parts))


def _summary(bias: Bias) -> str:
    lagging = ", ".join(
        html.escape(f"{each.dimension}={each.slice_value} ({MEASURES[each.measure]})")
        for each in bias.lagging
    )
    missing = ", ".join(
        html.escape(f"{each.dimension}={each.slice_value}") for each in bias.missing
    )
    return (
        f"Proven to lie more than {GAP_MAX:.0%} below the rest: {lagging or 'none'}. "
        f"Less than {RATIO_LOW:.0%} of their part in the population: {missing or 'none'}."
    )


def gap_markdown(found: Sequence[Gap]) -> str:
    """The widest gaps, for Dagster's metadata."""
    return markdown.table(
        ("measure", "dimension", "gap", "worst", "best"), _gap_rows(found[:MOST_TOLD])
    )


def _gap_rows(found: Sequence[Gap]) -> list[tuple[str, ...]]:
    return [
        (
            MEASURES[gap.measure],
            gap.dimension,
            f"{gap.gap:.1%}",
            f"{gap.worst} ({gap.worst_share:.1%})",
            f"{gap.best} ({gap.best_share:.1%})",
        )
        for gap in found
    ]


def _measure_part(measure: str, found: Sequence[Disparity]) -> str:
    rows = [
        (
            f"{each.dimension}={each.slice_value}",
            f"{each.n}",
            f"{each.share:.1%} [{each.low:.1%}, {each.high:.1%}]",
            f"{each.rest_share:.1%}",
            f"{each.difference:+.1%} [{each.difference_low:+.1%}, {each.difference_high:+.1%}]",
            f"{each.p_value:.3f}",
            _standing(each),
        )
        for each in found
        if each.measure == measure
    ]
    head = ("slice", "n", "share", "the rest", "difference", "p", "standing")
    return f"<h3>{MEASURES[measure]}</h3>{table(head, rows)}"


def _standing(each: Disparity) -> tuple[str, str]:
    if not each.is_judged:
        return "quiet", "too few to judge"
    if not each.is_proven:
        return "", "no difference proven"
    if each.difference > 0:
        return "good", "better"
    return ("bad", "worse") if each.is_lagging else ("unsure", "a little worse")


def _presence_table(found: Sequence[Representation]) -> str:
    rows = [
        (
            f"{each.dimension}={each.slice_value}",
            f"{each.count_train}",
            f"{each.population_share:.1%}",
            f"{each.train_share:.1%} [{each.low:.1%}, {each.high:.1%}]",
            f"{each.ratio:.2f}",
            each.presence,
        )
        for each in found
    ]
    head = ("slice", "training rows", "population", "training", "ratio", "standing")
    return table(head, rows)


def bias_pictures(bias: Bias) -> dict[str, bytes]:
    """The pictures, for the page and for Dagster's metadata."""
    return {
        "disparities": png(disparity_plot(bias.disparities)),
        "presence": png(presence_plot(bias.present)),
    }
