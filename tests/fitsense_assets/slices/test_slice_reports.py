"""The reports are whole pages, equal for equal marts, and harmless whatever a slice is called."""

from pathlib import Path

import polars as pl
import pytest

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.slices.anomalies import find_anomalies
from fitsense_assets.lib.slices.anomaly_page import Assessment
from fitsense_assets.lib.slices.anomaly_report import (
    anomaly_pictures,
    anomaly_rows,
    findings_markdown,
    read_findings,
    write_anomaly_report,
)
from fitsense_assets.lib.slices.bias import Bias, compare
from fitsense_assets.lib.slices.bias_report import (
    bias_pictures,
    bias_rows,
    concern_markdown,
    gap_markdown,
    read_concerns,
    write_bias_report,
)
from fitsense_assets.lib.slices.drift import shifts
from fitsense_assets.lib.slices.measures import MEASURES
from fitsense_assets.lib.slices.policy import Level, load_anomaly_policy
from fitsense_assets.lib.slices.warehouse import publish_rows
from fitsense_training.domain.errors import BadInput
from tests.fitsense_assets.slices.builders import (
    an_anomaly,
    anomalies_of,
    answers_of,
    counts_of,
    distributions_of,
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
    old, young = {"age_band": "65+"}, {"age_band": "18-39"}
    answers = answers_of(
        (1000, 900, {"sex": SCRIPT, **old}),
        (980, 979, {"sex": "male", **young}),
        (20, 1, {"sex": "rare", **young}),
    )
    counts = counts_of(("all", "all", 900, 1.0), ("sex", SCRIPT, 300, 0.5))
    return compare("r0002", answers, counts, None, ("age_band", "sex"))


def test_the_anomaly_report_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    lake, found = Lake(str(tmp_path)), an_assessment()

    manifest = write_anomaly_report(lake, found, anomaly_pictures(found))

    assert read_findings(lake, "r0002") == list(found.findings)
    assert [f.kind for f in found.findings] == ["missing", "shift"]
    assert {f.level for f in found.findings} == {Level.BLOCK}
    assert manifest.facts["count_block"] == 2
    page = lake.read_text("anomaly_report", "r0002", "report.html")
    assert "Stop: 2 things must be mended first." in page
    assert "<td>missing values</td><td>profiles.age_years</td><td>everybody</td>" in page
    assert "20 of 1000" in findings_markdown(found.findings)


def test_the_bias_report_names_who_is_worse_off_how_sure_and_who_is_missing(
    tmp_path: Path,
) -> None:
    lake, bias = Lake(str(tmp_path)), a_bias()

    manifest = write_bias_report(lake, bias, bias_pictures(bias))

    page = lake.read_text("bias_report", "r0002", "report.html")
    assert "90.0% [88.0%, 91.7%]" in page
    assert "under-represented" in page
    # Greyed from end to end, in every table of figures.
    few = '<td class="quiet">sex = rare</td>'
    assert page.count(few) == len(MEASURES)
    assert page.count('<td class="quiet">insufficient</td>') >= len(MEASURES)
    assert "age_band = 65+ &amp; sex = &lt;script&gt;" in page
    assert "[low, high]" in page
    assert read_concerns(lake, "r0002") == bias.concerns
    assert manifest.facts["count_warn"] == len(bias.concerns) - len(bias.blocks)
    assert "too few training rows" in concern_markdown(bias.concerns)
    assert gap_markdown(bias.gaps).startswith("| measure |")


def test_a_report_without_concerns_says_so(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    answers = answers_of((300, 300, {"sex": "male"}), (300, 300, {"sex": "female"}))
    bias = compare("r0001", answers, counts_of(("all", "all", 0, 1.0)), None, ["sex"])

    write_bias_report(lake, bias, bias_pictures(bias))

    page = lake.read_text("bias_report", "r0001", "report.html")
    assert "Nothing stops this release, and nothing is worth a word." in page


def test_the_figures_of_a_report_are_rows_of_the_warehouse(tmp_path: Path) -> None:
    import duckdb

    warehouse, bias, found = tmp_path / "warehouse.duckdb", a_bias(), an_assessment()

    for release in ("r0001", "r0002", "r0002"):
        frames = {**bias_rows(bias), **anomaly_rows(found)}
        told = {name: frame.with_columns(release=pl.lit(release)) for name, frame in frames.items()}
        publish_rows(warehouse, release, told)

    with duckdb.connect(str(warehouse), read_only=True) as connection:
        each = "select release, count(*) from {} group by 1 order by 1"
        for name, rows in (
            ("bias_disparities", len(bias.disparities)),
            ("bias_representations", len(bias.present)),
            ("bias_gaps", len(bias.gaps)),
            ("anomaly_findings", len(found.findings)),
            ("anomaly_shifts", len(found.shifts)),
        ):
            counted = connection.sql(each.format(name)).fetchall()
            assert counted == [("r0001", rows), ("r0002", rows)]
        worst = connection.sql(
            "select value, rest_value, n, standing from bias_disparities where release = 'r0001' "
            "and measure = 'accepted' and slice_value = '65+' and second_dimension = 'all'"
        ).fetchall()
    assert worst == [(0.9, 0.98, 1000, "lower")]


def test_rows_of_older_releases_stay_when_a_report_learns_a_new_figure(tmp_path: Path) -> None:
    import duckdb

    warehouse = tmp_path / "warehouse.duckdb"
    publish_rows(warehouse, "r1", {"t": pl.DataFrame({"release": ["r1"], "n": [1]})})
    publish_rows(
        warehouse, "r2", {"t": pl.DataFrame({"release": ["r2"], "n": [2], "share": [0.5]})}
    )

    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.sql("select * from t order by release").fetchall()
    assert rows == [("r1", 1, None), ("r2", 2, 0.5)]


def test_a_warehouse_that_is_no_database_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "warehouse.duckdb"
    broken.write_text("not a database")

    with pytest.raises(BadInput, match="delete it"):
        publish_rows(broken, "r1", {})


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
