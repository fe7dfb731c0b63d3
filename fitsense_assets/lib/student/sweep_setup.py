"""From an installation to a sweep: the recipe, its space, and the conversations of a release."""

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.registry.store import Registry
from fitsense_assets.lib.student.sweep import Sweep, thin_out
from fitsense_assets.lib.student.sweep_log import SweepLog
from fitsense_assets.lib.student.sweep_space import load_space, space_path
from fitsense_assets.lib.student.train import RECIPES, SPLITS, recipe_path, splits_on_disk
from fitsense_training.domain.errors import BadInput
from fitsense_training.settings import Settings
from fitsense_training.sft_config import load_config


def sweep_of(
    settings: Settings, recipe: str, release: str | None, conversations: int | None
) -> tuple[Sweep, dict[str, str]]:
    """The sweep of a recipe over a release, and the tags of its runs in MLflow.

    Raises:
        BadInput: there is no such recipe or space, or no release has its conversations yet.
    """
    path = recipe_path(recipe)
    config = load_config(path).model_copy(update={"threads": settings.threads})
    space = load_space(space_path(path, config.base, RECIPES), config)
    lake = Lake(settings.lake_root)
    chosen = release or newest_release(lake)
    splits = lake.verify(SPLITS, chosen)
    part = "all" if conversations is None else str(conversations)
    work = settings.home / "sweeps" / f"{chosen}-{config.name}-{part}"
    data = splits_on_disk(lake, chosen, work / "release")
    if conversations is not None:
        data = thin_out(data, work / "data", conversations)
    tags = {
        "release": chosen,
        "recipe": config.name,
        "base": config.base,
        "data_version": splits.version,
        "conversations": part,
    }
    return Sweep(config, space, data, work), tags


def newest_release(lake: Lake) -> str:
    """The newest release whose conversations are made."""
    keys = lake.keys(SPLITS)
    if not keys:
        raise BadInput("no release has conversations yet: make one with `fitsense release create`")
    return keys[-1]


def log_of(settings: Settings, sweep: Sweep, tags: dict[str, str]) -> SweepLog:
    """Where the trials of a sweep are logged."""
    return SweepLog(Registry.of(settings), sweep.name, tags)
