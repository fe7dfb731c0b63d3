"""`make bench`: every goal measured, one line each. `--only M1,M4` for some, `--json` for machines.

Figures of students need an installation with a trained one: run `make demo` before.
"""

import importlib
import json
import pkgutil
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

import tests.bench
from fitsense_training.domain.errors import BadInput, FitSenseError
from fitsense_training.settings import load_settings, make_quiet
from tests.bench.goal import Goal, Measured


def goals() -> dict[str, Goal]:
    """Every goal that a module of this folder measures, by id."""
    found: dict[str, Goal] = {}
    for entry in pkgutil.iter_modules(tests.bench.__path__):
        module = (
            importlib.import_module(f"tests.bench.{entry.name}")
            if entry.name != "__main__"
            else None
        )
        goal = getattr(module, "GOAL", None)
        if isinstance(goal, Goal):
            found[goal.id] = goal
    return dict(sorted(found.items()))


def main(
    only: Annotated[str, typer.Option(help="Goal ids with commas.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a table.")] = False,
) -> None:
    """Measure the goals."""
    settings = load_settings()
    make_quiet(settings)
    known = goals()
    wanted = [name.strip() for name in only.split(",") if name.strip()] or list(known)
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        raise BadInput(f"there is no benchmark {unknown[0]} (there are: {', '.join(known)})")
    results = [(known[name], known[name].measure(settings)) for name in wanted]
    _print_json(results) if as_json else _print_table(results)


def _print_json(results: list[tuple[Goal, Measured]]) -> None:
    body = [
        {
            "id": goal.id,
            "goal": goal.target,
            "measured": measured.text,
            "holds": measured.holds,
            **measured.figures,
        }
        for goal, measured in results
    ]
    typer.echo(json.dumps(body, indent=1, sort_keys=True))


def _print_table(results: list[tuple[Goal, Measured]]) -> None:
    table = Table(show_edge=False)
    for head in ("id", "measured", "goal", ""):
        table.add_column(head)
    for goal, measured in results:
        verdict = "[green]holds[/]" if measured.holds else "[red]falls short[/]"
        table.add_row(goal.id, measured.text, goal.target, verdict)
    Console(highlight=False).print(table)


if __name__ == "__main__":
    try:
        typer.run(main)
    except FitSenseError as error:
        raise SystemExit(f"bench: {error}") from error
