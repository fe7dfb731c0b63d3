"""`fitsense cohort ...`: batches of synthetic people."""

from typing import Annotated

import typer

from fitsense_training.settings import load_settings

cohort_app = typer.Typer(help="Cohorts: batches of synthetic people.", no_args_is_help=True)


@cohort_app.command("add")
def cohort_add(
    users: Annotated[int, typer.Option(min=1, help="How many synthetic people.")] = 1000,
    key: Annotated[str | None, typer.Option(help="Its key; the next free one if left out.")] = None,
    seed: Annotated[
        int | None, typer.Option(help="Its seed; the number in its key if left out.")
    ] = None,
    build: Annotated[bool, typer.Option(help="Materialize it at once.")] = False,
) -> None:
    """Add a cohort: its recipe, and its partition in Dagster."""
    from fitsense_assets.cli.partitions import add_cohort_partition
    from fitsense_assets.cli.runs import Runner

    settings = load_settings()
    runner = Runner(settings)
    name = add_cohort_partition(runner, users, key, seed)
    typer.echo(f"cohort {name}: {users} people")
    if build:
        runner.bring_up_to_date("build_cohort", name)
