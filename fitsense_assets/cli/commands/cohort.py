"""`fitsense cohort ...`: batches of synthetic people."""

from typing import Annotated

import typer

from fitsense_training.domain.errors import BadInput
from fitsense_training.settings import load_settings

cohort_app = typer.Typer(help="Cohorts: batches of synthetic people.", no_args_is_help=True)


@cohort_app.command("add")
def cohort_add(
    users: Annotated[int, typer.Option(min=1, help="How many synthetic people in each.")] = 1000,
    count: Annotated[int, typer.Option(min=1, max=1000, help="How many cohorts.")] = 1,
    key: Annotated[str | None, typer.Option(help="Its key; the next free one if left out.")] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="The seed; the number in each key if left out.")
    ] = None,
    build: Annotated[
        bool, typer.Option(help="Materialize all of them at once, in one run.")
    ] = False,
) -> None:
    """Add cohorts: their recipes, and their partitions in Dagster."""
    from fitsense_assets.cli.partitions import add_cohort_partition, next_cohort_keys
    from fitsense_assets.cli.runs import Runner

    if key is not None and count > 1:
        raise BadInput("--key names one cohort: leave it out, or leave --count out")
    runner = Runner(load_settings())
    keys = [key] if key is not None else next_cohort_keys(runner, count)
    for name in keys:
        add_cohort_partition(runner, users, name, seed)
        typer.echo(f"cohort {name}: {users} people")
    if build:
        runner.bring_up_to_date("build_cohort", *keys)
