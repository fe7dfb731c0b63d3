"""The policy decides what is worth a word and what stops a release, and nothing else does."""

from pathlib import Path

import pytest

from fitsense_assets.lib.slices.anomalies import Finding, find_anomalies
from fitsense_assets.lib.slices.drift import Shift
from fitsense_assets.lib.slices.marts import Schemas
from fitsense_assets.lib.slices.policy import Level, load_anomaly_policy
from fitsense_training.domain.errors import BadInput
from tests.fitsense_assets.slices.builders import an_anomaly, anomalies_of

POLICY = load_anomaly_policy()
SCHEMA: Schemas = {"profiles": {"age": "Int64", "sex": "String"}}


def found_in(*rows: dict[str, object], before: Schemas | None = None) -> list[Finding]:
    return find_anomalies(POLICY, anomalies_of(*rows), (SCHEMA, before), [])


def a_shift(psi: float = 0.0, js: float = 0.0, p_value: float = 0.001, n: int = 500) -> Shift:
    return Shift("people", "age", n, n, psi, 0.01, js, 0.001, p_value)


def levels(findings: list[Finding]) -> list[Level]:
    return [finding.level for finding in findings]


def test_a_hole_in_a_profile_is_told_and_many_stop_the_release() -> None:
    assert found_in(an_anomaly(0)) == []
    assert levels(found_in(an_anomaly(1))) == [Level.WARN]
    assert levels(found_in(an_anomaly(11))) == [Level.BLOCK]


def test_the_finding_says_how_much_and_why_it_matters() -> None:
    (finding,) = found_in(an_anomaly(11, kind="range", low=13.0, high=100.0))

    assert finding.place == "profiles.age_years"
    assert finding.says.startswith("11 of 1000 (1.10%) are out of range [13, 100]; ")
    assert (finding.measured, finding.tolerated) == (0.011, 0.01)


def test_people_who_never_trained_are_no_anomaly() -> None:
    assert found_in(an_anomaly(300, table_name="workouts", column_name="reps_mean")) == []


def test_one_set_logged_twice_stops_the_release() -> None:
    twice = an_anomaly(1, of=100_000, kind="duplicate", table_name="workouts")

    assert levels(found_in(twice)) == [Level.BLOCK]


def test_a_small_slice_is_not_judged() -> None:
    slice_name = {"dimension": "sex", "slice_value": "female"}

    assert found_in(an_anomaly(50, of=99, **slice_name)) == []
    assert levels(found_in(an_anomaly(50, of=100, **slice_name))) == [Level.BLOCK]


def test_a_slice_is_told_of_only_where_it_is_graver_than_the_whole() -> None:
    whole = an_anomaly(5)
    alike = an_anomaly(1, of=500, dimension="sex", slice_value="female")
    graver = an_anomaly(4, of=200, dimension="sex", slice_value="male")

    found = found_in(alike, graver, whole)

    assert [(f.level, f.slice_name) for f in found] == [
        (Level.BLOCK, "sex=male"),
        (Level.WARN, "all"),
    ]


def test_a_column_that_went_away_stops_the_release_and_a_new_one_is_told() -> None:
    before: Schemas = {"profiles": {"age": "Float64", "height_cm": "Float64"}}

    found = found_in(before=before)

    assert [(f.level, f.place, f.says.split(":")[0]) for f in found] == [
        (Level.BLOCK, "profiles.age", "changed"),
        (Level.BLOCK, "profiles.height_cm", "removed"),
        (Level.WARN, "profiles.sex", "added"),
    ]


def test_the_first_release_has_no_schema_to_differ_from() -> None:
    assert found_in(before=None) == []


@pytest.mark.parametrize(
    ("shift", "wanted"),
    [
        (a_shift(psi=0.05), []),
        (a_shift(psi=0.2), [Level.WARN]),
        (a_shift(psi=0.6), [Level.BLOCK]),
        (a_shift(js=0.03), [Level.WARN]),
        (a_shift(js=0.2), [Level.BLOCK]),
        (a_shift(psi=0.6, p_value=0.2), []),
        (a_shift(psi=0.6, n=99), []),
    ],
)
def test_a_shift_counts_when_it_is_large_proven_and_of_enough_people(
    shift: Shift, wanted: list[Level]
) -> None:
    assert levels(find_anomalies(POLICY, anomalies_of(), (SCHEMA, SCHEMA), [shift])) == wanted


def test_a_policy_that_blocks_before_it_warns_is_refused(tmp_path: Path) -> None:
    shipped = Path(find_anomalies.__code__.co_filename).with_name("anomaly_policy.yaml")
    broken = tmp_path / "policy.yaml"
    text = shipped.read_text()
    broken.write_text(text.replace("{kind: missing, warn: 0.0,", "{kind: missing, warn: 0.5,"))

    with pytest.raises(BadInput, match="block must not be below warn"):
        load_anomaly_policy(broken)
