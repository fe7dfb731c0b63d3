"""Training the student of a release: splits out of the lake, a sealed bundle back in.

The run itself works in FitSense's home, so that a killed training goes on from its checkpoint;
only the finished bundle enters the lake. What differs between equal runs (CPU time, machine) stands
in `run_record.json` beside the bundle and is no part of its hash.
"""

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from fitsense_assets.lib.durable import is_local
from fitsense_assets.lib.lake import Lake, Manifest
from fitsense_assets.lib.release.manifest import read_pins
from fitsense_training.bundle import BundleManifest, Origin, read_manifest
from fitsense_training.domain.errors import BadInput
from fitsense_training.settings import Settings

if TYPE_CHECKING:
    from fitsense_training.writer import Writer

TABLE = "student_checkpoint"
SPLITS = "sft_splits"
BUNDLE = "bundle"
ADAPTER = "adapter"
RECORD = "run_record.json"
DEFAULT_RECIPE = "scratch_cpu"
SERVED_HERE, SERVED_ELSEWHERE = "onnxruntime", "an OpenAI-compatible server"
RECIPES = Path(__file__).resolve().parents[3] / "fitsense_training" / "configs"


@dataclass(frozen=True)
class RunRecord:
    """The record of a training run, as the recipe wrote it."""

    body: dict[str, Any]

    def summary(self) -> dict[str, Any]:
        """The figures people look for first."""
        model, config = self.body["model"], self.body["config"]
        base = model.get("base_model", {}).get("name", config["base"])
        return {
            "recipe": config["name"],
            "base": base,
            "parameters": model["count_parameters"],
            "train_conversations": self.body["count_train"],
            "train_tokens": self.body["count_tokens"],
            "steps": self.body["count_steps"],
            "vocabulary": self.body["vocab_size"],
            "val_loss": self.body["val_loss"],
            "train_cpu_s": self.body["train_cpu_s"],
            "served_by": self.body.get("served_by", SERVED_HERE),
        }

    def curves(self) -> dict[str, Sequence[tuple[int, float]]]:
        """Training loss by step."""
        every = self.body["config"]["log_every"]
        return {"loss": tuple((i * every, v) for i, v in enumerate(self.body["loss_curve"]))}

    def params(self) -> dict[str, str]:
        """What MLflow lists as parameters of the run; a section's fields carry its name."""
        body = {**self.body["config"], **self.body["model"], **self.body["versions"]}
        plain = {name: value for name, value in body.items() if not isinstance(value, dict)}
        for section in ("lora", "base_model"):
            for name, value in body.get(section, {}).items():
                plain[f"{section}.{name}"] = value
        return {name: str(value) for name, value in plain.items()}


def recipe_path(name: str) -> Path:
    """The file of a recipe, by its name or as a path; BadInput lists those there are."""
    path = Path(name).expanduser() if name.endswith(".yaml") else RECIPES / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(entry.stem for entry in RECIPES.glob("*.yaml")))
        raise BadInput(f"there is no recipe {name!r} (there are: {known}, or a path to a .yaml)")
    return path


def recipe_version(name: str) -> str:
    """A hash of what a recipe says: a student of an earlier one is stale."""
    said = yaml.safe_load(recipe_path(name).read_text("utf-8"))
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:8]


def check_recipe(name: str) -> None:
    """Refuse, before anything is made, a recipe that is wrong or cannot run on this machine."""
    from fitsense_training.bases.choose import check_base
    from fitsense_training.sft_config import load_config

    check_base(load_config(recipe_path(name)))


def train_release(settings: Settings, lake: Lake, release: str, recipe: str) -> Manifest:
    """Train the student of a release, export it, and write its bundle into the lake.

    Raises:
        OutOfSpace: there is no room for it; once there is, training goes on where it was.
    """
    from fitsense_training.bases.bundling import bundle_run
    from fitsense_training.sft import fine_tune
    from fitsense_training.sft_config import load_config

    splits = lake.verify(SPLITS, release)
    config = load_config(recipe_path(recipe)).model_copy(update={"threads": settings.threads})
    work = settings.home / "training" / release
    trained = fine_tune(config, splits_on_disk(lake, release, work / "data"), work)
    with lake.write(TABLE, release) as draft:
        folder, record = _fresh(work / BUNDLE), trained.record
        origin = Origin(
            base=config.base,
            release=release,
            cohorts=cohorts_of(lake, release),
            data_version=splits.version,
            scores={"val_loss": record["val_loss"] or 0.0},
        )
        sealed = bundle_run(config, trained.folder, record["vocab_size"], origin, folder)
        record["served_by"] = (
            "onnxruntime" if sealed.is_embeddable else "an OpenAI-compatible server"
        )
        draft.write_folder(BUNDLE, folder)
        if config.base != "scratch":
            draft.write_folder(ADAPTER, trained.folder / ADAPTER)
        draft.write_text(RECORD, json.dumps(record, indent=1, sort_keys=True))
        draft.volatile.add(RECORD)
        draft.facts.update(recipe=config.name, data_version=splits.version)
        draft.count_rows = record["count_train"]
    shutil.rmtree(work)
    return draft.sealed


def cohorts_of(lake: Lake, release: str) -> tuple[str, ...]:
    """The cohorts a release was made of."""
    return tuple(read_pins(lake, release).cohorts)


def read_record(lake: Lake, release: str) -> RunRecord:
    """The record of the run that trained a release's student."""
    return RunRecord(json.loads(lake.read_text(TABLE, release, RECORD)))


def open_bundle(lake: Lake, release: str) -> "Writer":
    """The student of a release, verified and ready to write."""
    return open_folder(bundle_folder(lake, release))


def open_folder(folder: Path) -> "Writer":
    """The student of a bundle folder, verified and ready to write."""
    from fitsense_training.bases.writing import open_anywhere

    return open_anywhere(folder)


def bundle_folder(lake: Lake, release: str) -> Path:
    """Where the bundle of a release lies on this machine."""
    lake.verify(TABLE, release)
    folder = lake.folder(TABLE, release) / BUNDLE
    if not is_local(folder):
        raise BadInput(f"{folder} is remote: set FITSENSE_LAKE to a local folder to open students")
    return Path(str(folder))


def read_bundle(lake: Lake, release: str) -> BundleManifest:
    """What the bundle of a release says of itself."""
    return read_manifest(bundle_folder(lake, release))


def splits_on_disk(lake: Lake, release: str, copy: Path) -> Path:
    """The training files of a release on this machine; a remote lake is copied."""
    folder = lake.folder(SPLITS, release)
    if is_local(folder):
        return Path(str(folder))
    copy.mkdir(parents=True, exist_ok=True)
    for name in ("train.jsonl", "val.jsonl"):
        (copy / name).write_bytes((folder / name).read_bytes())
    return copy


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
