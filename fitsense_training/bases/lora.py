"""The base `lora`: a pretrained causal language model that learns through a low-rank adapter.

Our own loop teaches it, not TRL's trainer. The loss and its mask, the order of batches and the
checkpoints are then those of every base: a killed run goes on to the same weights bit for bit, a
torn checkpoint is told by its hash, nothing is pickled (a Trainer's optimizer state is), and on a
CPU TRL's trainer took 1.35 times as long.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from fitsense_training.bases.causal import CausalNetwork, has_plain_head, load_causal, load_words
from fitsense_training.bases.files import BaseModel, find_base
from fitsense_training.bases.learner import Learner, device_of
from fitsense_training.bases.turns import is_exact, settle_template, turn_of
from fitsense_training.conversations import Conversation
from fitsense_training.sft_config import LoraRecipe, SftConfig
from fitsense_training.words import Words

if TYPE_CHECKING:
    from peft import PeftModel
    from transformers import PreTrainedTokenizerBase

ADAPTER = "adapter"
ADAPTER_WEIGHTS = "adapter_model.safetensors"
ADAPTER_CONFIG = "adapter_config.json"
PROBED = 64  # prompts on which the template is compared with what is learned


@dataclass(frozen=True)
class Adapted:
    """A pretrained model with a fresh adapter, its tokenizer, and whether its head is plain."""

    model: "PeftModel"
    tokenizer: "PreTrainedTokenizerBase"
    is_plain: bool


Load = Callable[[BaseModel, SftConfig], Adapted]


def lora_learner(
    config: SftConfig, conversations: Sequence[Conversation], load: Load | None = None
) -> Learner:
    """A pretrained model ready to learn; `load` is another way to load it, as `qlora` has."""
    recipe = recipe_of(config)
    device = device_of(config)
    base = find_base(recipe.model, recipe.revision)
    adapted = (load or load_adapted)(base, config)
    network = CausalNetwork(adapted.model, is_plain=adapted.is_plain)
    settle_template(adapted.tokenizer)
    words = words_of(adapted.tokenizer, _count_logits(adapted.model))
    learned = [value for value in network.parameters() if value.requires_grad]
    probes = [item.prompt for item in conversations[:PROBED]]

    def save(out: Path) -> Path:
        # Where the base lay is of this machine; what it is stands in the record.
        adapted.model.peft_config["default"].base_model_name_or_path = base.name
        adapted.model.save_pretrained(str(out / ADAPTER), save_embedding_layers=False)
        (out / ADAPTER / "README.md").unlink(missing_ok=True)
        _sort_targets(out / ADAPTER / ADAPTER_CONFIG)
        return out / ADAPTER / ADAPTER_WEIGHTS

    return Learner(
        network=network,
        words=words,
        optimizers=[
            torch.optim.AdamW(
                learned, lr=recipe.rate, betas=(0.9, 0.98), weight_decay=recipe.weight_decay
            )
        ],
        rates=(recipe.rate,),
        device=device,
        facts={
            "base_model": base.facts(),
            "count_parameters": sum(value.numel() for value in network.parameters()),
            "count_learned_parameters": sum(value.numel() for value in learned),
            "is_template_exact": all(
                is_exact(adapted.tokenizer, words.turn, prompt) for prompt in probes
            ),
            "versions": _versions(),
        },
        save=save,
        identity=base.sha256,
    )


def load_adapted(base: BaseModel, config: SftConfig) -> Adapted:
    """The model in transformers with a peft adapter; the same seed gives the same adapter."""
    from peft import LoraConfig, get_peft_model

    recipe = recipe_of(config)
    model = load_causal(base, getattr(torch, recipe.precision))
    is_plain = has_plain_head(model)
    torch.nn.Module.to(model, device_of(config))
    if recipe.is_recomputed:
        model.gradient_checkpointing_enable({"use_reentrant": False})
        model.enable_input_require_grads()
    targets = recipe.targets if isinstance(recipe.targets, str) else list(recipe.targets)
    torch.manual_seed(config.seed)
    adapter = LoraConfig(
        task_type="CAUSAL_LM",
        r=recipe.rank,
        lora_alpha=recipe.alpha,
        lora_dropout=recipe.dropout,
        target_modules=targets,
    )
    return Adapted(get_peft_model(model, adapter), load_words(base), is_plain)


def words_of(tokenizer: "PreTrainedTokenizerBase", count_logits: int) -> Words:
    """The words of a base whose template is settled."""
    from tokenizers import Tokenizer

    fast: Any = tokenizer
    plain = Tokenizer.from_str(fast.backend_tokenizer.to_str())
    return Words(plain, turn_of(tokenizer, count_logits), is_own=False)


def recipe_of(config: SftConfig) -> LoraRecipe:
    """The lora section of a recipe that must have one."""
    assert config.lora is not None, "a recipe of this base was checked to have the section"
    return config.lora


def _sort_targets(config: Path) -> None:
    """Peft writes a set in whatever order it comes."""
    body = json.loads(config.read_text(encoding="utf-8"))
    body["target_modules"] = sorted(body["target_modules"])
    config.write_text(json.dumps(body, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _count_logits(model: Any) -> int:
    return int(model.get_base_model().get_output_embeddings().weight.shape[0])


def _versions() -> dict[str, str]:
    import peft
    import transformers

    return {"transformers": transformers.__version__, "peft": peft.__version__}
