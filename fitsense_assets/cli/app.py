"""`fitsense`: what people do outside the UIs. Heavy imports wait until a command needs them."""

import sys
from typing import Annotated, NoReturn

import typer

from fitsense_training.domain.errors import FitSenseError
from fitsense_training.settings import Settings, load_settings, make_quiet

app = typer.Typer(
    help="FitSense makes a small, safe fitness-coach model and serves it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode="rich",
)
cohort_app = typer.Typer(help="Cohorts: batches of synthetic people.", no_args_is_help=True)
release_app = typer.Typer(help="Releases: pinned sets of cohorts.", no_args_is_help=True)
app.add_typer(cohort_app, name="cohort")
app.add_typer(release_app, name="release")

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
    users: Annotated[int, typer.Option(min=50, help="Synthetic people in each cohort.")] = 3300,
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


@release_app.command("create")
def release_create(
    cohorts: Annotated[
        str, typer.Option(help="Keys with commas; all that are ready if left out.")
    ] = "",
    reason: Annotated[str, typer.Option(help="Why it is made.")] = "made by hand",
    build: Annotated[bool, typer.Option(help="Materialize it at once.")] = True,
) -> None:
    """Pin cohorts into a new release and build it."""
    from fitsense_assets.cli.partitions import add_release_partition
    from fitsense_assets.cli.runs import Runner

    runner = Runner(load_settings())
    names = tuple(name.strip() for name in cohorts.split(",") if name.strip())
    release = add_release_partition(runner, names, reason)
    typer.echo(f"release {release}")
    if build:
        runner.bring_up_to_date("build_release", release)


@release_app.command("verify")
def release_verify(
    release: Annotated[str, typer.Argument(help="A release such as r0001.")],
) -> None:
    """Hash everything a release pins again."""
    from fitsense_assets.lib.lake import Lake
    from fitsense_assets.lib.release.manifest import verify_release

    verify_release(Lake(load_settings().lake_root), release)
    typer.echo(f"{release}: every pinned file is what it was")


@release_app.command("diff")
def release_diff(before: str, after: str) -> None:
    """What changed between two releases, in rows and slices."""
    from fitsense_assets.lib.lake import Lake
    from fitsense_assets.lib.release.diff import diff_markdown, diff_releases

    typer.echo(diff_markdown(diff_releases(Lake(load_settings().lake_root), before, after)))


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


@app.command()
def promote(
    version: Annotated[str, typer.Argument(help="A version of the registry.")],
    force: Annotated[bool, typer.Option(help="Also one the policy kept out.")] = False,
) -> None:
    """Make a version the champion."""
    from fitsense_assets.cli.champion import promote_version

    typer.echo(promote_version(load_settings(), version, is_forced=force))


@app.command()
def rollback() -> None:
    """Give the champion's place back to the one before."""
    from fitsense_assets.cli.champion import roll_back

    typer.echo(roll_back(load_settings()))


@app.command()
def why(version: Annotated[str, typer.Argument(help="A version of the registry.")]) -> None:
    """Why a version is or is not the champion."""
    from fitsense_assets.cli.champion import explain_version

    typer.echo(explain_version(load_settings(), version))
