"""The policy decides what is worth a word and what stops a release, and nothing else does."""

from dataclasses import replace
from pathlib import Path

import pytest

from fitsense_assets.lib.slices.absence import EXPECTED, missing_slices
from fitsense_assets.lib.slices.anomalies import Finding, find_anomalies
from fitsense_assets.lib.slices.drift import Shift
from fitsense_assets.lib.slices.marts import Schemas
from fitsense_assets.lib.slices.policy import Level, load_anomaly_policy
from fitsense_training.domain.errors import BadInput
from tests.fitsense_assets.slices.builders import an_anomaly, anomalies_of, counts_of

POLICY = load_anomaly_policy()
SCHEMA: Schemas = {"profiles": {"age": "Int64", "sex": "String"}}


def found_in(*rows: dict[str, object], before: Schemas | None = None) -> list[Finding]:
    return find_anomalies(POLICY, anomalies_of(*rows), (SCHEMA, before), [])


def a_slice_shift(psi: float, tail_p: float, n: int = 500) -> Shift:
    women = {"slice_name": "sex=female", "psi_chance": 0.06, "tail_p": tail_p}
    return replace(a_shift(psi, n=n), **women)


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
    graver = an_anomaly(10, of=200, dimension="sex", slice_value="male")
    by_chance = an_anomaly(4, of=200, dimension="sex", slice_value="unspecified")

    found = found_in(alike, graver, by_chance, whole)

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


@pytest.mark.parametrize(
    ("shift", "wanted"),
    [
        (a_slice_shift(psi=0.15, tail_p=1e-9), []),
        (a_slice_shift(psi=0.2, tail_p=1e-9), [Level.WARN]),
        (a_slice_shift(psi=0.7, tail_p=1e-9), [Level.BLOCK]),
        (a_slice_shift(psi=0.7, tail_p=0.02), []),
        (a_slice_shift(psi=0.7, tail_p=1e-9, n=99), []),
    ],
)
def test_within_a_slice_what_chance_gives_is_taken_off(shift: Shift, wanted: list[Level]) -> None:
    assert levels(find_anomalies(POLICY, anomalies_of(), (SCHEMA, SCHEMA), [shift])) == wanted


def test_one_of_many_slices_must_be_surer_of_its_shift() -> None:
    sure, others = a_slice_shift(0.7, tail_p=0.0005), [a_slice_shift(0.05, tail_p=0.5)] * 30

    assert levels(find_anomalies(POLICY, anomalies_of(), (SCHEMA, SCHEMA), [sure])) != []
    assert find_anomalies(POLICY, anomalies_of(), (SCHEMA, SCHEMA), [sure, *others]) == []


def test_a_slice_that_moved_as_everybody_did_is_not_told_again() -> None:
    everybody, women = a_shift(psi=0.2), a_slice_shift(psi=0.3, tail_p=1e-9)
    far = a_slice_shift(psi=0.9, tail_p=1e-9)

    def found(*shifts: Shift) -> list[tuple[Level, str]]:
        told = find_anomalies(POLICY, anomalies_of(), (SCHEMA, SCHEMA), shifts)
        return [(finding.level, finding.slice_name) for finding in told]

    assert found(everybody, women) == [(Level.WARN, "all")]
    assert found(everybody, far) == [(Level.BLOCK, "sex=female"), (Level.WARN, "all")]


def every_slice() -> list[tuple[str, str, int, float]]:
    return [(name, str(value), 200, 0.1) for name, values in EXPECTED.items() for value in values]


def test_a_slice_that_is_gone_stops_the_release() -> None:
    full = every_slice()
    rare = [("condition_flag", "asthma", 150, 0.1), ("condition_flag", "copd", 9, 0.0)]
    before = counts_of(*full, *rare)
    now = counts_of(*(row for row in full if row[1] != "65+"))

    missing = list(missing_slices(now, before, POLICY.minimum_n))

    found = find_anomalies(POLICY, anomalies_of(), (SCHEMA, SCHEMA), [], missing)
    assert [(f.level, f.slice_name, f.n) for f in found] == [
        (Level.BLOCK, "age_band=65+", 200),
        (Level.BLOCK, "condition_flag=asthma", 150),
    ]
    assert found[0].says.startswith("gone: the release before had 200 questions of it")


def test_a_slice_nobody_ever_asked_for_is_told() -> None:
    now = counts_of(*(row for row in every_slice() if row[1] != "13-17"))

    missing = list(missing_slices(now, None, POLICY.minimum_n))

    found = find_anomalies(POLICY, anomalies_of(), (SCHEMA, None), [], missing)
    assert [(f.level, f.slice_name) for f in found] == [(Level.WARN, "age_band=13-17")]


def test_a_policy_that_blocks_before_it_warns_is_refused(tmp_path: Path) -> None:
    shipped = Path(find_anomalies.__code__.co_filename).with_name("anomaly_policy.yaml")
    broken = tmp_path / "policy.yaml"
    text = shipped.read_text()
    broken.write_text(text.replace("{kind: missing, warn: 0.0,", "{kind: missing, warn: 0.5,"))

    with pytest.raises(BadInput, match="block must not be below warn"):
        load_anomaly_policy(broken)
