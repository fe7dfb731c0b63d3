"""How a partitioned asset writes: one lake partition per key, and what the UI is told of each."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import dagster as dg

from fitsense_assets.lib.lake import Manifest


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
            **(describe(key) if describe else {}),
        }
        context.add_asset_metadata(told, partition_key=key)
    return dg.MaterializeResult(data_version=dg.DataVersion(_version_of(versions)))


def _version_of(versions: Mapping[str, str]) -> str:
    if len(versions) == 1:
        return next(iter(versions.values()))
    text = "\n".join(f"{key} {version}" for key, version in sorted(versions.items()))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
