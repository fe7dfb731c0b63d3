"""The pictures of the bias report: how slices fare against the rest, and who is there at all."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fitsense_assets.lib.slices.bias import (
    GAP_MAX,
    MEASURES,
    RATIO_HIGH,
    RATIO_LOW,
    Disparity,
    Presence,
    Representation,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PRESENCE_COLORS = {
    Presence.UNDER: "#a40e26",
    Presence.OVER: "#0969da",
    Presence.EVEN: "#0a6640",
    Presence.TOO_FEW: "#9aa4af",
}


def disparity_plot(found: Sequence[Disparity]) -> "Figure":
    """The difference of each judged slice to the rest, one panel a measure."""
    from matplotlib.figure import Figure

    names = sorted({(d.dimension, d.slice_value, d.n) for d in found if d.is_judged})
    figure = Figure(figsize=(10, max(2.0, 1.0 + 0.19 * len(names))), layout="constrained")
    panels = figure.subplots(1, len(MEASURES), sharex=True, sharey=True)
    for axes, (measure, says) in zip(panels, MEASURES.items(), strict=True):
        for each in found:
            if each.measure != measure or not each.is_judged:
                continue
            place = names.index((each.dimension, each.slice_value, each.n))
            color = _disparity_color(each)
            axes.plot([each.difference_low, each.difference_high], [place] * 2, color=color)
            axes.plot(each.difference, place, "o", color=color, markersize=3.5)
        axes.axvline(0, color="#1b1f24", linewidth=0.8)
        axes.axvline(-GAP_MAX, color="#a40e26", linewidth=0.8, linestyle=":")
        axes.set_title(says, fontsize=9)
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=7)
    panels[0].set_yticks(range(len(names)), [f"{d} = {v} ({n})" for d, v, n in names])
    panels[0].invert_yaxis()
    panels[0].margins(y=0.01)
    figure.supxlabel("difference of shares, slice less rest (dotted: the margin)", fontsize=9)
    return figure


def _disparity_color(each: Disparity) -> str:
    if not each.is_proven:
        return "#59636e"
    if each.difference > 0:
        return "#0a6640"
    return "#a40e26" if each.is_lagging else "#bc4c00"


def presence_plot(found: Sequence[Representation]) -> "Figure":
    """Training share by population share, with intervals, on a ratio scale."""
    from matplotlib.figure import Figure

    shown = [each for each in found if each.population_share > 0 and each.count_train > 0]
    figure = Figure(figsize=(9, max(2.0, 0.8 + 0.17 * len(shown))), layout="constrained")
    axes = figure.subplots()
    for place, each in enumerate(shown):
        color = _PRESENCE_COLORS[each.presence]
        ends = [each.low / each.population_share, each.high / each.population_share]
        axes.plot(ends, [place] * 2, color=color)
        axes.plot(each.ratio, place, "o", color=color, markersize=3.5)
    for ratio in (RATIO_LOW, 1.0, RATIO_HIGH):
        axes.axvline(ratio, color="#1b1f24", linewidth=0.8, linestyle="-" if ratio == 1 else ":")
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_yticks(
        range(len(shown)), [f"{e.dimension} = {e.slice_value} ({e.count_train})" for e in shown]
    )
    axes.tick_params(axis="y", labelsize=7)
    axes.invert_yaxis()
    axes.margins(y=0.01)
    axes.set_xlabel("training share by population share (grey: too few to judge)")
    axes.spines[["top", "right"]].set_visible(False)
    return figure
