"""Training checkpoints that survive a kill: whole or ignored.

A checkpoint is one safetensors file and a JSON beside it with its sha256, written last. Loading
takes the newest pair that fits its hash and the run's fingerprint; everything else is left alone.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import torch
from safetensors.torch import load_file, save_file

from fitsense_training.storage import telling_full

KEPT = 2


@dataclass(frozen=True)
class Checkpoint:
    """Everything a run needs to go on: step, tensors of model and optimizers, curve, CPU time."""

    step: int
    tensors: dict[str, torch.Tensor]
    losses: list[float]
    cpu_s: float

    @classmethod
    def empty(cls) -> Self:
        """The beginning of a run."""
        return cls(0, {}, [], 0.0)

    @classmethod
    def of(
        cls,
        model: torch.nn.Module,
        optimizers: list[torch.optim.Optimizer],
        step: int,
        losses: list[float],
        cpu_s: float,
    ) -> Self:
        """The state after `step` steps."""
        tensors = {f"model/{name}": value.detach() for name, value in _learned(model)}
        for index, optimizer in enumerate(optimizers):
            for number, state in optimizer.state_dict()["state"].items():
                for key, value in state.items():
                    tensors[f"optimizer/{index}/{number}/{key}"] = torch.as_tensor(value)
        return cls(step, tensors, list(losses), cpu_s)

    def restore(self, model: torch.nn.Module, optimizers: list[torch.optim.Optimizer]) -> None:
        """Put the state into a fresh model and fresh optimizers."""
        with torch.no_grad():
            for name, value in _learned(model):
                value.copy_(self.tensors[f"model/{name}"])
        for index, optimizer in enumerate(optimizers):
            whole = optimizer.state_dict()
            whole["state"] = _states(self.tensors, f"optimizer/{index}/")
            optimizer.load_state_dict(whole)


def _learned(model: torch.nn.Module) -> Iterator[tuple[str, torch.nn.Parameter]]:
    """What training changes: everything, or the adapter alone where the rest is frozen."""
    return ((name, value) for name, value in model.named_parameters() if value.requires_grad)


def _states(tensors: dict[str, torch.Tensor], prefix: str) -> dict[int, dict[str, Any]]:
    states: dict[int, dict[str, Any]] = {}
    for name, value in tensors.items():
        if name.startswith(prefix):
            number, key = name.removeprefix(prefix).split("/")
            states.setdefault(int(number), {})[key] = value
    return states


def save_checkpoint(checkpoint: Checkpoint, folder: Path, fingerprint: str) -> None:
    """Write a checkpoint; only the newest two are kept.

    Raises:
        OutOfSpace: there is no room for it; the older ones stay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = f"step-{checkpoint.step:07d}"
    tensors = {key: value.cpu().clone().contiguous() for key, value in checkpoint.tensors.items()}
    _write_whole(folder / f"{name}.safetensors", lambda path: save_file(tensors, path))
    facts = {
        "step": checkpoint.step,
        "losses": checkpoint.losses,
        "cpu_s": checkpoint.cpu_s,
        "fingerprint": fingerprint,
        "sha256": _sha256(folder / f"{name}.safetensors"),
    }
    _write_whole(folder / f"{name}.json", lambda path: path.write_text(json.dumps(facts)))
    for old in sorted(folder.glob("step-*.json"))[:-KEPT]:
        old.unlink()
        old.with_suffix(".safetensors").unlink(missing_ok=True)


def load_newest(folder: Path, fingerprint: str) -> Checkpoint | None:
    """The newest whole checkpoint of this very run, or None."""
    for path in sorted(folder.glob("step-*.json"), reverse=True):
        try:
            facts = json.loads(path.read_text(encoding="utf-8"))
            weights = path.with_suffix(".safetensors")
            if facts["fingerprint"] != fingerprint or facts["sha256"] != _sha256(weights):
                continue
            return Checkpoint(facts["step"], load_file(weights), facts["losses"], facts["cpu_s"])
        except (OSError, ValueError, KeyError):
            continue  # torn by a kill: an older one, or the beginning, will do
    return None


def _write_whole(path: Path, write: Any) -> None:
    temporary = path.with_name(f".{path.name}.writing")
    with telling_full(f"checkpoint {path.name}"):
        try:
            write(temporary)
            with temporary.open("rb") as written:
                os.fsync(written.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while chunk := source.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
