"""The student by hand: `fitsense evaluate`, `promote`, `rollback`, `why`, `orphans`."""

from typing import Annotated

import typer

from fitsense_training.settings import load_settings

student_app = typer.Typer()


@student_app.command()
def evaluate(
    full: Annotated[
        bool,
        typer.Option(
            "--full", help="On the 1,600 fixed prompts, with sampling, speed and memory: minutes."
        ),
    ] = False,
    version: Annotated[
        str | None, typer.Option(help="A version of the registry; the champion if left out.")
    ] = None,
    release: Annotated[str | None, typer.Option(help="The student of a release instead.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Measure a student: raw model and guarded system side by side.

    Without --full it is asked 320 held-out requests of its own release. A killed full evaluation
    goes on where it was.
    """
    from fitsense_assets.cli.evaluation import run_evaluation

    run_evaluation(load_settings(), version, release, is_full=full, as_json=as_json)


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


@student_app.command()
def orphans(
    remove: Annotated[bool, typer.Option("--remove", help="Delete their runs and files.")] = False,
) -> None:
    """Recorded students that no version of the registry points to, left by killed runs."""
    from fitsense_assets.cli.orphans import show_orphans

    show_orphans(load_settings(), removes=remove)
