"""The base `qlora`: the same as `lora`, but the frozen weights are four bits, by unsloth on CUDA.

Importing unsloth without an accelerator fails, so it is imported only after the GPU was found. The
bundle is made from the adapter and the unquantized base, which is what will be served.
"""

import importlib.util
from typing import Any

from fitsense_training.bases.files import BaseModel
from fitsense_training.bases.lora import Adapted, recipe_of
from fitsense_training.domain.errors import BadInput
from fitsense_training.sft_config import SftConfig

# unsloth takes names, not peft's `all-linear`.
LINEAR = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


def refuse_without_unsloth() -> None:
    """BadInput where the extra `gpu` is not installed."""
    if importlib.util.find_spec("unsloth") is None:
        raise BadInput(
            "the base qlora needs unsloth: install it on a machine with an NVIDIA GPU with "
            "pip install 'fitsense[gpu]', or take a lora recipe such as gemma3_270m_lora"
        )


def load_quantized(base: BaseModel, config: SftConfig, unsloth: Any = None) -> Adapted:
    """The model in four bits with an adapter, as unsloth makes it; `unsloth` may be a stand-in."""
    recipe = recipe_of(config)
    maker = unsloth or _fast_model()
    model, tokenizer = maker.from_pretrained(
        model_name=str(base.folder),
        max_seq_length=recipe.max_tokens,
        load_in_4bit=True,
        dtype=None,
        local_files_only=True,
        trust_remote_code=False,
    )
    targets = LINEAR if recipe.targets == "all-linear" else recipe.targets
    adapted = maker.get_peft_model(
        model,
        r=recipe.rank,
        lora_alpha=recipe.alpha,
        lora_dropout=recipe.dropout,
        target_modules=list(targets),
        bias="none",
        use_gradient_checkpointing="unsloth" if recipe.is_recomputed else False,
        random_state=config.seed,
        max_seq_length=recipe.max_tokens,
    )
    # unsloth leaves logits out of its training forward, so comparing heads would tell nothing.
    return Adapted(adapted, tokenizer, is_plain=_has_plain_config(adapted))


def _fast_model() -> Any:
    refuse_without_unsloth()
    from unsloth import FastLanguageModel  # pyright: ignore[reportMissingImports]

    return FastLanguageModel


def _has_plain_config(model: Any) -> bool:
    """Whether no setting caps or scales the logits; the recipes' Gemma 3 and Qwen 3 have none."""
    config = model.get_base_model().config.get_text_config()
    names = ("final_logit_softcapping", "logit_scale", "logits_scaling")
    return all(getattr(config, name, None) in (None, 1, 1.0) for name in names)
