"""How a partitioned asset writes: one lake partition per key, and what the UI is told of each."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import dagster as dg

from fitsense_assets.lib.lake import Lake, Manifest


def write_each(
    context: dg.AssetExecutionContext,
    write: Callable[[str], Manifest],
    describe: Callable[[str], Mapping[str, Any]] | None = None,
) -> dg.MaterializeResult:
    """Write every partition of this run, in order of key.

    One partition: the data version is the hash of its content. Several in one run: Dagster keeps
    one version for all of them, so it is the hash over them; each partition's own stands in its
    metadata as `data_version`, and in its manifest.
    """
    versions: dict[str, str] = {}
    for key in sorted(context.partition_keys):
        manifest = write(key)
        versions[key] = manifest.version
        told = {
            "dagster/row_count": manifest.count_rows,
            "data_version": manifest.version,
            "files": len(manifest.files),
            "bytes": sum(entry.count_bytes for entry in manifest.files),
            **{name: str(fact) for name, fact in sorted(manifest.facts.items())},
            **_columns(context, key, manifest),
            **(describe(key) if describe else {}),
        }
        context.add_asset_metadata(told, partition_key=key)
    return dg.MaterializeResult(data_version=dg.DataVersion(_version_of(versions)))


def column_schema(lake: Lake, table: str, key: str, manifest: Manifest) -> dg.TableSchema | None:
    """The columns of a partition as its first Parquet file has them; None where it has none."""
    import polars as pl  # heavy: only a run that writes pays for it

    part = next((e.name for e in manifest.files if e.name.endswith(".parquet")), None)
    if part is None:
        return None
    with (lake.folder(table, key) / part).open("rb") as file:
        columns = pl.read_parquet_schema(file)
    return dg.TableSchema([dg.TableColumn(name, str(kind)) for name, kind in columns.items()])


def _columns(
    context: dg.AssetExecutionContext, key: str, manifest: Manifest
) -> dict[str, dg.TableSchema]:
    lake: Lake = context.resources.home.lake
    schema = column_schema(lake, context.asset_key.path[-1], key, manifest)
    return {"dagster/column_schema": schema} if schema else {}


def _version_of(versions: Mapping[str, str]) -> str:
    if len(versions) == 1:
        return next(iter(versions.values()))
    text = "\n".join(f"{key} {version}" for key, version in sorted(versions.items()))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
