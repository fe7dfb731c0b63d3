"""dbt is told where to read and write, and its manifest is parsed only when its sources change."""

import json
from pathlib import Path

import pytest

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.slices.project import (
    PROJECT,
    dbt_environment,
    dbt_vars,
    ready_manifest,
    run_folder,
)
from fitsense_training.domain.errors import BadInput
from fitsense_training.settings import Settings


def a_project(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    (project / "models").mkdir(parents=True)
    (project / "profiles.yml").write_text((PROJECT / "profiles.yml").read_text())
    (project / "dbt_project.yml").write_text(
        "name: tiny\nversion: '1.0.0'\nprofile: fitsense\n"
        "flags: {send_anonymous_usage_stats: false}\n"
    )
    (project / "models" / "one.sql").write_text("select 1 as n")
    return project


def test_dbt_writes_below_home_alone(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)

    told = dbt_environment(settings, run_folder(settings, "r0001"))

    assert told["FITSENSE_WAREHOUSE"] == str(tmp_path / "warehouse.duckdb")
    assert told["DBT_TARGET_PATH"] == told["DBT_LOG_PATH"] == str(tmp_path / "dbt" / "r0001")
    assert told["DBT_SEND_ANONYMOUS_USAGE_STATS"] == "false"


def test_a_run_is_told_exactly_its_cohorts(tmp_path: Path) -> None:
    told = json.loads(dbt_vars(Lake(str(tmp_path)), "r0001", ("c0001", "c0002")))

    assert told == {"release": "r0001", "cohorts": ["c0001", "c0002"], "lake_root": str(tmp_path)}


@pytest.mark.parametrize("name", ["o'brien", "all*"])
def test_a_lake_whose_path_means_something_else_in_sql_is_refused(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(BadInput, match="move it"):
        dbt_vars(Lake(str(tmp_path / name)), "r0001", ["c0001"])


@pytest.mark.slow
def test_the_manifest_is_parsed_again_only_after_an_edit(tmp_path: Path) -> None:
    settings, project = Settings(home=tmp_path / "home"), a_project(tmp_path)
    first = ready_manifest(settings, project)
    written = first.stat().st_mtime_ns

    again = ready_manifest(settings, project)
    assert again == first
    assert again.stat().st_mtime_ns == written
    assert "model.tiny.one" in json.loads(first.read_text())["nodes"]

    (project / "models" / "two.sql").write_text("select 2 as n")
    edited = ready_manifest(settings, project)
    assert edited != first
    assert "model.tiny.two" in json.loads(edited.read_text())["nodes"]
    assert not first.exists()
    assert not (tmp_path / "home").exists()


@pytest.mark.slow
def test_a_project_that_does_not_parse_says_where(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    (project / "models" / "broken.sql").write_text("select {{ nonsense")

    with pytest.raises(BadInput, match="broken"):
        ready_manifest(Settings(home=tmp_path / "home"), project)
