"""RECIPE: teach a student to answer as the teacher did, by supervised fine-tuning.

Run it with
    python -m fitsense_training.sft --config fitsense_training/configs/scratch_cpu.yaml \
        --data <folder with train.jsonl and val.jsonl> --out <folder>

Read `fine_tune` from top to bottom. A killed run goes on from its last checkpoint and ends with
the same weights.
"""

import json
import platform
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from tokenizers import Tokenizer
from tqdm import tqdm

from fitsense_training.batches import Batch, batch_up
from fitsense_training.checkpoint import Checkpoint, load_newest, save_checkpoint
from fitsense_training.conversations import Conversation, Encoded, encode_all, read_conversations
from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.errors import BadInput
from fitsense_training.network import StudentNetwork
from fitsense_training.sft_config import SftConfig, load_config
from fitsense_training.student import build_student, describe, make_optimizers, save_weights
from fitsense_training.tokenizer import save_tokenizer, train_tokenizer

IGNORED = -100


@dataclass(frozen=True)
class TrainedStudent:
    """What a run leaves in its folder, and the figures of it."""

    folder: Path
    weights: Path
    tokenizer: Path
    record: dict[str, Any]


def fine_tune(config: SftConfig, data: Path, out: Path) -> TrainedStudent:
    """Train a student on `data/train.jsonl`; weights, tokenizer and run record go to `out`."""
    _refuse_other_bases(config)
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(config.threads)
    torch.use_deterministic_algorithms(mode=True)

    conversations = list(read_conversations(data / "train.jsonl"))
    held_out = list(read_conversations(data / "val.jsonl"))
    if not conversations:
        raise BadInput(f"{data / 'train.jsonl'} is empty: there is nothing to learn from")
    tokenizer = _tokenizer(config, conversations)
    batches = batch_up(_encode(tokenizer, conversations, config), config)

    model = build_student(config.shape, tokenizer.get_vocab_size(), config.seed)
    optimizers = make_optimizers(model, config.matrix_rate, config.other_rate)
    fingerprint = config.fingerprint(data / "train.jsonl")
    run = _Run(config, model, optimizers, out / "checkpoints", fingerprint)

    losses, cpu_s = _learn(run, batches)

    val_loss = _mean_loss(model, _encode(tokenizer, held_out, config), config)
    save_weights(model, out / "weights.safetensors")
    save_tokenizer(tokenizer, out / "tokenizer.json")
    record = {
        "config": config.model_dump(mode="json"),
        "model": dict(describe(model, config.shape)),
        "fingerprint": fingerprint,
        "count_train": len(conversations),
        "count_val": len(held_out),
        "count_tokens": sum(batch.count_tokens for batch in batches),
        "count_steps": len(batches),
        "vocab_size": tokenizer.get_vocab_size(),
        "loss_curve": losses,
        "val_loss": val_loss,
        "train_cpu_s": round(cpu_s, 1),
        "versions": {"torch": torch.__version__, "python": platform.python_version()},
        "hardware": {"machine": platform.machine(), "threads": config.threads},
    }
    (out / "run_record.json").write_text(json.dumps(record, indent=1), encoding="utf-8")
    return TrainedStudent(out, out / "weights.safetensors", out / "tokenizer.json", record)


def _refuse_other_bases(config: SftConfig) -> None:
    if config.base != "scratch":
        raise BadInput(
            f"the base {config.base!r} is not available in this version: use base: scratch"
        )


def _tokenizer(config: SftConfig, conversations: list[Conversation]) -> Tokenizer:
    names = [exercise.id for exercise in load_catalogue()]
    texts = (text for c in conversations for text in (c.prompt, c.answer))
    return train_tokenizer(texts, names, config.vocab_size)


def _encode(
    tokenizer: Tokenizer, conversations: list[Conversation], config: SftConfig
) -> list[Encoded]:
    encoded = encode_all(tokenizer, conversations)
    return [item for item in encoded if len(item.input_ids) <= config.shape.max_tokens]


@dataclass(frozen=True)
class _Run:
    """What a training loop works with, and where it leaves its checkpoints."""

    config: SftConfig
    model: StudentNetwork
    optimizers: list[torch.optim.Optimizer]
    checkpoints: Path
    fingerprint: str

    def begin(self) -> Checkpoint:
        """Where to go on from: the last whole checkpoint of this very run, or the beginning."""
        found = load_newest(self.checkpoints, self.fingerprint)
        if found is None:
            return Checkpoint.empty()
        found.restore(self.model, self.optimizers)
        return found

    def keep(self, step: int, losses: list[float], cpu_s: float) -> None:
        """Write a checkpoint."""
        state = Checkpoint.of(self.model, self.optimizers, step, losses, cpu_s)
        save_checkpoint(state, self.checkpoints, self.fingerprint)


def _learn(run: _Run, batches: list[Batch]) -> tuple[list[float], float]:
    """The loop; returns the loss curve (one value a logged step) and CPU-seconds spent."""
    config, began = run.config, run.begin()
    losses = list(began.losses)
    clock = time.process_time() - began.cpu_s
    run.model.train()
    with _bar(batches, began.step) as bar:
        for step, batch in _from(batches, began.step):
            _set_rates(run.optimizers, config, step, len(batches))
            weights = _Weights(_prompt_weight(config, step / len(batches)), config.repeat_weight)
            loss = _step(run, batch, weights)
            if step % config.log_every == 0:
                losses.append(round(loss, 5))
                bar.set_postfix(loss=f"{loss:.3f}", refresh=False)
            bar.update(batch.count_tokens)
            if (step + 1) % config.checkpoint_every == 0:
                run.keep(step + 1, losses, time.process_time() - clock)
    run.model.eval()
    return losses, time.process_time() - clock


def _bar(batches: list[Batch], done: int) -> "tqdm[Any]":
    counts = [batch.count_tokens for batch in batches]
    return tqdm(
        total=sum(counts),
        initial=sum(counts[:done]),
        desc="training",
        unit="tok",
        unit_scale=True,
        mininterval=1.0,
    )


def _from(batches: list[Batch], step: int) -> Iterator[tuple[int, Batch]]:
    return ((index, batches[index]) for index in range(step, len(batches)))


def _prompt_weight(config: SftConfig, done_share: float) -> float:
    """Prompts teach at first; the end is for answers."""
    return config.prompt_loss_weight * (1.0 - done_share)


def _set_rates(
    optimizers: list[torch.optim.Optimizer], config: SftConfig, step: int, steps: int
) -> None:
    """Linear warm-up, then linear decay to a twentieth."""
    warm = min(1.0, (step + 1) / max(1, config.warm_up_steps))
    left = 1.0 - 0.95 * step / max(1, steps)
    for optimizer, rate in zip(optimizers, (config.matrix_rate, config.other_rate), strict=True):
        for group in optimizer.param_groups:
            group["lr"] = rate * warm * left


@dataclass(frozen=True)
class _Weights:
    """What prompts and repeated exercises weigh beside an answer's 1."""

    prompt: float = 0.0
    repeat: float = 0.0


ANSWERS_ONLY = _Weights()


def _step(run: _Run, batch: Batch, weights: _Weights) -> float:
    loss = _loss(run.model, batch, weights)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(run.model.parameters(), run.config.clip_norm)
    for optimizer in run.optimizers:
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
    return float(loss.detach())


def _loss(model: StudentNetwork, batch: Batch, weights: _Weights = ANSWERS_ONLY) -> torch.Tensor:
    """Weighted mean cross-entropy; logits are made for the positions that count only.

    Answers count 1. A prompt holds the current plan, and to predict its lines is to learn how
    plans are written and how lines repeat: a small weight there teaches more than it costs.
    """
    ids = torch.from_numpy(batch.input_ids)
    hidden = model.hidden(ids)
    answer = torch.from_numpy(batch.loss_mask)[:, 1:].float()
    real = torch.from_numpy(batch.attention_mask)[:, 1:].float()
    weight = answer + weights.prompt * (real - answer)
    counted = weight > 0
    logits = model.logits(hidden[:, :-1][counted])
    losses = torch.nn.functional.cross_entropy(logits, ids[:, 1:][counted], reduction="none")
    total = (losses * weight[counted]).sum()
    if weights.repeat and len(batch.repeats):
        total = total + weights.repeat * _wanted_again(logits, counted, batch)
    return total / weight.sum()


def _wanted_again(logits: torch.Tensor, counted: torch.Tensor, batch: Batch) -> torch.Tensor:
    """How much the student wants exercises that stand already: the sum of -log(1 - p).

    Unlikelihood of Welleck et al. 2020, at the places where an exercise is due.
    """
    place = torch.full(counted.shape, -1, dtype=torch.long)
    place[counted] = torch.arange(int(counted.sum()))
    rows, places, tokens = torch.from_numpy(batch.repeats).T
    where, which = torch.unique(place[rows, places - 1], return_inverse=True)
    wanted = torch.log_softmax(logits[where], -1)[which, tokens].exp()
    return -torch.log1p(-wanted.clamp(max=1 - 1e-4)).sum()


def _mean_loss(model: StudentNetwork, encoded: list[Encoded], config: SftConfig) -> float | None:
    """Loss on held-out conversations, weighted by batch; None when there are none."""
    batches = batch_up(encoded, config)
    if not batches:
        return None
    with torch.no_grad():
        values = [float(_loss(model, batch)) for batch in batches]
    return round(sum(values) / len(values), 5)


def main(
    config: Annotated[Path, typer.Option(help="A recipe from fitsense_training/configs.")],
    data: Annotated[Path, typer.Option(help="Folder with train.jsonl and val.jsonl.")],
    out: Annotated[Path, typer.Option(help="Folder for weights, tokenizer and record.")],
) -> None:
    """Train a student by a recipe."""
    student = fine_tune(load_config(config), data, out)
    summary = {key: student.record[key] for key in ("count_tokens", "val_loss", "train_cpu_s")}
    typer.echo(json.dumps(summary))


if __name__ == "__main__":
    typer.run(main)
