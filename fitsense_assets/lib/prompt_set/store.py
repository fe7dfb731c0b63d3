"""The fixed evaluation prompts in the lake: made once for each version, then only read.

The set is pinned by the hash of its content, which every evaluation carries; two students are
compared on it only where that hash is the same.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fitsense_assets.lib.lake import Lake, Manifest
from fitsense_assets.lib.prompt_set.build import prompt_rows
from fitsense_assets.lib.prompt_set.recipe import PromptSetRecipe, default_recipe
from fitsense_training.domain.request import PlanRequest
from fitsense_training.evaluate import Case
from fitsense_training.scoring import SLICES

if TYPE_CHECKING:
    import polars as pl

TABLE = "evaluation_prompts"
FILE = "prompts.parquet"


@dataclass(frozen=True)
class PromptSet:
    """The cases of the fixed evaluation, with the partition and the hash they stand under."""

    key: str
    sha: str
    cases: tuple[Case, ...]


def ensure_prompts(lake: Lake, recipe: PromptSetRecipe | None = None) -> Manifest:
    """The manifest of today's set, which is made if it is not there yet (seconds of CPU)."""
    import polars as pl

    recipe = recipe or default_recipe()
    if lake.exists(TABLE, recipe.key):
        return lake.verify(TABLE, recipe.key)
    frame = pl.DataFrame(prompt_rows(recipe))
    with lake.write(TABLE, recipe.key) as draft:
        draft.write_frame(FILE, frame)
        draft.facts.update(version=recipe.version, cohort=recipe.cohort, seed=recipe.seed)
    return draft.sealed


def read_prompts(lake: Lake, recipe: PromptSetRecipe | None = None) -> "pl.DataFrame":
    """Today's set as a table, made if it is not there yet."""
    recipe = recipe or default_recipe()
    ensure_prompts(lake, recipe)
    return lake.read_frame(TABLE, recipe.key)


def read_prompt_set(lake: Lake, recipe: PromptSetRecipe | None = None) -> PromptSet:
    """Today's set as cases."""
    recipe = recipe or default_recipe()
    manifest = ensure_prompts(lake, recipe)
    rows = lake.read_frame(TABLE, recipe.key).iter_rows(named=True)
    return PromptSet(recipe.key, manifest.version, tuple(_case(row) for row in rows))


def version_of(lake: Lake, recipe: PromptSetRecipe | None = None) -> str | None:
    """The hash of today's set, or None where none is made."""
    key = (recipe or default_recipe()).key
    return lake.manifest(TABLE, key).version if lake.exists(TABLE, key) else None


def held_out_rows(lake: Lake, recipe: PromptSetRecipe | None = None) -> "pl.DataFrame | None":
    """Query id, person and prompt of today's set, for decontamination; None where none is made."""
    recipe = recipe or default_recipe()
    if not lake.exists(TABLE, recipe.key):
        return None
    return lake.read_frame(TABLE, recipe.key, ["query_id", "user_id", "prompt"])


def _case(row: dict[str, Any]) -> Case:
    return Case(
        query_id=row["query_id"],
        user_id=row["user_id"],
        cohort=row["cohort"],
        slices={name: str(row[name]) for name in SLICES},
        request=PlanRequest.model_validate_json(row["request_json"]),
        teacher_reply=row["reference_reply"],
        kind=row["kind"],
    )
