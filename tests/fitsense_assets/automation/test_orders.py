"""Orders: nothing that automation decided is ever made twice."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fitsense_assets.lib.automation.dataset import dataset_now, dataset_of, newest_pins
from fitsense_assets.lib.automation.orders import order_cohort, order_release, seed_of
from fitsense_assets.lib.automation.reasons import reason_for
from fitsense_assets.lib.cohort.spec import read_cohort
from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.manifest import write_manifest
from fitsense_assets.lib.release.spec import TABLE, add_release, read_release
from fitsense_assets.lib.release.splits import write_splits
from fitsense_training.domain.errors import BadInput
from tests.fitsense_assets.release.builders import some_rows, write_cohort

MONDAY = datetime(2026, 11, 30, 3, tzinfo=UTC)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"))


def a_release(lake: Lake, key: str, *cohorts: str) -> None:
    add_release(lake, key, cohorts, "a test")
    write_manifest(lake, key)
    write_splits(lake, key)


def test_one_tick_adds_one_cohort_however_often_it_is_evaluated(lake: Lake):
    first, again = (order_cohort(lake, MONDAY, 20, known=["c0004"]) for _ in range(2))
    later = order_cohort(lake, MONDAY + timedelta(days=7), 20, known=[])

    assert (first, again, later) == ("c0005", "c0005", "c0006")
    assert read_cohort(lake, first).config.seed == seed_of("c0005") == 5


def test_the_same_cause_orders_one_release(lake: Lake):
    write_cohort(lake, "c0001")
    keys = [order_release(lake, "first-abc", ["c0001"], "the first release") for _ in range(2)]

    assert keys == ["r0001", "r0001"]
    assert read_release(lake, "r0001").reason == "the first release"


def test_a_spec_left_by_a_kill_is_taken_up_again(lake: Lake):
    write_cohort(lake, "c0001")
    add_release(lake, "r0001", ["c0001"], "the first release")

    assert order_release(lake, "first-abc", ["c0001"], "the first release") == "r0001"
    assert lake.keys(TABLE) == ["r0001"]


def test_a_second_daemon_is_refused_while_the_first_is_at_it(lake: Lake):
    write_cohort(lake, "c0001")
    with (
        lake.write("release_orders", "first-abc"),
        pytest.raises(BadInput, match="being written by another run"),
    ):
        order_release(lake, "first-abc", ["c0001"], "the first release")

    assert lake.keys(TABLE) == []


def test_the_same_content_written_again_has_the_same_fingerprint(lake: Lake):
    write_cohort(lake, "c0001")
    a_release(lake, "r0001", "c0001")
    write_cohort(lake, "c0001")
    pins = newest_pins(lake)

    assert pins is not None
    assert dataset_of(pins).fingerprint == dataset_now(lake).fingerprint
    assert reason_for(lake, pins, dataset_now(lake)) == ""


def test_the_reason_counts_changed_rows_and_names_new_cohorts(lake: Lake):
    write_cohort(lake, "c0001")
    a_release(lake, "r0001", "c0001")
    rows = some_rows("c0001")
    for row in rows[:3]:
        row["answer"] = '{"changed":1}'
    write_cohort(lake, "c0001", rows[:-1])
    write_cohort(lake, "c0002")
    pins, now = newest_pins(lake), dataset_now(lake)

    assert pins is not None
    assert dataset_of(pins).fingerprint != now.fingerprint
    assert reason_for(lake, pins, now) == (
        "3 rows changed and 1 rows removed in c0001; c0002 is new (20 rows)"
    )


def test_the_first_release_says_that_it_is_the_first(lake: Lake):
    write_cohort(lake, "c0001")

    assert reason_for(lake, None, dataset_now(lake)) == "the first release, of c0001"
