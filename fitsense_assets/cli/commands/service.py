"""`fitsense seed-db`: a cohort's people as users of the service."""

from typing import Annotated

import typer

from fitsense_training.settings import load_settings

service_app = typer.Typer()


@service_app.command("seed-db")
def seed_db(
    cohort: Annotated[str, typer.Option(help="A built cohort such as c0001.")],
    users: Annotated[
        int | None, typer.Option(min=1, help="The first so many; all if left out.")
    ] = None,
    password: Annotated[
        str | None,
        typer.Option(help="One password for all of them; without one nobody can log in."),
    ] = None,
) -> None:
    """Load a cohort into the service's database; whoever is there already stays as they are."""
    from fitsense_assets.cli.seeding import seed_service

    seed_service(load_settings(), cohort, users, password)
