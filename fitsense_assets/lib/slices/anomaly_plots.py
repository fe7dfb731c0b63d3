"""The pictures of the anomaly report: what is odd, what has shifted, where rows are thin."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from fitsense_assets.lib.slices.anomalies import shift_level
from fitsense_assets.lib.slices.drift import Shift
from fitsense_assets.lib.slices.policy import AnomalyPolicy, Level

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_SHIFTS = 30
KINDS = {
    "missing": ("#59636e", "o"),
    "range": ("#a40e26", "X"),
    "outlier_z": ("#8250df", "^"),
    "outlier_iqr": ("#bc4c00", "v"),
    "duplicate": ("#0969da", "s"),
}
_LEVEL_COLORS = {Level.BLOCK: "#a40e26", Level.WARN: "#bc4c00", None: "#9aa4af"}


def anomaly_plot(anomalies: pl.DataFrame) -> "Figure":
    """The share of odd rows per column and kind, over everybody."""
    from matplotlib.figure import Figure

    whole = anomalies.filter(pl.col("dimension") == "all").sort("table_name", "column_name")
    whole = whole.with_columns(place=pl.concat_str("table_name", pl.lit("."), "column_name"))
    places = whole["place"].unique(maintain_order=True).to_list()
    figure = Figure(figsize=(9, 0.9 + 0.2 * len(places)), layout="constrained")
    axes = figure.subplots()
    for kind, (color, marker) in KINDS.items():
        rows = whole.filter((pl.col("kind") == kind) & (pl.col("count_anomalies") > 0))
        heights = [places.index(place) for place in rows["place"]]
        axes.scatter(rows["anomaly_share"], heights, color=color, marker=marker, s=28, label=kind)
    _name_rows(axes, places)
    axes.set_xlim(0, max(0.05, *whole["anomaly_share"]) * 1.05)
    axes.grid(axis="y", color="#eaeef2")
    axes.set_axisbelow(True)
    axes.set_xlabel("share of rows (columns without a mark have none)")
    figure.legend(loc="outside upper center", ncols=len(KINDS), frameon=False)
    return figure


def shift_plot(policy: AnomalyPolicy, shifts: Sequence[Shift]) -> "Figure":
    """The stability index of the variables that moved most, with what chance alone gives."""
    from matplotlib.figure import Figure

    shown = sorted(shifts, key=lambda s: (-s.psi, s.population, s.variable))[:MOST_SHIFTS]
    figure = Figure(figsize=(9, 1.2 + 0.2 * len(shown)), layout="constrained")
    axes = figure.subplots()
    colors = [_LEVEL_COLORS[shift_level(policy, shift)] for shift in shown]
    axes.barh(range(len(shown)), [shift.psi for shift in shown], color=colors, height=0.7)
    axes.scatter(
        [shift.psi_baseline for shift in shown],
        range(len(shown)),
        marker="|",
        s=90,
        color="#1b1f24",
        label="95 % of chance deals stay below",
        zorder=3,
    )
    for limit in (policy.shift.psi_warn, policy.shift.psi_block):
        axes.axvline(limit, color="#1b1f24", linewidth=0.8, linestyle=":")
    _name_rows(axes, [f"{shift.population}: {shift.variable}" for shift in shown])
    axes.set_xlabel("population stability index (dotted: WARN, BLOCK)")
    figure.legend(loc="outside upper right", frameon=False)
    return figure


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
    axes.set_xticks(range(len(names)), names, rotation=30, ha="right", fontsize=8)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.spines[:].set_visible(False)
    figure.colorbar(image, label="pairs with enough training rows, of those asked about")
    return figure


def _name_rows(axes: "Axes", names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", labelsize=7)
    axes.invert_yaxis()
    axes.margins(y=0.01)
    axes.spines[["top", "right"]].set_visible(False)
