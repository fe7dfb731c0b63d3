"""What a student would learn from now, and what the newest release was made of, as fingerprints.

A fingerprint is read from manifests alone, so a sensor can afford it on every tick. It covers what
decides the rows of a release: the reviewed replies of every cohort, and the rules, prompt, wire
format and recipe they go through. When two fingerprints are equal there is nothing new to learn.
"""

import hashlib
import json
from dataclasses import dataclass

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.manifest import TABLE as MANIFESTS
from fitsense_assets.lib.release.manifest import Pins, SftContract, read_pins
from fitsense_assets.lib.release.recipe import Recipe, default_recipe
from fitsense_assets.lib.release.spec import REVIEWED, ready_cohorts
from fitsense_training.domain.catalogue import catalogue_version
from fitsense_training.domain.rulebook import rules_version


@dataclass(frozen=True)
class Reviewed:
    """The reviewed replies of one cohort: the hash of their content, and how many there are."""

    version: str
    count_rows: int


@dataclass(frozen=True)
class Dataset:
    """The cohorts of a dataset, and the versions of all that its rows go through."""

    cohorts: dict[str, Reviewed]
    versions: dict[str, str]

    @property
    def fingerprint(self) -> str:
        """A hash of the content, whatever it is called and however often it was written."""
        content = {
            "cohorts": {key: held.version for key, held in self.cohorts.items()},
            "versions": self.versions,
        }
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.blake2b(canonical.encode(), digest_size=16).hexdigest()


def dataset_now(lake: Lake) -> Dataset:
    """What a release made now would hold: every reviewed cohort, under the rules of this code."""
    cohorts = {key: _reviewed(lake, key) for key in ready_cohorts(lake)}
    versions = _versions((rules_version(), catalogue_version()), SftContract(), default_recipe())
    return Dataset(cohorts, versions)


def dataset_of(pins: Pins) -> Dataset:
    """What a release holds."""
    cohorts = {
        key: Reviewed(pin.tables[REVIEWED].version, pin.tables[REVIEWED].count_rows)
        for key, pin in pins.cohorts.items()
    }
    versions = _versions((pins.rules_version, pins.catalogue_version), pins.contract, pins.recipe)
    return Dataset(cohorts, versions)


def newest_pins(lake: Lake) -> Pins | None:
    """The pins of the newest release that was pinned, or None before the first."""
    keys = lake.keys(MANIFESTS)
    return read_pins(lake, keys[-1]) if keys else None


def _reviewed(lake: Lake, cohort: str) -> Reviewed:
    manifest = lake.manifest(REVIEWED, cohort)
    return Reviewed(manifest.version, manifest.count_rows)


def _versions(rules: tuple[str, str], contract: SftContract, recipe: Recipe) -> dict[str, str]:
    return {
        "rules": rules[0],
        "catalogue": rules[1],
        "prompt": contract.prompt_version,
        "wire": contract.wire_version,
        "chat template": contract.chat_template,
        "release recipe": recipe.model_dump_json(),
    }
