"""The student: a Gemma 3 network of about a million parameters, made from zero.

torch is imported here; the service does not import this module.
"""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from fitsense_training.domain.errors import CorruptArtifact
from fitsense_training.muon import Muon
from fitsense_training.network import StudentNetwork
from fitsense_training.shape import StudentShape


def build_student(shape: StudentShape, vocab_size: int, seed: int) -> StudentNetwork:
    """A fresh student; the same seed gives the same weights."""
    torch.manual_seed(seed)
    return StudentNetwork(shape, vocab_size).eval()


def save_weights(model: StudentNetwork, path: Path) -> None:
    """Write the weights as safetensors, under the names Hugging Face uses."""
    save_file({name: value.cpu().contiguous() for name, value in model.state_dict().items()}, path)


def load_weights(model: StudentNetwork, path: Path) -> None:
    """Read weights into a model of the same shape."""
    try:
        model.load_state_dict(load_file(path))
    except (RuntimeError, OSError) as error:
        raise CorruptArtifact(f"{path} does not fit this student: train it again") from error


def load_student(path: Path, shape: StudentShape, vocab_size: int) -> StudentNetwork:
    """The student whose weights lie at a path."""
    model = StudentNetwork(shape, vocab_size).eval()
    load_weights(model, path)
    return model


def make_optimizers(
    model: StudentNetwork, matrix_rate: float, other_rate: float
) -> list[torch.optim.Optimizer]:
    """Muon for the matrices of the layers, AdamW for embeddings and norms."""
    matrices, others = [], []
    for name, value in model.named_parameters():
        (matrices if value.ndim == 2 and "layers." in name else others).append(value)
    return [
        Muon(matrices, lr=matrix_rate),
        torch.optim.AdamW(others, lr=other_rate, betas=(0.9, 0.98), weight_decay=0.0),
    ]


def describe(model: StudentNetwork, shape: StudentShape) -> Mapping[str, Any]:
    """Shape and size, for the run record."""
    count = sum(value.numel() for value in model.parameters())
    return {**asdict(shape), "count_parameters": count}
