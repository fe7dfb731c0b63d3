"""`fitsense teacher ...`: what asking costs, what was paid, and asking again."""

from contextlib import closing
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated

import typer

from fitsense_training.domain.errors import BadInput
from fitsense_training.settings import Settings, load_settings

if TYPE_CHECKING:
    import dagster as dg

    from fitsense_assets.lib.teacher.endpoint import Endpoint

teacher_app = typer.Typer(help="The teacher: costs and paid replies.", no_args_is_help=True)
Cohort = Annotated[str, typer.Argument(help="A cohort such as c0001.")]


@teacher_app.command("estimate")
def teacher_estimate(cohort: Cohort) -> None:
    """What the teacher would cost for a cohort; its questions are made, nothing is asked."""
    from fitsense_assets.lib.lake import Lake
    from fitsense_assets.lib.teacher.choose import asked_endpoint_of, journal_of
    from fitsense_assets.lib.teacher.estimate import estimate
    from fitsense_assets.lib.teacher.outlook import estimate_lines
    from fitsense_assets.lib.teacher.responses import questions_of

    settings = load_settings()
    _check_known(settings, cohort)
    lake = Lake(settings.lake_root)
    if cohort not in lake.keys("queries"):
        _make_queries(settings, cohort)
    parts = lake.read_parts("queries", cohort)
    if settings.teacher == "reference":
        count = sum(part.height for part in parts)
        typer.echo(f"{cohort}: {count} questions to the reference teacher, $0")
        return
    endpoint = asked_endpoint_of(settings)
    with closing(journal_of(settings)) as journal:
        found = estimate(endpoint, journal, questions_of(parts))
        typer.echo(f"{cohort} to {settings.teacher}")
        _echo(estimate_lines(found, endpoint, journal))


@teacher_app.command("status")
def teacher_status() -> None:
    """The teacher, its paid replies, what has no answer yet, and its budget."""
    from fitsense_assets.lib.teacher.choose import journal_of
    from fitsense_assets.lib.teacher.outlook import status_lines

    settings = load_settings()
    lines = [("teacher", settings.teacher)]
    if settings.teacher_api_base is not None:
        lines.append(("address", settings.teacher_api_base))
    if (settings.home / "teacher").exists():
        with closing(journal_of(settings)) as journal:
            lines += status_lines(journal, settings.teacher_budget_usd)
    else:
        lines.append(("paid replies", "none"))
    _echo(lines)


@teacher_app.command("settle")
def teacher_settle(
    cost_usd: Annotated[
        str, typer.Option("--cost", help="What the provider's bill says these attempts cost.")
    ],
) -> None:
    """Take attempts without an answer off the budget, and put their real cost in their place.

    Only while no run asks: what is in the air has no answer either.
    """
    from fitsense_assets.lib.teacher.choose import journal_of
    from fitsense_assets.lib.teacher.prices import dollars

    cost = _amount(cost_usd)
    with closing(journal_of(load_settings())) as journal:
        before = journal.set_aside
        count = journal.settle(cost)
        freed = before - journal.set_aside
    typer.echo(f"{count} attempts settled: {dollars(freed)} set aside, {dollars(cost)} paid")


@teacher_app.command("retry")
def teacher_retry(
    cohort: Cohort,
    rejected: Annotated[
        bool, typer.Option("--rejected", help="Pay again for what the review refused.")
    ] = False,
) -> None:
    """Ask again what failed, and with --rejected also what the review refused."""
    from fitsense_assets.cli.runs import Runner

    settings = load_settings()
    _endpoint(settings)
    _check_known(settings, cohort)
    count_before, _ = _accepted(settings, cohort)
    if rejected:
        typer.echo(f"{_put_aside(settings, cohort)} paid replies were put aside")
    Runner(settings).run("build_cohort", [cohort], _teacher_assets())
    count, count_all = _accepted(settings, cohort)
    typer.echo(
        f"{cohort}: asked again and reviewed, {count:,} of {count_all:,} replies accepted "
        f"({count_before:,} before)"
    )


@teacher_app.command("show")
def teacher_show(
    query_id: Annotated[str, typer.Argument(help="A query such as c0001-u000001-q1.")],
) -> None:
    """One query as the teacher was asked it, its replies, and what the review said."""
    from fitsense_assets.cli.transcript import show_transcript

    show_transcript(load_settings(), query_id)


def _echo(lines: list[tuple[str, str]]) -> None:
    for name, value in lines:
        typer.echo(f"  {name:<18}{value}")


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0:
        raise BadInput(f"--cost {text} is no amount of dollars: use a number such as 0.12")
    return amount


def _check_known(settings: Settings, cohort: str) -> None:
    from fitsense_assets.lib.cohort.spec import TABLE
    from fitsense_assets.lib.lake import Lake

    known = Lake(settings.lake_root).keys(TABLE)
    if cohort not in known:
        raise BadInput(
            f"there is no cohort {cohort} (there are: {', '.join(known) or 'none yet'}): "
            "`fitsense cohort add` makes one"
        )


def _make_queries(settings: Settings, cohort: str) -> None:
    """The people of a cohort and their questions, which cost nothing."""
    from fitsense_assets.cli.runs import Runner

    Runner(settings).bring_up_to_date("build_cohort", cohort, upto="queries")


def _accepted(settings: Settings, cohort: str) -> tuple[int, int]:
    """How many replies of a cohort the review has accepted, and of how many."""
    from fitsense_assets.lib.lake import Lake

    lake = Lake(settings.lake_root)
    if cohort not in lake.keys("reviewed_responses"):
        return 0, 0
    is_accepted = lake.read_frame("reviewed_responses", cohort, ["is_accepted"])["is_accepted"]
    return int(is_accepted.sum()), len(is_accepted)


def _put_aside(settings: Settings, cohort: str) -> int:
    """Put the refused replies of a cohort aside."""
    import polars as pl

    from fitsense_assets.lib.lake import Lake
    from fitsense_assets.lib.teacher.choose import journal_of
    from fitsense_assets.lib.teacher.estimate import forget_rejected
    from fitsense_assets.lib.teacher.prices import dollars
    from fitsense_assets.lib.teacher.responses import questions_of

    lake, journal = Lake(settings.lake_root), journal_of(settings)
    budget = settings.teacher_budget_usd
    if budget is not None and journal.left_of(budget) <= 0:
        raise BadInput(
            f"the teacher's budget of {dollars(budget)} is spent: raise "
            "FITSENSE_TEACHER_BUDGET_USD, nothing was put aside"
        )
    reviewed = lake.read_frame("reviewed_responses", cohort, ["query_id", "is_accepted"])
    refused = set(reviewed.filter(~pl.col("is_accepted"))["query_id"])
    questions = questions_of(lake.read_parts("queries", cohort))
    count = forget_rejected(_endpoint(settings), journal, questions, refused)
    journal.close()
    return count


def _endpoint(settings: Settings) -> "Endpoint":
    from fitsense_assets.lib.teacher.choose import endpoint_of

    if settings.teacher == "reference":
        message = (
            "the reference teacher answers by rule, again would be the same: set FITSENSE_TEACHER "
            "to litellm/<model>"
        )
        raise BadInput(message)
    return endpoint_of(settings)


def _teacher_assets() -> "list[dg.AssetKey]":
    import dagster as dg

    return [dg.AssetKey("teacher_responses"), dg.AssetKey("reviewed_responses")]
