"""Everything Dagster is to know, in one object: assets, checks, jobs and what they are given."""

from collections.abc import Iterable
from pathlib import Path

import dagster as dg

from fitsense_assets.defs.automation.attributes import with_attributes
from fitsense_assets.defs.resources import Home


@dg.definitions
def defs() -> dg.Definitions:
    """Whatever the stages define, with the home of this installation.

    Steps run in one process by default: another process a step costs ten CPU-seconds of imports.
    """
    # A stage that imports another one's assets names them again: each is taken once.
    found = dg.load_from_defs_folder(path_within_project=Path(__file__).parent / "defs")
    return dg.Definitions(
        assets=with_attributes(_once(found.assets or ())),
        asset_checks=found.asset_checks,
        jobs=found.jobs,
        schedules=found.schedules,
        sensors=found.sensors,
        resources={"home": Home()},
        executor=dg.in_process_executor,
    )


def _once(assets: Iterable[object]) -> list[dg.AssetsDefinition]:
    found = {id(asset): asset for asset in assets}
    return [asset for asset in found.values() if isinstance(asset, dg.AssetsDefinition)]
