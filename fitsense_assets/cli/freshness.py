"""Which assets of a partition need a run: missing, changed, or made by other code or inputs.

Dagster's own stale status speaks of events; here the lake has the last word, so a partition whose
files were lost or replaced is made again as well.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import dagster as dg

from fitsense_assets.lib.lake import Lake

if TYPE_CHECKING:
    from dagster._core.definitions.assets.graph.asset_graph import AssetGraph

DATA_VERSION = "dagster/data_version"
CODE_VERSION = "dagster/code_version"
INPUT_VERSION = "dagster/input_data_version/"


@dataclass(frozen=True)
class Freshness:
    """Answers for one installation: its event log, its lake, and the graph as it is now."""

    instance: dg.DagsterInstance
    lake: Lake
    graph: "AssetGraph"

    def stale(self, keys: Iterable[dg.AssetKey], partition: str) -> list[dg.AssetKey]:
        """The keys that need a run, upstream first; what follows from a stale one is stale too."""
        wanted = set(keys)
        found: dict[dg.AssetKey, bool] = {}
        for key in self.graph.toposorted_asset_keys:
            if key in wanted:
                parents = self.graph.get(key).parent_keys
                is_stale = any(found.get(parent, False) for parent in parents)
                found[key] = is_stale or not self._is_fresh(key, partition)
        return [key for key, is_stale in found.items() if is_stale]

    def _is_fresh(self, key: dg.AssetKey, partition: str) -> bool:
        event = self._latest(key, partition)
        if event is None:
            return False
        node, tags = self.graph.get(key), event.tags or {}
        if node.code_version is not None and tags.get(CODE_VERSION) != node.code_version:
            return False
        inputs = {
            parent: tags[INPUT_VERSION + parent.to_user_string()]
            for parent in node.parent_keys
            if INPUT_VERSION + parent.to_user_string() in tags
        }
        same = all(self._version(parent, partition) == v for parent, v in inputs.items())
        return same and self._fits_lake(key, partition, event)

    def _fits_lake(self, key: dg.AssetKey, partition: str, event: dg.AssetMaterialization) -> bool:
        """Whether the lake holds what the event tells; dbt models live in the warehouse."""
        if "dbt" in self.graph.get(key).kinds:
            return True
        table = key.path[-1]
        if not self.lake.exists(table, partition):
            return False
        return self.lake.manifest(table, partition).version == _version_of(event)

    def _version(self, key: dg.AssetKey, partition: str) -> str | None:
        node = self.graph.get(key)
        event = self._latest(key, partition if node.is_partitioned else None)
        return None if event is None else (event.tags or {}).get(DATA_VERSION)

    def _latest(self, key: dg.AssetKey, partition: str | None) -> dg.AssetMaterialization | None:
        partitions = None if partition is None else [partition]
        wanted = dg.AssetRecordsFilter(asset_key=key, asset_partitions=partitions)
        records = self.instance.fetch_materializations(wanted, limit=1).records
        return records[0].asset_materialization if records else None


def _version_of(event: dg.AssetMaterialization) -> str | None:
    """The partition's own version: a run over several keeps it in the metadata."""
    told = event.metadata.get("data_version")
    return str(told.value) if told is not None else (event.tags or {}).get(DATA_VERSION)
