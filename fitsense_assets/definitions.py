"""Everything Dagster is to know, in one object: assets, checks, jobs and what they are given."""

from pathlib import Path

import dagster as dg

from fitsense_assets.defs.resources import Home


@dg.definitions
def defs() -> dg.Definitions:
    """Whatever the stages define, with the home of this installation.

    Steps run in one process by default: another process a step costs ten CPU-seconds of imports.
    """
    return dg.Definitions.merge(
        dg.load_from_defs_folder(path_within_project=Path(__file__).parent / "defs"),
        dg.Definitions(resources={"home": Home()}, executor=dg.in_process_executor),
    )
