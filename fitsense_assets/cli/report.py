"""`fitsense report`: the figures of a release as tables, or as JSON."""

import json

import typer
from rich.console import Console
from rich.table import Table

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release_report import Figures, newest_release, release_figures
from fitsense_training.scorecard import MEASURES, SYSTEMS
from fitsense_training.settings import Settings

PLAIN = ("n_asked", "teacher_accept_rate", "n_train", "n_val", "n_test", "latency_ms_p50")


def print_report(settings: Settings, release: str | None, *, as_json: bool) -> None:
    """Print what is known of a release; UnknownName when there is no such release."""
    lake = Lake(settings.lake_root)
    figures = release_figures(lake, release or newest_release(lake))
    if as_json:
        typer.echo(json.dumps(figures, indent=1, sort_keys=True))
        return
    console = Console(highlight=False)
    console.print(f"[bold]{figures['release']}[/] of {', '.join(figures['cohorts'])}")
    console.print(_plain(figures))
    if "count_cases" in figures:
        console.print(f"\n[bold]{figures['count_cases']:.0f} held-out requests[/], shares in %")
        console.print(_systems(figures))
        console.print("\n[bold]slices[/], guarded answers, shares in %")
        console.print(_slices(figures))
    if "decision" in figures:
        decision = figures["decision"]
        console.print(f"\n[bold]decision[/] {decision['outcome']}")


def _plain(figures: Figures) -> Table:
    table = Table(show_header=False, show_edge=False)
    for name in PLAIN:
        if name in figures:
            value = figures[name]
            table.add_row(name, f"{value:.4g}" if isinstance(value, float) else str(value))
    for name, value in figures.get("student", {}).items():
        table.add_row(name, f"{value:.4g}" if isinstance(value, float) else str(value))
    return table


def _systems(figures: Figures) -> Table:
    table = Table(show_edge=False)
    table.add_column("system")
    for measure in MEASURES.values():
        table.add_column(measure, justify="right")
    for system in SYSTEMS:
        cells = [figures[f"{system}.{measure}"] for measure in MEASURES.values()]
        table.add_row(system, *(f"{cell:.1%}" for cell in cells))
    return table


def _slices(figures: Figures) -> Table:
    table = Table(show_edge=False)
    table.add_column("slice")
    for measure in MEASURES.values():
        table.add_column(measure, justify="right")
    places = sorted(
        {
            name.removesuffix(".guarded.all_pass")
            for name in figures
            if name.startswith("slices.") and name.endswith(".guarded.all_pass")
        }
    )
    for place in places:
        cells = [figures[f"{place}.guarded.{measure}"] for measure in MEASURES.values()]
        table.add_row(place.removeprefix("slices."), *(f"{cell:.1%}" for cell in cells))
    return table
