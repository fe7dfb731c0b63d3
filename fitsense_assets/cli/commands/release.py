"""`fitsense release ...`: pinned sets of cohorts."""

from typing import Annotated

import typer

from fitsense_training.settings import load_settings

release_app = typer.Typer(help="Releases: pinned sets of cohorts.", no_args_is_help=True)


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
