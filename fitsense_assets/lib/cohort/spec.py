"""The spec of a cohort in the lake: written once, before anything is drawn from it."""

import json
import re
from dataclasses import dataclass

from fitsense_assets.lib.cohort.config import CohortConfig, parse_config
from fitsense_assets.lib.lake import Lake
from fitsense_training.domain.errors import BadInput, CorruptArtifact

TABLE = "cohort_specs"
FILE = "spec.json"
_KEY = re.compile(r"[a-z][a-z0-9]{1,15}")


@dataclass(frozen=True)
class CohortSpec:
    """A cohort before it is drawn: its key and its recipe."""

    key: str
    config: CohortConfig


def add_cohort(lake: Lake, key: str, config: CohortConfig) -> CohortSpec:
    """Write a cohort's spec; the same spec again is no harm.

    Raises:
        BadInput: the key is malformed, or the cohort is there with another recipe.
    """
    if not _KEY.fullmatch(key):
        raise BadInput(f"{key!r} is no cohort key: use a letter and digits, such as c0001")
    if lake.exists(TABLE, key):
        found = read_cohort(lake, key)
        if found.config != config:
            raise BadInput(f"cohort {key} exists with another recipe: choose a new key")
        return found
    with lake.write(TABLE, key) as draft:
        draft.write_text(FILE, config.model_dump_json(indent=1))
    return CohortSpec(key, config)


def read_cohort(lake: Lake, key: str) -> CohortSpec:
    """A cohort's spec.

    Raises:
        UnknownName: there is no such cohort.
        CorruptArtifact: the spec was written for another version of the recipe.
    """
    text = lake.read_text(TABLE, key, FILE)
    try:
        return CohortSpec(key, parse_config(json.loads(text)))
    except (BadInput, ValueError) as error:
        raise CorruptArtifact(f"the spec of cohort {key} no longer fits: add it again") from error
