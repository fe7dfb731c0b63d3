"""The same cohort asked through litellm and straight: `python -m tests.providers.both_ways FOLDER`.

A process of its own, because litellm takes seconds to import. What was seen of each, and of a
straight run over the journal that litellm has filled, is in `FOLDER/told.json`.
"""

import json
import sys
from pathlib import Path
from typing import Any

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.teacher.endpoint import Endpoint
from fitsense_assets.lib.teacher.journal import Journal
from fitsense_assets.lib.teacher.online_teacher import OnlineTeacher
from fitsense_assets.lib.teacher.stages import write_responses
from tests.builders import a_cohort
from tests.providers.drivers import LITELLM, STRAIGHT, gateway_of
from tests.providers.server import Address, mock_provider

KEY = "c0001"
FAULTS = "half:0.1,empty:0.05,cut:0.05,twice:0.05"


def run(driver: str, provider: Address, folder: Path) -> dict[str, Any]:
    """The version of the rows that one run writes, and all that was asked until then."""
    # One call at a time, so that each way meets the same faults.
    endpoint = Endpoint("openai/mock-7b", provider.api_base, "sk-mock", concurrency=1)
    lake, journal = Lake(str(folder / "lake")), Journal(folder / "journal.sqlite")
    with lake.write("queries", KEY) as draft:
        draft.write_frame("part-00000.parquet", a_cohort(users=100).queries.head(40))
    teacher = OnlineTeacher(endpoint, journal, gateway_of(driver, endpoint))
    version = write_responses(lake, KEY, teacher).version
    journal.close()
    stats = provider.stats()
    return {"version": version, "calls": stats["calls"], "asked": stats["asked"]}


if __name__ == "__main__":
    scratch = Path(sys.argv[1])
    with mock_provider(faults=FAULTS) as first:
        told = {"litellm": run(LITELLM, first, scratch / "litellm")}
        told["again"] = run(STRAIGHT, first, scratch / "litellm")
    with mock_provider(faults=FAULTS) as second:
        told["straight"] = run(STRAIGHT, second, scratch / "straight")
    (scratch / "told.json").write_text(json.dumps(told), encoding="utf-8")
