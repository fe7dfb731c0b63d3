"""The slices stage: dbt models over a release, exported to the lake, and two reports on them."""

from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any

import dagster as dg
from dagster_dbt import (
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtCliInvocation,
    dbt_assets,
)
from dagster_dbt.dbt_manifest import validate_manifest
from packaging.version import Version

from fitsense_assets.defs.partitions import releases
from fitsense_assets.defs.resources import Home
from fitsense_assets.lib import markdown
from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.manifest import verify_release
from fitsense_assets.lib.slices import anomaly_report as anomaly_code
from fitsense_assets.lib.slices import bias_report as bias_code
from fitsense_assets.lib.slices import marts as mart_code
from fitsense_assets.lib.slices.project import (
    PROJECT,
    dbt_command,
    dbt_environment,
    dbt_vars,
    ready_manifest,
    run_folder,
)
from fitsense_assets.lib.slices.warehouse import publish_rows
from fitsense_training.settings import Settings, load_settings

GROUP = "slices"
OWNERS = ["team:fitsense"]
# One process may hold the DuckDB file at a time.
POOL = "duckdb"
# Dagster cannot know the models without it; parsed once for each state of the project.
MANIFEST = validate_manifest(ready_manifest(load_settings()))
# The tables of the cohorts are all pinned by the one release_manifest.
TRANSLATOR = DagsterDbtTranslator(
    DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True)
)


@dbt_assets(
    manifest=MANIFEST,
    name="slice_models",
    partitions_def=releases,
    dagster_dbt_translator=TRANSLATOR,
    pool=POOL,
)
def slice_models(context: dg.AssetExecutionContext, home: Home) -> Iterator[Any]:
    """The dbt models and their tests for one release."""
    settings, release = home.settings, context.partition_key
    invocation = _start_dbt(context, settings, home.lake)
    events = list(invocation.stream())
    error = invocation.get_error()
    told = {} if error else _model_metadata(settings, release)
    for event in events:
        if not isinstance(event, dg.Output):
            yield event
        elif context.asset_key_for_output(event.output_name) in context.selected_asset_keys:
            model = context.asset_key_for_output(event.output_name).path[-1]
            yield event.with_metadata({**event.metadata, **told.get(model, {})})
    if error is not None:
        raise error


def _start_dbt(
    context: dg.AssetExecutionContext, settings: Settings, lake: Lake
) -> DbtCliInvocation:
    """Start dbt on the cohorts as they were pinned, in FitSense's own environment.

    DbtCliResource would ask the package index for the newest dbt first.
    """
    release = context.partition_key
    cohorts = list(verify_release(lake, release).cohorts)
    folder = run_folder(settings, release)
    folder.mkdir(parents=True, exist_ok=True)
    # Unit tests are about the SQL and not about this release.
    args = ["build", "--exclude-resource-type", "unit_test"]
    args += ["--vars", dbt_vars(lake, release, cohorts), *_selection(context)]
    return DbtCliInvocation.run(
        args=dbt_command(*args),
        env={**dbt_environment(settings, folder), "DBT_LOG_FORMAT": "json"},
        manifest=MANIFEST,
        dagster_dbt_translator=TRANSLATOR,
        project_dir=PROJECT,
        target_path=folder,
        raise_on_error=False,
        context=context,
        adapter=None,
        cli_version=Version(version("dbt-core")),
    )


def _selection(context: dg.AssetExecutionContext) -> list[str]:
    """The chosen models and all before them: the views show the release that was run last."""
    if not context.is_subset:
        return []
    names = sorted(key.path[-1] for key in context.selected_asset_keys)
    return ["--select", *(f"+{name}" for name in names)]


def _model_metadata(settings: Settings, release: str) -> Mapping[str, dict[str, Any]]:
    """What people are told of each model."""
    warehouse = settings.warehouse_path
    models = [node["name"] for node in MANIFEST["nodes"].values()]
    counts = mart_code.row_counts(warehouse, models, release)
    told: dict[str, dict[str, Any]] = {
        name: {"dagster/row_count": count} for name, count in counts.items()
    }
    if counts.get("slice_quality"):
        worst = mart_code.worst_slices(warehouse, release)
        told["slice_quality"]["least_accepted"] = dg.MetadataValue.md(worst)
    return told


@dg.asset(
    group_name=GROUP,
    partitions_def=releases,
    kinds={"duckdb", "parquet"},
    owners=OWNERS,
    code_version=mart_code.VERSION,
    deps=list(mart_code.MARTS),
    pool=POOL,
)
def slice_marts(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult:
    """The marts of a release as Parquet: what the reports read, hashed like everything else."""
    settings, lake, release = home.settings, home.lake, context.partition_key
    cohorts = list(verify_release(lake, release).cohorts)
    manifest = mart_code.export_marts(lake, release, cohorts, settings.warehouse_path)
    rows = [(mart, mart_code.read_mart(lake, release, mart).height) for mart in mart_code.MARTS]
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": manifest.count_rows,
            "marts": dg.MetadataValue.md(markdown.table(("mart", "rows"), rows)),
            "warehouse": dg.MetadataValue.path(str(settings.warehouse_path)),
            "path": dg.MetadataValue.path(str(lake.folder(mart_code.TABLE, release))),
        },
        data_version=dg.DataVersion(manifest.version),
    )


@dg.asset(
    group_name=GROUP,
    partitions_def=releases,
    kinds={"polars", "html"},
    owners=OWNERS,
    code_version=anomaly_code.VERSION,
    deps=[slice_marts],
    pool=POOL,
)
def anomaly_report(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult:
    """What is missing, out of range, odd, there twice, or not as in the release before."""
    lake, release = home.lake, context.partition_key
    found = anomaly_code.assess(lake, release)
    pictures = anomaly_code.anomaly_pictures(found)
    manifest = anomaly_code.write_anomaly_report(lake, found, pictures)
    rows = anomaly_code.anomaly_rows(found)
    tables = publish_rows(home.settings.warehouse_path, release, rows)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": manifest.count_rows,
            **anomaly_code.count_levels(found.findings),
            "previous": found.previous or "none",
            "tables": ", ".join(tables),
            "findings": dg.MetadataValue.md(anomaly_code.findings_markdown(found.findings)),
            **_shown(pictures),
            "report": _report(lake, anomaly_code.TABLE, release, anomaly_code.REPORT),
        },
        data_version=dg.DataVersion(manifest.version),
    )


@dg.asset(
    group_name=GROUP,
    partitions_def=releases,
    kinds={"polars", "html"},
    owners=OWNERS,
    code_version=bias_code.VERSION,
    deps=[slice_marts],
    pool=POOL,
)
def bias_report(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult:
    """Who is in the training rows, and whether the teacher serves some slices worse than others."""
    lake, release = home.lake, context.partition_key
    bias = bias_code.assess_bias(lake, release)
    pictures = bias_code.bias_pictures(bias)
    manifest = bias_code.write_bias_report(lake, bias, pictures)
    tables = publish_rows(home.settings.warehouse_path, release, bias_code.bias_rows(bias))
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": manifest.count_rows,
            **bias_code.count_concerns(bias.concerns),
            "concerns": dg.MetadataValue.md(bias_code.concern_markdown(bias.concerns)),
            "tables": ", ".join(tables),
            "gaps": dg.MetadataValue.md(bias_code.gap_markdown(bias.gaps)),
            **_shown(pictures),
            "report": _report(lake, bias_code.TABLE, release, bias_code.REPORT),
        },
        data_version=dg.DataVersion(manifest.version),
    )


def _shown(pictures: Mapping[str, bytes]) -> dict[str, Any]:
    return {name: dg.MetadataValue.md(markdown.png(body, name)) for name, body in pictures.items()}


def _report(lake: Lake, table: str, release: str, name: str) -> dg.PathMetadataValue:
    return dg.MetadataValue.path(str(lake.folder(table, release) / name))
