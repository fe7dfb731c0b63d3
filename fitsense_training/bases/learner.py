"""A learner: a network of any base with all that the one training loop needs to teach it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from fitsense_training.bases.causal import CausalNetwork
from fitsense_training.domain.errors import BadInput
from fitsense_training.network import StudentNetwork
from fitsense_training.sft_config import SftConfig
from fitsense_training.words import Words


@dataclass(frozen=True)
class Learner:
    """One base, ready to learn.

    `rates` are the peak rates of the optimizers; `identity` is what the weights depend on besides
    recipe and data; `facts` go into the run record; `save` writes what was learned into a folder.
    """

    network: StudentNetwork | CausalNetwork
    words: Words
    optimizers: list[torch.optim.Optimizer]
    rates: tuple[float, ...]
    device: torch.device
    facts: dict[str, Any]
    save: Callable[[Path], Path]
    identity: str = ""


def device_of(config: SftConfig) -> torch.device:
    """The device of a recipe; BadInput where this machine has none such."""
    if config.device != "cuda":
        return torch.device("cpu")
    if not torch.cuda.is_available():
        raise BadInput(
            f"the recipe {config.name} needs an NVIDIA GPU that torch can see, and there is none: "
            "run it on a machine with one (install the extra gpu there), or take a recipe for a "
            "CPU such as scratch_cpu or gemma3_270m_lora"
        )
    return torch.device("cuda")
