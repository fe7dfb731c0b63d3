"""From a finished run to its bundle.

The adapter is merged into the base, not kept beside it: a bundle must be whole by itself, can be
served by anything that reads a Hugging Face folder, and what was measured is bit for bit what is
served (merging rounds, so an adapter measured apart would be another model). The adapter itself
stays in the run's folder. A `qlora` adapter is merged into the unquantized base.
"""

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from fitsense_training.bases.causal import load_causal, load_words
from fitsense_training.bases.files import BaseModel, find_base
from fitsense_training.bases.lora import ADAPTER, recipe_of, words_of
from fitsense_training.bases.scratch import TOKENIZER, WEIGHTS
from fitsense_training.bases.step import can_export, export_model, shape_of
from fitsense_training.bases.turns import settle_template
from fitsense_training.bundle import (
    CATALOGUE,
    CONFIG,
    GENERATION_CONFIG,
    MODEL_WEIGHTS,
    ONNX,
    PRETRAINED_FILES,
    TOKENIZER_CONFIG,
    BundleManifest,
    Origin,
    Pretrained,
    seal_bundle,
    write_json,
    write_manifest,
)
from fitsense_training.domain.catalogue import catalogue_entries
from fitsense_training.domain.errors import CorruptArtifact
from fitsense_training.export import export_onnx
from fitsense_training.sft_config import SftConfig
from fitsense_training.student import load_student

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

# What transformers notes of the moment, and nobody wants to read later.
HOW_IT_WAS_LOADED = frozenset({"is_local", "local_files_only", "name_or_path"})


def bundle_run(
    config: SftConfig, run: Path, vocab_size: int, origin: Origin, into: Path
) -> BundleManifest:
    """Make the bundle of a finished run in an empty folder."""
    into.mkdir(parents=True, exist_ok=True)
    if config.base == "scratch":
        return _bundle_own(config, run, vocab_size, origin, into)
    return _bundle_pretrained(config, run, origin, into)


def _bundle_own(
    config: SftConfig, run: Path, vocab_size: int, origin: Origin, into: Path
) -> BundleManifest:
    for name in (WEIGHTS, TOKENIZER):
        shutil.copyfile(run / name, into / name)
    export_onnx(load_student(into / WEIGHTS, config.shape, vocab_size), into / ONNX)
    return seal_bundle(into, origin, config.shape, vocab_size)


def _bundle_pretrained(config: SftConfig, run: Path, origin: Origin, into: Path) -> BundleManifest:
    recipe = recipe_of(config)
    base = find_base(recipe.model, recipe.revision)
    model, tokenizer = _merge(base, run / ADAPTER), load_words(base)
    settle_template(tokenizer)
    tokenizer.model_max_length = recipe.max_tokens
    head: Any = model.get_output_embeddings()
    turn = words_of(tokenizer, int(head.weight.shape[0])).turn
    _save_model(model, turn.stop, turn.pad, into)
    _save_tokenizer(tokenizer, into)
    write_json(into / CATALOGUE, catalogue_entries())
    shape, names = shape_of(model, recipe.max_tokens), [*PRETRAINED_FILES]
    if can_export(model):
        export_model(model.float(), shape, into / ONNX)
        names.append(ONNX)
    pretrained = Pretrained(
        base_model=base.name, revision=base.revision, base_sha256=base.sha256, turn=turn
    )
    return write_manifest(into, origin, shape, names, pretrained)


def _merge(base: BaseModel, adapter: Path) -> "PreTrainedModel":
    """The base with the adapter in its weights: added in single precision, kept in the base's."""
    from peft import PeftModel
    from safetensors import SafetensorError

    model = load_causal(base, torch.float32)
    kept: Any = _stored_dtype(base)
    try:
        adapted: Any = PeftModel.from_pretrained(model, str(adapter))
    except (SafetensorError, OSError, ValueError, RuntimeError) as error:
        raise CorruptArtifact(f"{adapter} holds no adapter of {base.name}: train again") from error
    return adapted.merge_and_unload(safe_merge=True).to(kept).eval()


def _stored_dtype(base: BaseModel) -> torch.dtype:
    from transformers import AutoConfig

    config: Any = AutoConfig.from_pretrained(base.folder, local_files_only=True)
    return getattr(config.get_text_config(), "dtype", None) or torch.float32


def _save_model(model: "PreTrainedModel", stop: int, pad: int, into: Path) -> None:
    """Weights and configurations; generation ends where an answer does, and never samples."""
    from transformers import GenerationConfig

    model.generation_config = GenerationConfig(eos_token_id=stop, pad_token_id=pad, do_sample=False)
    model.config.eos_token_id = stop
    aside = into / ".saving"
    model.save_pretrained(aside, max_shard_size="1000GB")
    _take(aside, into, (MODEL_WEIGHTS, CONFIG, GENERATION_CONFIG))


def _save_tokenizer(tokenizer: "PreTrainedTokenizerBase", into: Path) -> None:
    aside = into / ".saving"
    tokenizer.save_pretrained(aside, save_jinja_files=False)
    _take(aside, into, (TOKENIZER, TOKENIZER_CONFIG))
    settings = json.loads((into / TOKENIZER_CONFIG).read_text(encoding="utf-8"))
    kept = {key: value for key, value in settings.items() if key not in HOW_IT_WAS_LOADED}
    write_json(into / TOKENIZER_CONFIG, kept)


def _take(aside: Path, into: Path, names: tuple[str, ...]) -> None:
    """What a bundle may hold; whatever else a library left is dropped."""
    for name in names:
        (aside / name).rename(into / name)
    shutil.rmtree(aside)
