"""The evaluation of a student as one page: raw model and guarded system side by side."""

import base64
import html
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fitsense_assets.lib.evaluation_gallery import gallery_html
from fitsense_assets.lib.evaluation_plots import (
    SMALL_SLICE,
    Point,
    overall_plot,
    slice_plot,
    trade_off_plot,
)
from fitsense_assets.lib.evaluation_tables import (
    agreement_table,
    consistency_table,
    delta_table,
    diversity_table,
    exact_table,
    kind_table,
    overall_table,
    pair_table,
    path_table,
    point_table,
    rule_table,
    slice_table,
    speed_table,
    tiles,
)
from fitsense_assets.lib.page import page
from fitsense_training.scorecard import Card

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Report:
    """Everything a page tells; `asked` says which prompts, `about` how they came about."""

    title: str
    asked: str
    card: Card
    speed: dict[str, float]
    about: str = ""
    gallery: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    pairs: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    points: list[Point] = field(default_factory=list[Point])


def evaluation_page(report: Report) -> str:
    """The whole report, pictures inside, as one page."""
    card = report.card
    parts = [
        f"<h1>{html.escape(report.title)}</h1>",
        f'<p class="quiet">{card["count_cases"]} {html.escape(report.asked)}. Shares have 95 % '
        "Wilson intervals, means bootstrap intervals over people. "
        f"{html.escape(report.about)}</p>",
        _tiles(card),
        picture(overall_plot(card), "Shares of every system on every measure"),
        overall_table(card),
        exact_table(card),
        "<h2>What is special about the prompts</h2>" + kind_table(card),
        "<h2>How guarded answers came about</h2>" + path_table(card),
        *_slice_parts(report),
        "<h2>Safe with the teacher, unsafe with the student</h2>" + delta_table(card),
        "<h2>Beside the teacher</h2>",
        "<p>A student may be right and differ from its teacher: shown, never judged.</p>",
        agreement_table(card),
        "<h2>Diversity of new plans</h2>" + diversity_table(card),
        *_consistency_parts(card),
        *_speed_parts(report),
        "<h2>Rules broken</h2>" + rule_table(card),
        f"<h2>The {len(report.gallery)} worst</h2>",
        "<p>Lines that the teacher does not have are set off.</p>" if report.gallery else "",
        gallery_html(report.gallery),
    ]
    return page(report.title, "".join(parts))


def _tiles(card: Card) -> str:
    cells = "".join(
        f'<div class="tile"><span class="figure">{guarded}</span><b>{html.escape(what)}</b>'
        f'<span class="quiet">guarded; the raw model {free}</span></div>'
        for what, guarded, free in tiles(card)
    )
    return f'<div class="tiles">{cells}</div>'


def _slice_parts(report: Report) -> list[str]:
    parts = [
        "<h2>Slices</h2>",
        f"<p>Slices of fewer than {SMALL_SLICE} cases are grey: too small to judge.</p>",
        picture(slice_plot(report.card), "Answers with no finding, per slice"),
        f"<details><summary>in figures</summary>{slice_table(report.card)}</details>",
    ]
    if report.pairs:
        parts.append("<h3>The lowest pairs of slices</h3>" + pair_table(report.pairs))
    return parts


def _consistency_parts(card: Card) -> list[str]:
    found = card.get("consistency")
    if not found:
        return []
    return [
        "<h2>Repeated sampling</h2>",
        f"<p>{found['count']} requests, {found['samples']} samples each at temperature "
        f"{found['temperature']:g}.</p>",
        consistency_table(card),
    ]


def _speed_parts(report: Report) -> list[str]:
    parts = ["<h2>Speed and memory</h2>"]
    if report.points:
        parts += [
            picture(trade_off_plot(report.points), "Quality against time, per student"),
            point_table(report.points),
        ]
    return [*parts, speed_table(report.speed)]


def png(figure: "Figure") -> bytes:
    """The picture; the same figure gives the same bytes."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
    return buffer.getvalue()


def picture_markdown(figure: "Figure", title: str) -> str:
    """The picture inside markdown, for Dagster's metadata."""
    return f"![{title}](data:image/png;base64,{base64.b64encode(png(figure)).decode()})"


def picture(figure: "Figure", title: str) -> str:
    """The picture inside a page."""
    body = base64.b64encode(png(figure)).decode()
    return f'<p><img alt="{html.escape(title)}" src="data:image/png;base64,{body}"></p>'
