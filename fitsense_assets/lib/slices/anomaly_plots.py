"""The pictures of the anomaly report: what is odd, what has shifted, where rows are thin."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from fitsense_assets.lib.slices.anomalies import shift_level, slice_shift_levels
from fitsense_assets.lib.slices.drift import Shift
from fitsense_assets.lib.slices.policy import AnomalyPolicy, Level

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_SHIFTS = 30
KINDS = {
    "missing": ("o", "missing values"),
    "range": ("X", "impossible values"),
    "outlier_z": ("^", "far from the median"),
    "outlier_iqr": ("v", "far outside the quartiles"),
    "duplicate": ("s", "there twice"),
}
_LEVEL_COLORS = {Level.BLOCK: "#a40e26", Level.WARN: "#bc4c00", None: "#8c959f"}
_LEVEL_LABELS = {Level.BLOCK: "stops", Level.WARN: "warns", None: "within what is tolerated"}


def anomaly_plot(policy: AnomalyPolicy, anomalies: pl.DataFrame) -> "Figure":
    """The share of odd rows per column and kind over everybody, colored by the policy's verdict."""
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    whole = anomalies.filter(pl.col("dimension") == "all").sort("table_name", "column_name")
    whole = whole.with_columns(place=pl.concat_str("table_name", pl.lit("."), "column_name"))
    places = whole["place"].unique(maintain_order=True).to_list()
    figure = Figure(figsize=(11, 1.3 + 0.2 * len(places)), layout="constrained")
    axes = figure.subplots()
    for row in whole.filter(pl.col("count_anomalies") > 0).iter_rows(named=True):
        tolerance = policy.tolerance(row["kind"], row["table_name"], row["column_name"])
        level = tolerance.level(row["anomaly_share"]) if tolerance else None
        marker, _ = KINDS[row["kind"]]
        axes.plot(
            100 * row["anomaly_share"],
            places.index(row["place"]),
            marker,
            color=_LEVEL_COLORS[level],
            markersize=6,
            zorder=3 if level else 2,
        )
    _name_rows(axes, places)
    axes.set_xlim(0, 100 * max(0.05, *whole["anomaly_share"]) * 1.05)
    axes.grid(axis="y", color="#eaeef2")
    axes.set_axisbelow(True)
    axes.set_xlabel("% of the rows; a column without a mark has none")
    keys = [
        Line2D([], [], color="#1b1f24", marker=marker, linestyle="", label=says)
        for marker, says in KINDS.values()
    ]
    keys += [
        Line2D([], [], color=color, linewidth=5, label=_LEVEL_LABELS[level])
        for level, color in _LEVEL_COLORS.items()
    ]
    figure.legend(handles=keys, loc="outside upper center", ncols=4, frameon=False, fontsize=9)
    return figure


def shift_plot(policy: AnomalyPolicy, shifts: Sequence[Shift]) -> "Figure":
    """What moved most beyond chance, with what chance alone gives and the policy's verdict."""
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    levels = [(shift, shift_level(policy, shift)) for shift in shifts if shift.slice_name == "all"]
    levels += [each for each in slice_shift_levels(policy, shifts) if each[1] is not None]
    levels.sort(key=lambda each: (each[0].psi_chance - each[0].psi, _shift_name(each[0])))
    shown = levels[:MOST_SHIFTS]
    figure = Figure(figsize=(11, 1.3 + 0.2 * len(shown)), layout="constrained")
    axes = figure.subplots()
    colors = [_LEVEL_COLORS[level] for _, level in shown]
    axes.barh(range(len(shown)), [shift.psi for shift, _ in shown], color=colors, height=0.7)
    chance = axes.scatter(
        [shift.psi_baseline for shift, _ in shown],
        range(len(shown)),
        marker="|",
        s=90,
        color="#1b1f24",
        label="chance gives: 95 % of random deals stay below",
        zorder=3,
    )
    for limit, word in ((policy.shift.psi_warn, "warns"), (policy.shift.psi_block, "stops")):
        axes.axvline(limit, color="#1b1f24", linewidth=0.8, linestyle=":")
        axes.annotate(
            word,
            (limit, 1),
            xycoords=("data", "axes fraction"),
            ha="center",
            va="bottom",
            fontsize=8,
        )
    _name_rows(axes, [_shift_name(shift) for shift, _ in shown])
    axes.set_xlim(left=0)
    axes.set_xlabel("population stability index (PSI)")
    keys = [
        Patch(color=color, label=_LEVEL_LABELS[level]) for level, color in _LEVEL_COLORS.items()
    ]
    figure.legend(handles=[chance, *keys], loc="outside upper center", ncols=4, frameon=False)
    return figure


def _shift_name(shift: Shift) -> str:
    inside = "" if shift.slice_name == "all" else f" within {shift.slice_name}"
    return f"{shift.population}: {shift.variable}{inside}"


def coverage_plot(coverage: pl.DataFrame) -> "Figure":
    """For each pair of dimensions the share of their meeting values with enough to learn from."""
    from matplotlib.figure import Figure

    shares = (
        coverage.filter(pl.col("status") != "absent")
        .group_by("dimension", "second_dimension")
        .agg((pl.col("status") == "enough").mean().alias("share"))
        .sort("dimension", "second_dimension")
    )
    names = sorted({*shares["dimension"], *shares["second_dimension"]})
    grid = np.full((len(names), len(names)), np.nan)
    for first, second, share in shares.iter_rows():
        place = sorted((names.index(first), names.index(second)), reverse=True)
        grid[place[0], place[1]] = share
    figure = Figure(figsize=(7.5, 5), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(grid, vmin=0, vmax=1, cmap="YlGn", aspect="auto")
    for (row, column), share in np.ndenumerate(grid):
        if not np.isnan(share):
            color = "white" if share > 0.6 else "black"
            axes.text(
                column, row, f"{share:.0%}", ha="center", va="center", color=color, fontsize=8
            )
    first, second = names[:-1], names[1:]
    axes.set_xticks(range(len(first)), first, rotation=30, ha="right", fontsize=8)
    axes.set_yticks(range(1, len(names)), second, fontsize=8)
    axes.set_xlim(-0.5, len(names) - 1.5)
    axes.set_ylim(len(names) - 0.5, 0.5)
    axes.spines[:].set_visible(False)
    figure.colorbar(image, label="pairs with enough training rows, of those asked about")
    return figure


def _name_rows(axes: "Axes", names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", labelsize=7)
    axes.invert_yaxis()
    axes.margins(y=0.01)
    axes.spines[["top", "right"]].set_visible(False)
