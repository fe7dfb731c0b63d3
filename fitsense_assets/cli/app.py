"""`fitsense`: what people do outside the UIs. Heavy imports wait until a command needs them."""

import sys
from typing import Annotated, NoReturn

import typer

from fitsense_assets.cli.commands.base import base_app
from fitsense_assets.cli.commands.cohort import cohort_app
from fitsense_assets.cli.commands.release import release_app
from fitsense_assets.cli.commands.service import service_app
from fitsense_assets.cli.commands.student import student_app
from fitsense_assets.cli.commands.sweep import sweep_app
from fitsense_assets.cli.commands.teacher import teacher_app
from fitsense_training.domain.errors import FitSenseError
from fitsense_training.settings import Settings, load_settings, make_quiet

app = typer.Typer(
    help="FitSense makes a small, safe fitness-coach model and serves it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode="rich",
)
app.add_typer(cohort_app, name="cohort")
app.add_typer(release_app, name="release")
app.add_typer(teacher_app, name="teacher")
app.add_typer(base_app, name="base")
app.add_typer(student_app)
app.add_typer(sweep_app)
app.add_typer(service_app)

Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Release = Annotated[
    str | None, typer.Option(help="A release such as r0001; the newest if left out.")
]


def main() -> None:
    """Run the command; what FitSense refuses to do ends in one sentence and exit code 1."""
    make_quiet(load_settings_or_exit())
    try:
        app()
    except FitSenseError as error:
        _refuse(error)
    except KeyboardInterrupt:
        typer.echo("\nStopped. Start it again and it goes on where it was.", err=True)
        sys.exit(130)


def load_settings_or_exit() -> Settings:
    """The settings, or one sentence that names the wrong variable."""
    try:
        return load_settings()
    except FitSenseError as error:
        _refuse(error)


def _refuse(error: FitSenseError) -> NoReturn:
    typer.echo(f"fitsense: {error}", err=True)
    sys.exit(1)


@app.command()
def demo(
    users: Annotated[int, typer.Option(min=50, help="Synthetic people in each cohort.")] = 3000,
    cohorts: Annotated[int, typer.Option(min=1, max=20, help="How many cohorts.")] = 2,
    recipe: Annotated[str, typer.Option(help="Training recipe.")] = "scratch_cpu",
) -> None:
    """From nothing to a served plan, with no key and no network."""
    from fitsense_assets.cli.demo import Demo, run_demo

    run_demo(load_settings(), Demo(users=users, count_cohorts=cohorts, recipe=recipe))


@app.command()
def up() -> None:
    """The Dagster UI, the MLflow UI and the API on loopback; Ctrl-C ends all of them."""
    from fitsense_assets.cli.up import run_up

    sys.exit(run_up(load_settings()))


@app.command()
def serve() -> None:
    """The API alone."""
    from fitsense_assets.cli.up import exec_service

    exec_service(load_settings())


@app.command()
def report(release: Release = None, as_json: Json = False) -> None:
    """The figures of a release: dataset, slices, student beside teacher, decision."""
    from fitsense_assets.cli.report import print_report

    print_report(load_settings(), release, as_json=as_json)


@app.command()
def audit(
    users: Annotated[int, typer.Option(min=100, help="People to sample over the grid.")] = 20_000,
) -> None:
    """Count exercises, rules and slices, and judge the reference coach; fails on any gap."""
    from fitsense_assets.cli.audit import run_audit

    sys.exit(run_audit(users))
