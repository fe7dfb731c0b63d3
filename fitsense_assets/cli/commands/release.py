"""`fitsense release ...`: pinned sets of cohorts."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from fitsense_training.domain.errors import BadInput
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
    """Hash everything again: all that a release pins, its manifest and its splits."""
    from fitsense_assets.lib.lake import Lake
    from fitsense_assets.lib.release.export import verify_splits
    from fitsense_assets.lib.release.manifest import verify_release
    from fitsense_assets.lib.release.splits import TABLE

    lake = Lake(load_settings().lake_root)
    if not lake.exists(TABLE, release):
        verify_release(lake, release)
        typer.echo(f"{release}: every pinned file is what it was; there are no splits yet")
        return
    verify_splits(lake, release)
    typer.echo(f"{release}: every pinned file and every file of its splits is what it was")


@release_app.command("diff")
def release_diff(before: str, after: str) -> None:
    """What changed between two releases, in rows and slices."""
    from fitsense_assets.lib.lake import Lake
    from fitsense_assets.lib.release.diff import diff_markdown, diff_releases

    typer.echo(diff_markdown(diff_releases(Lake(load_settings().lake_root), before, after)))


@release_app.command("export")
def release_export(
    release: Annotated[str, typer.Argument(help="A release such as r0001.")],
    out: Annotated[Path, typer.Option(help="A folder that is empty or not there yet.")],
    published: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day it is published; when it was made."),
    ] = None,
    creator: Annotated[str, typer.Option(help="Who publishes it.")] = "FitSense",
    url: Annotated[str, typer.Option(help="The page it will be found at.")] = "",
) -> None:
    """Write a release as a folder for a dataset hub: files, card, metadata and checksums."""
    from fitsense_assets.cli.runs import Runner
    from fitsense_assets.defs.release.lineage import sources_of
    from fitsense_assets.lib.release.croissant import Publication
    from fitsense_assets.lib.release.export import export_release, places_of, verify_splits
    from fitsense_assets.lib.release.splits import TABLE

    runner = Runner(load_settings())
    pins = verify_splits(runner.lake, release)
    sources, days = sources_of(runner.instance, places_of(runner.lake, release, pins))
    day = published.date() if published else days.get((TABLE, release))
    if day is None:
        raise BadInput(f"no run recorded {TABLE} {release} as it is: materialize it in Dagster")
    export_release(runner.lake, release, out, sources, Publication(day, creator, url))
    typer.echo(f"{release} is in {out}: read its README.md, then upload the folder as it is")
