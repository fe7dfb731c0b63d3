"""From a recipe to its learner, and whether this machine has what the recipe needs."""

from collections.abc import Sequence

from fitsense_training.bases.files import find_base
from fitsense_training.bases.learner import Learner, device_of
from fitsense_training.bases.lora import lora_learner
from fitsense_training.bases.qlora import load_quantized, refuse_without_unsloth
from fitsense_training.bases.scratch import scratch_learner
from fitsense_training.conversations import Conversation
from fitsense_training.sft_config import SftConfig


def check_base(config: SftConfig) -> None:
    """Refuse a recipe that cannot run here, before anything is read or waited for.

    Raises:
        BadInput: no GPU, no unsloth, or no base; the message says what to do.
    """
    device_of(config)
    if config.base == "qlora":
        refuse_without_unsloth()
    if config.lora is not None:
        find_base(config.lora.model, config.lora.revision)


def open_learner(config: SftConfig, conversations: Sequence[Conversation]) -> Learner:
    """The learner of a recipe."""
    if config.base == "scratch":
        return scratch_learner(config, conversations)
    load = load_quantized if config.base == "qlora" else None
    return lora_learner(config, conversations, load)
