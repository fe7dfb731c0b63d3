"""What all assets get in one place: when they are made again, how fresh they are to be, their code.

The stages say what an asset is; here stands what automation and the UI need to know besides.
"""

import warnings
from collections.abc import Sequence
from datetime import timedelta

import dagster as dg

from fitsense_assets.defs.automation.conditions import ON_CHANGED_CODE, ON_CHANGED_CONTENT
from fitsense_assets.lib.student.train import DEFAULT_RECIPE, TABLE, recipe_version
from fitsense_training.domain.catalogue import catalogue_version
from fitsense_training.domain.rulebook import rules_version
from fitsense_training.domain.text.prompt import PROMPT_VERSION
from fitsense_training.domain.text.wire import WIRE_VERSION

OWNERS = ["team:fitsense"]
COHORT_GROUPS = ("cohort", "teacher")
ASKING = ("queries", "teacher_responses", "reviewed_responses")
# The last asset of each chain: when it is old, the chain stands still.
ENDS = ("reviewed_responses", "registered_student")
# Growth is weekly by default; a day more is a warning, a missed week and a half is a failure.
WARN_AFTER = timedelta(days=8)
FAIL_AFTER = timedelta(days=11)


def with_attributes(assets: Sequence[dg.AssetsDefinition]) -> Sequence[dg.AssetsDefinition]:
    """The assets with what is the same for all of their kind, and links to their code."""
    mapped = dg.map_asset_specs(attributes, assets)
    with warnings.catch_warnings():  # Dagster tells of each link that links may change
        warnings.simplefilter("ignore", dg.BetaWarning)
        linked = dg.with_source_code_references(mapped)
    return [each for each in linked if isinstance(each, dg.AssetsDefinition)]


def attributes(spec: dg.AssetSpec) -> dg.AssetSpec:
    """One asset's spec with what automation and the UI need."""
    name = spec.key.path[-1]
    if not spec.owners:
        spec = spec.replace_attributes(owners=OWNERS)
    if spec.group_name in COHORT_GROUPS:
        is_root = name == "profiles"
        spec = spec.replace_attributes(
            automation_condition=ON_CHANGED_CODE if is_root else ON_CHANGED_CONTENT,
            code_version=code_version(name, spec.code_version),
        )
    if name == TABLE:
        version = f"{spec.code_version}, recipe {recipe_version(DEFAULT_RECIPE)}"
        spec = spec.replace_attributes(code_version=version)
    if name in ENDS:
        policy = dg.FreshnessPolicy.time_window(fail_window=FAIL_AFTER, warn_window=WARN_AFTER)
        spec = spec.replace_attributes(freshness_policy=policy)
    return spec


def code_version(name: str, own: str | None) -> str:
    """The version of the code of a cohort's asset: its own, and the rules it is made by.

    A release refuses cohorts of other rules, so a changed rule makes every cohort anew; where that
    changes no content, nothing follows from it.
    """
    parts = [own or "1", f"rules {rules_version()}", f"catalogue {catalogue_version()}"]
    if name in ASKING:
        parts += [f"prompt {PROMPT_VERSION}", f"wire {WIRE_VERSION}"]
    return ", ".join(parts)
