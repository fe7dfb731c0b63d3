"""Which run recorded a partition at the version it has: a card cites its figures with it."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime

import dagster as dg

from fitsense_assets.lib.release.sources import Place, Source

PAGE = 200
# The tag that a run of one partition leaves, and the metadata of a run over several.
TAG, METADATA = "dagster/data_version", "data_version"


def sources_of(
    instance: dg.DagsterInstance, versions: Mapping[Place, str]
) -> tuple[dict[Place, Source], dict[Place, date]]:
    """The sources that Dagster knows, and the day each was recorded.

    Of several runs that recorded the same version the first counts, so that materializing it again
    changes no card. A partition that no run recorded at this version is left out.
    """
    sources: dict[Place, Source] = {}
    days: dict[Place, date] = {}
    for place, version in versions.items():
        asset, partition = place
        for record in _records(instance, asset, partition):
            if version in _versions(record):
                sources[place] = Source(asset, partition, version, record.run_id)
                days[place] = datetime.fromtimestamp(record.timestamp, tz=UTC).date()
                break
    return sources, days


def _records(
    instance: dg.DagsterInstance, asset: str, partition: str
) -> Iterable[dg.EventLogRecord]:
    """Every materialization of a partition, the oldest first."""
    wanted = dg.AssetRecordsFilter(dg.AssetKey(asset), asset_partitions=[partition])
    cursor: str | None = None
    while True:
        page = instance.fetch_materializations(wanted, PAGE, cursor=cursor, ascending=True)
        yield from page.records
        if not page.has_more:
            return
        cursor = page.cursor


def _versions(record: dg.EventLogRecord) -> set[str]:
    made = record.asset_materialization
    if made is None:
        return set()
    told = made.metadata.get(METADATA)
    return {(made.tags or {}).get(TAG, ""), str(told.value) if told else ""}
