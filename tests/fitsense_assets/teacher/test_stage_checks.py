"""Checks of the cohort and teacher stages as Dagster runs them: one cohort, a range, and rot."""

from collections.abc import Callable, Iterator, Mapping

import dagster as dg
import polars as pl
import pytest

from fitsense_assets.defs.checking import CASES_SHOWN
from fitsense_assets.defs.cohort import assets as cohort_assets
from fitsense_assets.defs.cohort import checks as cohort_checks
from fitsense_assets.defs.partitions import cohorts
from fitsense_assets.defs.resources import Home
from fitsense_assets.defs.teacher import assets as teacher_assets
from fitsense_assets.defs.teacher import checks as teacher_checks
from fitsense_assets.lib.lake import Lake

ASSETS = [
    cohort_assets.profiles,
    cohort_assets.workouts,
    cohort_assets.daily_logs,
    cohort_assets.queries,
    teacher_assets.teacher_responses,
    teacher_assets.reviewed_responses,
]
CHECKS = [
    cohort_checks.profiles_are_possible_people,
    cohort_checks.profiles_follow_the_recipe,
    cohort_checks.workouts_are_possible_sets,
    cohort_checks.daily_logs_cover_everybody,
    cohort_checks.everybody_asks_whole_queries,
    teacher_checks.every_query_has_one_response,
    teacher_checks.every_query_has_one_review,
    teacher_checks.no_row_is_lost,
    teacher_checks.teacher_accept_rate,
]


Change = Callable[[pl.DataFrame], pl.DataFrame]


def cohort_range(first: str, last: str) -> dict[str, str]:
    """How a single-run backfill says which partitions it is for."""
    return {
        "dagster/asset_partition_range_start": first,
        "dagster/asset_partition_range_end": last,
    }


BOTH = cohort_range("c0001", "c0002")
# Dagster finds no partitions for a run of checks alone, unless its tags name them.
FIRST = cohort_range("c0001", "c0001")


@pytest.fixture(scope="module")
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as found:
        found.add_dynamic_partitions(str(cohorts.name), ["c0001", "c0002"])
        yield found


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """The lake that all runs of this module write."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FITSENSE_HOME", str(home))
        yield Lake(str(home / "lake"))


@pytest.fixture(scope="module")
def both(lake: Lake, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    """All stages of two small cohorts in one run."""
    return run(instance, dg.AssetSelection.all(), tags=BOTH)


def run(
    instance: dg.DagsterInstance, selection: dg.AssetSelection, **how: object
) -> dg.ExecuteInProcessResult:
    config = {"ops": {"profiles": {"config": {"users": 25, "lookback_days": 28}}}}
    holds_profiles = dg.AssetKey("profiles") in selection.resolve([*ASSETS, *CHECKS])
    return dg.materialize(
        [*ASSETS, *CHECKS],
        selection=selection,
        resources={"home": Home()},
        run_config=config if holds_profiles else None,
        instance=instance,
        raise_on_error=False,
        **how,  # pyright: ignore[reportArgumentType]
    )


def evaluations(result: dg.ExecuteInProcessResult) -> Mapping[str, dg.AssetCheckEvaluation]:
    return {found.check_name: found for found in result.get_asset_check_evaluations()}


def test_a_run_over_a_range_is_checked_for_all_its_cohorts(
    lake: Lake, both: dg.ExecuteInProcessResult
):
    found = evaluations(both)

    rows = sum(lake.manifest("workouts", key).count_rows for key in ("c0001", "c0002"))
    looked_at = found["workouts_are_possible_sets"].metadata["dagster/row_count"]
    assert both.success
    assert len(found) == len(CHECKS)
    assert [name for name, check in found.items() if not check.passed] == []
    assert lake.keys("reviewed_responses") == ["c0001", "c0002"]
    assert looked_at.value == rows


@pytest.mark.usefixtures("both")
def test_a_run_of_one_cohort_is_checked_for_that_cohort(lake: Lake, instance: dg.DagsterInstance):
    result = run(instance, dg.AssetSelection.assets("queries"), partition_key="c0002")

    found = evaluations(result)
    check = found["everybody_asks_whole_queries"]
    assert (check.passed, check.partition) == (True, "c0002")
    rows = lake.manifest("queries", "c0002").count_rows
    assert check.metadata["dagster/row_count"].value == rows


@pytest.mark.usefixtures("both")
def test_a_case_says_in_which_cohort_it_was_found(lake: Lake, instance: dg.DagsterInstance):
    whole = lake.read_frame("workouts", "c0002")
    spoil(lake, "workouts", "c0002", lambda frame: frame.with_columns(pl.lit("x").alias("focus")))

    check = evaluations(run(instance, only("workouts_are_possible_sets"), tags=BOTH))

    spoil(lake, "workouts", "c0002", lambda _: whole)
    found = check["workouts_are_possible_sets"]
    cases = found.metadata["failure_cases"]
    assert not found.passed
    assert {case.data["place"] for case in cases.records} == {"c0002"}  # pyright: ignore[reportAttributeAccessIssue]
    assert len(cases.records) == CASES_SHOWN  # pyright: ignore[reportAttributeAccessIssue]


def only(name: str) -> dg.AssetSelection:
    """One check alone."""
    return dg.AssetSelection.checks(
        *(check for check in CHECKS if name in {spec.name for spec in check.check_specs})
    )


def spoil(lake: Lake, table: str, key: str, change: Change) -> None:
    frame = change(lake.read_frame(table, key))
    with lake.write(table, key) as draft:
        draft.write_frame("part-00000.parquet", frame)


ROT = [
    ("profiles", "profiles_are_possible_people", lambda f: pl.concat([f, f.head(1)])),
    ("profiles", "daily_logs_cover_everybody", lambda f: f.tail(-1)),
    (
        "workouts",
        "workouts_are_possible_sets",
        lambda f: f.with_columns(user_id=pl.lit("c0001-u0")),
    ),
    ("daily_logs", "daily_logs_cover_everybody", lambda f: f.tail(-28)),
    ("queries", "everybody_asks_whole_queries", lambda f: f.tail(-8)),
    ("queries", "every_query_has_one_response", lambda f: f.tail(-8)),
    ("teacher_responses", "every_query_has_one_response", lambda f: f.tail(-1)),
    ("teacher_responses", "no_row_is_lost", lambda f: f.tail(-1)),
    ("reviewed_responses", "every_query_has_one_review", lambda f: pl.concat([f, f.head(1)])),
    ("reviewed_responses", "every_query_has_one_review", lambda f: f.with_columns(count_block=2)),
    ("reviewed_responses", "teacher_accept_rate", lambda f: f.with_columns(is_accepted=False)),
]


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize(("table", "name", "change"), ROT)
def test_rot_is_noticed_by_the_check_that_looks_for_it(
    lake: Lake, instance: dg.DagsterInstance, table: str, name: str, change: Change
):
    whole = lake.read_frame(table, "c0001")
    spoil(lake, table, "c0001", change)

    found = evaluations(run(instance, only(name), tags=FIRST))

    spoil(lake, table, "c0001", lambda _: whole)
    assert not found[name].passed


def test_what_breaks_the_data_stops_the_run_and_drift_does_not():
    specs = {spec.name: spec for check in CHECKS for spec in check.check_specs}

    free = {name for name, spec in specs.items() if not spec.blocking}

    assert free == {"profiles_follow_the_recipe", "teacher_accept_rate"}
    assert all(spec.partitions_def is cohorts for spec in specs.values())
