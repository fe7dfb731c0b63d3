"""The whole stage on a real cohort of 60 people: materialized, checked, and refused on change."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.spec import ReleaseSpec, read_release
from fitsense_assets.lib.release.splits import read_funnel
from fitsense_assets.lib.student.measure import read_cases
from fitsense_training.conversations import read_conversations
from tests.fitsense_assets.release.real import a_real_cohort

if TYPE_CHECKING:
    import dagster as dg


CHECKS = (
    "the_manifest_still_fits",
    "the_files_are_whole",
    "the_rows_fit_their_schema",
    "no_user_is_in_two_splits",
    "no_cluster_is_in_two_splits",
    "no_row_is_repeated",
    "train_is_decontaminated",
    "the_labels_are_true",
    "the_rates_are_in_bounds",
    "every_slice_has_its_rows",
)
# So small a release has slices without rows: that is told, and stops nothing.
TOLD = ("every_slice_has_its_rows",)


def versions(result: "dg.ExecuteInProcessResult") -> dict[str, str]:
    made = [
        e.step_materialization_data.materialization
        for e in result.get_asset_materialization_events()
    ]
    return {m.asset_key.to_user_string(): (m.tags or {})["dagster/data_version"] for m in made}


@pytest.mark.slow
# Dagster calls partitioned checks and backfill policies previews, and reads pydantic's old fields.
@pytest.mark.filterwarnings(
    "ignore::dagster.PreviewWarning",
    "ignore::dagster.BetaWarning",
    "ignore::pydantic.PydanticDeprecatedSince20",
)
def test_a_real_cohort_becomes_a_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import dagster as dg

    from fitsense_assets.defs.release import assets, checks
    from fitsense_assets.defs.resources import Home

    monkeypatch.setenv("FITSENSE_HOME", str(tmp_path))
    lake = Lake(str(tmp_path / "lake"))
    a_real_cohort(lake, "c0001", seed=1)
    stage = [
        assets.release_manifest,
        assets.sft_splits,
        *(getattr(checks, name) for name in CHECKS),
    ]

    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("release", ["r0001", "r0002"])

        def run(release: str = "r0001", **config: object) -> dg.ExecuteInProcessResult:
            return dg.materialize(
                stage,
                partition_key=release,
                instance=instance,
                resources={"home": Home()},
                run_config={"ops": {"release_manifest": {"config": config}}},
                raise_on_error=False,
            )

        first, again = run(), run()
        a_real_cohort(lake, "c0002", seed=2)
        kept = run(cohorts=["c0002"])
        second = run("r0002", cohorts=["c0002"], reason="c0002 alone")
        with lake.write("daily_logs", "c0001") as draft:
            draft.write_frame("part-00000.parquet", lake.read_frame("profiles", "c0001"))
        changed = run()

    done = [result.success for result in (first, again, kept, second, changed)]
    assert done == [True, True, True, True, False]
    assert read_release(lake, "r0002") == ReleaseSpec("r0002", ("c0002",), "c0002 alone", "r0001")
    evaluations = first.get_asset_check_evaluations()
    assert {(e.check_name, e.passed, e.partition) for e in evaluations} == {
        (name, name not in TOLD, "r0001") for name in CHECKS
    }
    assert versions(first) == versions(again) == versions(kept)
    funnel = read_funnel(lake, "r0001")
    assert funnel["rows_out"]["train"] > 0.9 * funnel["rows_in"]["train"] > 0
    assert len(read_cases(lake, "r0001")) == funnel["rows_out"]["test"] > 0
    chats = list(read_conversations(tmp_path / "lake" / "sft_splits" / "r0001" / "train.jsonl"))
    assert len(chats) == funnel["rows_out"]["train"]
