"""`fitsense sweep`: which values of a recipe do best on held-out answers of a release."""

from typing import TYPE_CHECKING, Annotated

import typer

from fitsense_training.settings import load_settings

if TYPE_CHECKING:
    from rich.table import Table

    from fitsense_assets.lib.student.sweep import Trial

sweep_app = typer.Typer()


@sweep_app.command()
def sweep(
    recipe: Annotated[str, typer.Option(help="A recipe's name, or a path.")] = "scratch_tiny",
    trials: Annotated[int, typer.Option(min=1, help="How many, those done before included.")] = 8,
    release: Annotated[str | None, typer.Option(help="The newest if left out.")] = None,
    conversations: Annotated[
        int | None, typer.Option(min=16, help="Train on so many; on all if left out.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the search.")] = 0,
) -> None:
    """Train a recipe with other values, log every trial to MLflow, and write the best recipe."""
    from rich.console import Console

    from fitsense_assets.lib.student.sweep import best_trial, run_sweep, write_best
    from fitsense_assets.lib.student.sweep_setup import log_of, sweep_of

    settings = load_settings()
    plan, tags = sweep_of(settings, recipe, release, conversations)
    plan = plan.with_search(trials, seed)
    found = run_sweep(plan, log_of(settings, plan, tags).tell)
    Console(highlight=False).print(_table(plan.name, found))
    best = best_trial(found)
    if best is not None:
        typer.echo(f"the best is trial {best.number}; its recipe is {write_best(plan, best)}")


def _table(title: str, trials: "list[Trial]") -> "Table":
    from rich.table import Table

    names = sorted({name for trial in trials for name in trial.values})
    table = Table(title=title)
    for column in ("trial", "val loss", *names, "CPU-s"):
        table.add_column(column, justify="right", overflow="fold")
    for trial in sorted(trials, key=lambda t: (t.is_pruned, t.val_loss or 0.0)):
        loss = "" if trial.val_loss is None else f"{trial.val_loss:.4f}"
        cpu_s = "" if trial.train_cpu_s is None else f"{trial.train_cpu_s:.1f}"
        shown = (_short(trial.values.get(name)) for name in names)
        table.add_row(str(trial.number), f"{loss} pruned" * trial.is_pruned or loss, *shown, cpu_s)
    return table


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
