"""The evaluation of a student as a page and plots: raw model and guarded system side by side."""

import base64
import html
import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from fitsense_assets.lib.page import page, table
from fitsense_training.scorecard import MEASURES, Card

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SMALL_SLICE = 100
PLOTTED_SLICE = 10
_NAMES = {
    "teacher": "teacher",
    "free": "student, free",
    "constrained": "student, under its grammar",
    "guarded": "guarded system",
}
_COLORS = {"teacher": "#59636e", "free": "#bc4c00", "constrained": "#8250df", "guarded": "#0a6640"}
_SAYS = {
    "schema": "is a plan",
    "block_free": "no BLOCK finding",
    "all_pass": "no finding at all",
    "task_success": "does what was asked",
}


def evaluation_page(
    release: str, card: Card, gallery: list[dict[str, Any]], speed: dict[str, float]
) -> str:
    """The whole report, pictures inside, as one page."""
    small = f"Slices of fewer than {SMALL_SLICE} cases are too small to judge."
    parts = (
        f"<h1>Student of {html.escape(release)}</h1>",
        f"<p>{card['count_cases']} held-out requests; shares with 95 % Wilson intervals.</p>",
        picture(overall_plot(card), "Shares of every system on every measure"),
        overall_table(card),
        "<h2>How guarded answers came about</h2>",
        table(("path", "count", "share"), _path_rows(card)),
        "<h2>Slices</h2>",
        f"<p>{small}</p>",
        picture(slice_plot(card), "Guarded answers with no finding, per slice"),
        slice_table(card),
        "<h2>Safe with the teacher, unsafe with the student</h2>",
        table(("system", "lost", "of", "share"), _delta_rows(card)),
        "<h2>Rules broken</h2>",
        table(("rule", *card["rules_broken"]), _rule_rows(card)),
        "<h2>Speed</h2>",
        table(
            ("figure", "value"), [(name, f"{value:.1f}") for name, value in sorted(speed.items())]
        ),
        f"<h2>The {len(gallery)} worst</h2>",
        *_gallery(gallery),
    )
    return page(f"Evaluation of {release}", "".join(parts))


def overall_table(card: Card) -> str:
    """Systems by measures, each share with its interval and n."""
    head = ("system", *(_SAYS[short] for short in MEASURES.values()), "n")
    rows = [
        (
            _NAMES[system],
            *(_interval(measures[short]) for short in MEASURES.values()),
            str(measures["schema"]["n"]),
        )
        for system, measures in card["overall"].items()
    ]
    return table(head, rows)


def overall_markdown(card: Card) -> str:
    """The same table for Dagster's metadata."""
    lines = ["| system | " + " | ".join(_SAYS[s] for s in MEASURES.values()) + " | n |"]
    lines.append("|---|" + "---|" * (len(MEASURES) + 1))
    for system, measures in card["overall"].items():
        cells = " | ".join(_interval(measures[short]) for short in MEASURES.values())
        lines.append(f"| {_NAMES[system]} | {cells} | {measures['schema']['n']} |")
    return "\n".join(lines)


def slice_table(card: Card) -> str:
    """Every slice: guarded and free figures."""
    rows = [
        (
            f"{dimension} = {value}",
            str(shares["guarded"]["schema"]["n"]),
            _interval(shares["guarded"]["block_free"]),
            _interval(shares["guarded"]["all_pass"]),
            _interval(shares["guarded"]["task_success"]),
            _interval(shares["free"]["block_free"]),
        )
        for dimension, value, shares in _slices(card)
    ]
    head = (
        "slice",
        "n",
        "guarded: no BLOCK",
        "guarded: no finding",
        "guarded: task",
        "free: no BLOCK",
    )
    return table(head, rows)


def overall_plot(card: Card) -> "Figure":
    """Grouped bars with intervals: measures by systems."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    axes = figure.subplots()
    systems = list(card["overall"])
    width = 0.8 / len(systems)
    for index, system in enumerate(systems):
        entries = [card["overall"][system][short] for short in MEASURES.values()]
        places = [place + index * width for place in range(len(entries))]
        shares, errors = _bars(entries)
        axes.bar(
            places,
            shares,
            width,
            yerr=errors,
            capsize=2,
            color=_COLORS[system],
            label=_NAMES[system],
        )
    middles = [place + 0.4 - width / 2 for place in range(len(MEASURES))]
    axes.set_xticks(middles, [_SAYS[short] for short in MEASURES.values()])
    axes.set_ylim(0, 1.02)
    axes.set_ylabel("share of requests")
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside upper center", ncols=len(systems), frameon=False)
    return figure


def slice_plot(card: Card) -> "Figure":
    """Guarded share with no finding per slice, with the overall share as a line."""
    from matplotlib.figure import Figure

    found = [
        entry for entry in _slices(card) if entry[2]["guarded"]["schema"]["n"] >= PLOTTED_SLICE
    ]
    figure = Figure(figsize=(9, max(1.5, 0.5 + 0.22 * len(found))), layout="constrained")
    axes = figure.subplots()
    entries = [shares["guarded"]["all_pass"] for _, _, shares in found]
    shares, errors = _bars(entries)
    colors = ["#0a6640" if entry["n"] >= SMALL_SLICE else "#9aa4af" for entry in entries]
    axes.barh(range(len(found)), shares, xerr=errors, capsize=2, color=colors, height=0.7)
    axes.set_yticks(
        range(len(found)), [f"{d} = {v} ({s['guarded']['schema']['n']})" for d, v, s in found]
    )
    axes.tick_params(axis="y", labelsize=7)
    axes.invert_yaxis()
    axes.margins(y=0.01)
    axes.axvline(card["overall"]["guarded"]["all_pass"]["share"], color="#1b1f24", linewidth=1)
    axes.set_xlim(0, 1.02)
    axes.set_xlabel("guarded answers with no finding (grey: too few to judge; line: overall)")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def curve_plot(curves: dict[str, Sequence[tuple[int, float]]]) -> "Figure":
    """Loss over steps, one line a curve."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 3.2), layout="constrained")
    axes = figure.subplots()
    for name, points in sorted(curves.items()):
        axes.plot([step for step, _ in points], [value for _, value in points], label=name)
    axes.set_xlabel("step")
    axes.set_ylabel("loss (nats a token)")
    axes.set_yscale("log")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


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


def _bars(entries: list[Card]) -> tuple[list[float], list[list[float]]]:
    shares = [entry["share"] for entry in entries]
    below = [max(0.0, entry["share"] - entry["low"]) for entry in entries]
    above = [max(0.0, entry["high"] - entry["share"]) for entry in entries]
    return shares, [below, above]


def _slices(card: Card) -> Iterator[tuple[str, str, Card]]:
    for dimension, values in card["slices"].items():
        for value, shares in values.items():
            yield dimension, value, shares


def _interval(entry: Card) -> str:
    return f"{entry['share']:.1%} [{entry['low']:.1%}, {entry['high']:.1%}]"


def _path_rows(card: Card) -> list[tuple[str, ...]]:
    return [
        (path, str(entry["count"]), f"{entry['share']:.1%}")
        for path, entry in card["guard_paths"].items()
    ]


def _delta_rows(card: Card) -> list[tuple[str, ...]]:
    return [
        (_NAMES[system], str(entry["count"]), str(entry["n"]), _interval(entry))
        for system, entry in card["safety_deltas"].items()
    ]


def _rule_rows(card: Card) -> list[tuple[str, ...]]:
    found = card["rules_broken"]
    rules = sorted({rule for counts in found.values() for rule in counts})
    return [(rule, *(str(found[system].get(rule, 0)) for system in found)) for rule in rules]


def _gallery(gallery: list[dict[str, Any]]) -> Iterator[str]:
    for entry in gallery:
        slices = ", ".join(entry["slices"].values())
        yield f"<h3>{html.escape(entry['query_id'])}</h3><p>{html.escape(slices)}</p>"
        for system, name in _NAMES.items():
            if system in entry:
                told = entry[system]
                rules = ", ".join(sorted(set(told["rules"]))) or "no finding"
                task = "task done" if told["is_task_success"] else "task missed"
                path = f", by {told['path']}" if told["path"] else ""
                yield f"<p><b>{name}</b>: {html.escape(rules)}; {task}{path}</p>"
                yield f"<pre>{html.escape(told['reply'])}</pre>"
