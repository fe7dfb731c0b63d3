"""The reports are whole pages, equal for equal marts, and harmless whatever a slice is called."""

import json
from pathlib import Path

import polars as pl

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.slices.anomalies import find_anomalies
from fitsense_assets.lib.slices.anomaly_report import (
    Assessment,
    anomaly_pictures,
    findings_markdown,
    read_findings,
    write_anomaly_report,
)
from fitsense_assets.lib.slices.bias import MEASURES, disparities, gaps, representations
from fitsense_assets.lib.slices.bias_report import (
    Bias,
    bias_pictures,
    gap_markdown,
    write_bias_report,
)
from fitsense_assets.lib.slices.drift import shifts
from fitsense_assets.lib.slices.policy import Level, load_anomaly_policy
from tests.fitsense_assets.slices.builders import (
    an_anomaly,
    anomalies_of,
    counts_of,
    distributions_of,
    quality_of,
)

SCRIPT = "<script>alert(1)</script>"
COVERAGE = pl.DataFrame(
    [
        ("age", "old", "sex", "female", 90, 50, 45.0, "enough"),
        ("age", "old", "sex", SCRIPT, 10, 0, 5.0, "lost"),
    ],
    schema=[
        "dimension",
        "slice_value",
        "second_dimension",
        "second_value",
        "count_queries",
        "count_train",
        "expected_train",
        "status",
    ],
    orient="row",
)


def an_assessment() -> Assessment:
    policy = load_anomaly_policy()
    anomalies = anomalies_of(
        an_anomaly(20), an_anomaly(9, of=100, dimension="sex", slice_value=SCRIPT)
    )
    moved = shifts(distributions_of(age=[900, 100]), distributions_of(age=[100, 900]), seed=1)
    found = find_anomalies(policy, anomalies, ({}, {}), moved)
    return Assessment("r0002", "r0001", policy, tuple(found), tuple(moved), anomalies, COVERAGE)


def a_bias() -> Bias:
    quality = quality_of(
        ("all", "all", 2000, 1900), ("sex", SCRIPT, 1000, 900), ("sex", "rare", 20, 1)
    )
    counts = counts_of(("all", "all", 900, 1.0), ("sex", SCRIPT, 300, 0.5))
    found = disparities(quality)
    return Bias("r0002", tuple(representations(counts)), tuple(found), tuple(gaps(found)))


def test_the_anomaly_report_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    lake, found = Lake(str(tmp_path)), an_assessment()

    manifest = write_anomaly_report(lake, found, anomaly_pictures(found))

    assert read_findings(lake, "r0002") == list(found.findings)
    assert [f.kind for f in found.findings] == ["missing", "shift"]
    assert {f.level for f in found.findings} == {Level.BLOCK}
    assert manifest.facts["count_block"] == 2
    assert "2 findings stop the release" in lake.read_text("anomaly_report", "r0002", "report.html")
    assert "20 of 1000" in findings_markdown(found.findings)


def test_the_bias_report_names_who_is_worse_off_and_who_is_missing(tmp_path: Path) -> None:
    lake, bias = Lake(str(tmp_path)), a_bias()

    write_bias_report(lake, bias, bias_pictures(bias))

    page = lake.read_text("bias_report", "r0002", "report.html")
    body = json.loads(lake.read_text("bias_report", "r0002", "bias.json"))
    assert "90.0% [88.0%, 91.7%]" in page
    assert "under-represented" in page
    assert page.count("too few to judge</td>") == len(MEASURES)
    assert body["disparities"][0]["difference"] == -0.1
    assert len(bias.lagging) == 3
    assert [each.slice_value for each in bias.missing] == [SCRIPT]
    assert gap_markdown(bias.gaps).startswith("| measure |")


def test_a_slice_cannot_put_script_into_a_page(tmp_path: Path) -> None:
    lake, found, bias = Lake(str(tmp_path)), an_assessment(), a_bias()
    write_anomaly_report(lake, found, anomaly_pictures(found))
    write_bias_report(lake, bias, bias_pictures(bias))

    for table in ("anomaly_report", "bias_report"):
        page = lake.read_text(table, "r0002", "report.html")
        assert SCRIPT not in page
        assert "&lt;script&gt;" in page
        assert "http" not in page.split("<body>")[1].replace("https", "")


def test_the_same_marts_give_the_same_bytes(tmp_path: Path) -> None:
    lakes = [Lake(str(tmp_path / name)) for name in ("a", "b")]

    versions = [
        (
            write_anomaly_report(lake, an_assessment(), anomaly_pictures(an_assessment())).version,
            write_bias_report(lake, a_bias(), bias_pictures(a_bias())).version,
        )
        for lake in lakes
    ]

    assert versions[0] == versions[1]
