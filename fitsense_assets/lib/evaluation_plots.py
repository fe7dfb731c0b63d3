"""The pictures of an evaluation; the same figures give the same bytes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fitsense_training.scorecard import MEASURES, Card

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SMALL_SLICE = 100
PLOTTED_SLICE = 10
NAMES = {
    "teacher": "teacher",
    "free": "student, free",
    "constrained": "student, under its grammar",
    "guarded": "guarded system",
}
SAYS = {
    "schema": "is a plan",
    "block_free": "no BLOCK finding",
    "all_pass": "no finding at all",
    "task_success": "does what was asked",
}
_COLORS = {"teacher": "#59636e", "free": "#bc4c00", "constrained": "#8250df", "guarded": "#0a6640"}


@dataclass(frozen=True)
class Point:
    """One student on the chart of quality against time: its name, CPU milliseconds, shares."""

    name: str
    latency_ms: float
    guarded: Card
    free: Card
    is_subject: bool = False


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
            label=NAMES[system],
        )
    middles = [place + 0.4 - width / 2 for place in range(len(MEASURES))]
    axes.set_xticks(middles, [SAYS[short] for short in MEASURES.values()])
    axes.set_ylim(0, 1.02)
    axes.set_ylabel("share of requests")
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside upper center", ncols=len(systems), frameon=False)
    return figure


def slice_plot(card: Card) -> "Figure":
    """Guarded share with no finding per slice beside the free one, and the overall as a line."""
    from matplotlib.figure import Figure

    found = [
        entry for entry in slices_of(card) if entry[2]["guarded"]["schema"]["n"] >= PLOTTED_SLICE
    ]
    figure = Figure(figsize=(9, max(1.5, 0.6 + 0.24 * len(found))), layout="constrained")
    axes = figure.subplots()
    _lane(axes, [shares["free"]["all_pass"] for _, _, shares in found], "free", 0.1)
    _lane(axes, [shares["guarded"]["all_pass"] for _, _, shares in found], "guarded", -0.1)
    sizes = [s["guarded"]["schema"]["n"] for _, _, s in found]
    labels = [f"{d} = {v} ({n})" for (d, v, _), n in zip(found, sizes, strict=True)]
    axes.set_yticks(range(len(found)), labels)
    for label, n in zip(axes.get_yticklabels(), sizes, strict=True):
        label.set_color("#1b1f24" if n >= SMALL_SLICE else "#9aa4af")
    axes.tick_params(axis="y", labelsize=7)
    axes.invert_yaxis()
    axes.margins(y=0.01)
    for system in ("free", "guarded"):
        overall = card["overall"][system]["all_pass"]["share"]
        axes.axvline(overall, color=_COLORS[system], linewidth=0.8, linestyle=":")
    axes.set_xlim(0, 1.02)
    axes.set_xlabel("answers with no finding (grey names: too few to judge; dotted: overall)")
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside upper center", ncols=2, frameon=False)
    return figure


def _lane(axes: "Axes", entries: list[Card], system: str, offset: float) -> None:
    """One system's share and interval in each row."""
    shares, errors = _bars(entries)
    places = [row + offset for row in range(len(entries))]
    axes.errorbar(
        shares,
        places,
        xerr=errors,
        fmt="o",
        markersize=3.5,
        linewidth=1,
        color=_COLORS[system],
        label=NAMES[system],
    )


def trade_off_plot(points: Sequence[Point]) -> "Figure":
    """Quality against time: every student twice, free and guarded, joined by a line."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 3.8), layout="constrained")
    axes = figure.subplots()
    for point in points:
        shares = (point.free["all_pass"]["share"], point.guarded["all_pass"]["share"])
        x = point.latency_ms
        axes.plot([x, x], shares, color="#d0d7de", linewidth=1, zorder=1)
        for system, entry in (("free", point.free), ("guarded", point.guarded)):
            share, errors = _bars([entry["all_pass"]])
            size = 9 if point.is_subject else 6
            axes.errorbar(
                [x], share, yerr=errors, fmt="o", markersize=size, capsize=2, color=_COLORS[system]
            )
        axes.annotate(
            point.name, (x, max(shares)), xytext=(8, -3), textcoords="offset points", fontsize=8
        )
    for system in ("free", "guarded"):
        axes.plot([], [], "o", color=_COLORS[system], label=NAMES[system])
    slowest = max((point.latency_ms for point in points), default=1.0)
    axes.set_xlim(0, slowest * 1.45)
    axes.set_ylim(0, 1.05)
    axes.set_xlabel("median CPU milliseconds of a reply under the grammar, one after the other")
    axes.set_ylabel("answers with no finding")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="lower right")
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


def _bars(entries: list[Card]) -> tuple[list[float], list[list[float]]]:
    shares = [entry["share"] for entry in entries]
    below = [max(0.0, entry["share"] - entry["low"]) for entry in entries]
    above = [max(0.0, entry["high"] - entry["share"]) for entry in entries]
    return shares, [below, above]


def slices_of(card: Card) -> Iterator[tuple[str, str, Card]]:
    """Every slice value with its shares."""
    for dimension, values in card["slices"].items():
        for value, shares in values.items():
            yield dimension, value, shares
