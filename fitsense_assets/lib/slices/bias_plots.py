"""The pictures of the bias report: slices beside the rest, pairs of slices, and who is there."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from fitsense_assets.lib.slices.bias_policy import BiasPolicy
from fitsense_assets.lib.slices.disparities import Disparity, Standing
from fitsense_assets.lib.slices.measures import DIMENSIONS, MEASURES
from fitsense_assets.lib.slices.representation import Presence, Representation

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GREY, INK, RED, ORANGE, GREEN, BLUE = (
    "#b6bec7",
    "#59636e",
    "#a40e26",
    "#bc4c00",
    "#0a6640",
    "#0969da",
)
PLOTTED = ("accepted", "task_success", "finding_free", "plan_given")
PAIRED = ("accepted", "finding_free")
STANDING_COLORS = {
    Standing.INSUFFICIENT: GREY,
    Standing.EVEN: INK,
    Standing.HIGHER: GREEN,
    Standing.LOWER: ORANGE,
    Standing.LAGGING: RED,
}
_STANDING_LABELS = {
    Standing.HIGHER: "better",
    Standing.LOWER: "worse, within the margin",
    Standing.LAGGING: "worse, beyond the margin",
}
_PRESENCE_COLORS = {
    Presence.LOST: RED,
    Presence.UNDER: RED,
    Presence.OVER: BLUE,
    Presence.EVEN: GREEN,
    Presence.INSUFFICIENT: GREY,
}


def disparity_plot(found: Sequence[Disparity], policy: BiasPolicy) -> "Figure":
    """The difference of each slice to the rest, one panel a measure; insufficient ones are grey."""
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    singles = [each for each in found if not each.is_pair]
    names = list(dict.fromkeys((each.dimension, each.slice_value) for each in singles))
    names.sort(key=lambda name: (DIMENSIONS.index(name[0]), name[1]))
    sizes = {(e.dimension, e.slice_value): e.n for e in singles if e.measure == PLOTTED[0]}
    figure = Figure(figsize=(13, max(2.5, 1.6 + 0.2 * len(names))), layout="constrained")
    panels = figure.subplots(1, len(PLOTTED), sharey=True)
    for axes, measure in zip(panels, PLOTTED, strict=True):
        drawn = [each for each in singles if each.measure == measure]
        for each in drawn:
            _draw_difference(axes, each, names.index((each.dimension, each.slice_value)))
        margin = policy.measures[measure].warn
        _frame_panel(axes, drawn, margin)
        axes.set_title(MEASURES[measure].says, fontsize=9)
    panels[0].set_yticks(range(len(names)), [f"{d} = {v}  (n {sizes[d, v]:,})" for d, v in names])
    for label, name in zip(panels[0].get_yticklabels(), names, strict=True):
        label.set_color(GREY if sizes[name] < policy.minimum_n else "black")
    panels[0].set_ylim(len(names) - 0.4, -0.6)
    figure.supxlabel(
        "points better (right) or worse (left) than everybody else; a proven difference in the red "
        "band is beyond the margin",
        fontsize=9,
    )
    keys = [
        Line2D([], [], color=color, marker="o", markersize=4, label=_standing_label(standing))
        for standing, color in STANDING_COLORS.items()
    ]
    figure.legend(handles=keys, loc="outside upper center", ncols=len(keys), frameon=False)
    return figure


def _standing_label(standing: Standing) -> str:
    return _STANDING_LABELS.get(standing, standing.value)


def _draw_difference(axes: "Axes", each: Disparity, place: int) -> None:
    color = STANDING_COLORS[each.standing]
    ends = [each.difference_low * 100, each.difference_high * 100]
    axes.plot(ends, [place] * 2, color=color, linewidth=1.2)
    axes.plot(each.difference * 100, place, "o", color=color, markersize=3.8)


def _frame_panel(axes: "Axes", drawn: Sequence[Disparity], margin: float | None) -> None:
    """Zero, the margin, and as much room as the judged slices need: grey ones may be cut."""
    judged = [each for each in drawn if each.is_judged]
    reach = [abs(end) for each in judged for end in (each.difference_low, each.difference_high)]
    room = 100 * max([*reach, (margin or 0.03) * 1.1]) * 1.05
    axes.set_xlim(-room, room)
    axes.axvline(0, color="#1b1f24", linewidth=0.8)
    if margin is not None:
        axes.axvspan(-room, -100 * margin, color="#ffebe9", zorder=0)
    axes.grid(axis="y", color="#eaeef2", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=7, top=True, labeltop=True)


def pair_plot(found: Sequence[Disparity], policy: BiasPolicy) -> "Figure":
    """For each pair of dimensions, how far its worst pair of slices lies below everybody else."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(13, 5), layout="constrained")
    panels = figure.subplots(1, len(PAIRED), sharey=True)
    image = None
    for axes, measure in zip(panels, PAIRED, strict=True):
        rows = [e for e in found if e.is_pair and e.measure == measure and e.is_judged]
        grid, is_proven = _worst_pairs(rows)
        limit = 100 * (policy.measures[measure].warn or 0.05)
        image = axes.imshow(-grid * 100, vmin=0, vmax=limit, cmap="OrRd", aspect="auto")
        _write_cells(axes, grid * 100, is_proven, limit)
        axes.set_title(MEASURES[measure].says, fontsize=9)
        _name_grid(axes)
        bar = figure.colorbar(image, ax=axes, shrink=0.7)
        bar.set_label("points below everybody else; full red: the margin", fontsize=8)
    return figure


def _worst_pairs(rows: Sequence[Disparity]) -> tuple["np.ndarray", "np.ndarray"]:
    size = len(DIMENSIONS)
    grid, is_proven = np.full((size, size), np.nan), np.zeros((size, size), dtype=bool)
    for each in rows:
        place = DIMENSIONS.index(each.second_dimension), DIMENSIONS.index(each.dimension)
        if np.isnan(grid[place]) or each.difference < grid[place]:
            grid[place], is_proven[place] = each.difference, each.is_proven
    return grid, is_proven


def _write_cells(axes: "Axes", points: "np.ndarray", is_proven: "np.ndarray", limit: float) -> None:
    for (row, column), value in np.ndenumerate(points):
        if np.isnan(value):
            continue
        color = "white" if -value > 0.6 * limit else "#1b1f24"
        mark = "*" if is_proven[row, column] else ""
        weight = "bold" if mark else "normal"
        axes.text(
            column,
            row,
            f"{value:+.1f}{mark}",
            ha="center",
            va="center",
            color=color,
            fontsize=8,
            fontweight=weight,
        )


def _name_grid(axes: "Axes") -> None:
    axes.set_xticks(
        range(len(DIMENSIONS) - 1), DIMENSIONS[:-1], rotation=30, ha="right", fontsize=8
    )
    axes.set_yticks(range(1, len(DIMENSIONS)), DIMENSIONS[1:], fontsize=8)
    axes.set_xlim(-0.5, len(DIMENSIONS) - 1.5)
    axes.set_ylim(len(DIMENSIONS) - 0.5, 0.5)
    axes.spines[:].set_visible(False)


def presence_plot(found: Sequence[Representation], policy: BiasPolicy) -> "Figure":
    """Training share by population share of every slice, with intervals, on a ratio scale."""
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    shown = [e for e in found if not e.is_pair and e.population_share > 0 and e.count_train > 0]
    shown.sort(key=lambda each: (DIMENSIONS.index(each.dimension), each.slice_value))
    figure = Figure(figsize=(11, max(2.0, 1.0 + 0.18 * len(shown))), layout="constrained")
    axes = figure.subplots()
    for place, each in enumerate(shown):
        color = _PRESENCE_COLORS[each.presence]
        ends = [each.low / each.population_share, each.high / each.population_share]
        axes.plot(ends, [place] * 2, color=color)
        axes.plot(each.ratio, place, "o", color=color, markersize=3.8)
    axes.axvspan(policy.presence.low, policy.presence.high, color="#f0fbf3", zorder=0)
    axes.axvline(1, color="#1b1f24", linewidth=0.8)
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}x")
    names = [f"{e.dimension} = {e.slice_value}  (n {e.count_train:,})" for e in shown]
    axes.set_yticks(range(len(shown)), names)
    axes.tick_params(axis="y", labelsize=7)
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.set_xlabel("part of the training rows, as a multiple of the part of the population")
    axes.spines[["top", "right"]].set_visible(False)
    keys = [
        Line2D([], [], color=color, marker="o", markersize=4, label=presence.value)
        for presence, color in _PRESENCE_COLORS.items()
        if presence is not Presence.LOST
    ]
    figure.legend(handles=keys, loc="outside upper center", ncols=len(keys), frameon=False)
    return figure
