"""The champion by hand: `fitsense promote`, `rollback`, `why`."""

from typing import Annotated

import typer

from fitsense_training.settings import load_settings

student_app = typer.Typer()


@student_app.command()
def promote(
    version: Annotated[str, typer.Argument(help="A version of the registry.")],
    force: Annotated[bool, typer.Option(help="Also one the policy kept out.")] = False,
) -> None:
    """Make a version the champion."""
    from fitsense_assets.cli.champion import promote_version

    typer.echo(promote_version(load_settings(), version, is_forced=force))


@student_app.command()
def rollback() -> None:
    """Give the champion's place back to the one before."""
    from fitsense_assets.cli.champion import roll_back

    typer.echo(roll_back(load_settings()))


@student_app.command()
def why(version: Annotated[str, typer.Argument(help="A version of the registry.")]) -> None:
    """Why a version is or is not the champion."""
    from fitsense_assets.cli.champion import explain_version

    typer.echo(explain_version(load_settings(), version))
