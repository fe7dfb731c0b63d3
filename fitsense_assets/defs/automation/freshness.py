"""Which assets of a partition need a run: missing, changed, or made by other code or inputs.

Dagster's own stale status speaks of events; here the lake has the last word, so a partition whose
files were lost or replaced is made again as well.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import dagster as dg

from fitsense_assets.lib.lake import Lake

if TYPE_CHECKING:
    from dagster._core.definitions.assets.graph.asset_graph import AssetGraph

DATA_VERSION = "dagster/data_version"
CODE_VERSION = "dagster/code_version"
HISTORY = 50


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
        records = self._records(key, partition, limit=1)
        event = records[0].asset_materialization if records else None
        if event is None:
            return False
        node, tags = self.graph.get(key), event.tags or {}
        if node.code_version is not None and tags.get(CODE_VERSION) != node.code_version:
            return False
        made_at = records[0].storage_id
        same = all(self._is_unchanged(p, partition, made_at) for p in node.parent_keys)
        return same and self._fits_lake(key, partition, event)

    def _is_unchanged(self, key: dg.AssetKey, partition: str, made_at: int) -> bool:
        """Whether an input's content is what it was when the asset was made.

        Inputs of the other dimension have no such partition: a release pins its cohorts itself.
        """
        records = self._records(key, partition, limit=HISTORY)
        if not records:
            return True
        before = next((r for r in records if r.storage_id < made_at), None)
        return before is not None and _content(before) == _content(records[0])

    def _fits_lake(self, key: dg.AssetKey, partition: str, event: dg.AssetMaterialization) -> bool:
        """Whether the lake holds what the event tells; dbt models live in the warehouse."""
        if "dbt" in self.graph.get(key).kinds:
            return True
        table = key.path[-1]
        if not self.lake.exists(table, partition):
            return False
        return self.lake.manifest(table, partition).version == _version_of(event)

    def _records(self, key: dg.AssetKey, partition: str, limit: int) -> Sequence[dg.EventLogRecord]:
        """The newest materializations of a partition, newest first."""
        wanted = dg.AssetRecordsFilter(asset_key=key, asset_partitions=[partition])
        return self.instance.fetch_materializations(wanted, limit=limit).records


def _content(record: dg.EventLogRecord) -> str | None:
    event = record.asset_materialization
    return None if event is None else _version_of(event)


def _version_of(event: dg.AssetMaterialization) -> str | None:
    """The partition's own version: a run over several keeps it in the metadata."""
    told = event.metadata.get("data_version")
    return str(told.value) if told is not None else (event.tags or {}).get(DATA_VERSION)
