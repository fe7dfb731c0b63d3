"""RECIPE: teach a student to answer as the teacher did, by supervised fine-tuning.

Run it with
    python -m fitsense_training.sft --config fitsense_training/configs/scratch_cpu.yaml \
        --data <folder with train.jsonl and val.jsonl> --out <folder>

Read `fine_tune` from top to bottom. The base (a new network, or a pretrained one with an adapter)
is chosen in `bases/`; conversations, loss and loop are the same for all. A killed run goes on from
its last checkpoint and, on a CPU, ends with the same weights.
"""

import hashlib
import json
import platform
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from tqdm import tqdm

from fitsense_training.bases.choose import check_base, open_learner
from fitsense_training.bases.learner import Learner
from fitsense_training.batches import Batch, batch_up, up_to
from fitsense_training.checkpoint import Checkpoint, load_newest, save_checkpoint
from fitsense_training.conversations import (
    Conversation,
    Encoded,
    encode_all,
    read_conversations,
    spelled_out,
)
from fitsense_training.domain.errors import BadInput
from fitsense_training.loss import Weights, weighted_loss
from fitsense_training.memory import keep_freed_memory
from fitsense_training.precision import multiplies_bfloat16
from fitsense_training.repeats import weekday_orders
from fitsense_training.sft_config import SftConfig, load_config
from fitsense_training.storage import telling_full

STEPS_APART = 1_000_003  # so that runs of neighbouring seeds share no step's draw


@dataclass(frozen=True)
class TrainedStudent:
    """What a run leaves in its folder, and the figures of it."""

    folder: Path
    weights: Path
    record: dict[str, Any]

    @property
    def tokenizer(self) -> Path:
        """The tokenizer that a student made from zero leaves beside its weights."""
        return self.folder / "tokenizer.json"


@dataclass(frozen=True)
class Progress:
    """Where a run stands, for who watches it; `val_loss` measures it on held-out conversations."""

    step: int
    count_steps: int
    val_loss: Callable[[], float | None]


Watch = Callable[[Progress], None]
"""Called where a checkpoint is due. It may raise to end the run; the checkpoint is kept."""


def fine_tune(
    config: SftConfig, data: Path, out: Path, watch: Watch | None = None
) -> TrainedStudent:
    """Train a student on `data/train.jsonl`; what it learned and the run record go to `out`."""
    check_base(config)
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(config.threads)
    keep_freed_memory()
    torch.use_deterministic_algorithms(mode=config.device != "cuda")
    # Nothing here reads memory before it is written, and to fill it is a twentieth of a step.
    torch.utils.deterministic.fill_uninitialized_memory = False  # pyright: ignore[reportAttributeAccessIssue]

    conversations = list(read_conversations(data / "train.jsonl"))
    held_out = list(read_conversations(data / "val.jsonl"))
    if not conversations:
        raise BadInput(f"{data / 'train.jsonl'} is empty: there is nothing to learn from")
    learner = open_learner(config, conversations)
    encoded = _encode(learner, conversations, config)
    held_out_batches = batch_up(_encode(learner, held_out, config), config) if held_out else []
    batches = up_to(
        _spelled_out(learner, conversations, config) + batch_up(encoded, config), config.most_tokens
    )

    fingerprint = _fingerprint(config, data / "train.jsonl", learner)
    weekdays = None
    if learner.words.is_own:
        weekdays = torch.tensor(weekday_orders(learner.words.pieces), device=learner.device)
    run = _Run(config, learner, out / "checkpoints", fingerprint, held_out_batches, watch, weekdays)

    losses, cpu_s = _learn(run, batches)

    with telling_full(f"the trained student into {out}"):
        weights = learner.save(out)
    facts = dict(learner.facts)
    record = {
        "config": config.model_dump(mode="json"),
        "versions": {
            "torch": torch.__version__,
            "python": platform.python_version(),
            **facts.pop("versions", {}),
        },
        "model": facts,
        "fingerprint": fingerprint,
        "count_train": len(conversations),
        "count_too_long": len(conversations) - len(encoded),
        "count_val": len(held_out),
        "count_tokens": sum(batch.count_tokens for batch in batches),
        "count_steps": len(batches),
        "vocab_size": learner.words.turn.size,
        "loss_curve": losses,
        "val_loss": run.val_loss(),
        "train_cpu_s": round(cpu_s, 1),
        "hardware": _hardware(config, learner),
    }
    (out / "run_record.json").write_text(json.dumps(record, indent=1), encoding="utf-8")
    return TrainedStudent(out, weights, record)


def _fingerprint(config: SftConfig, data: Path, learner: Learner) -> str:
    """A hash of all that the weights depend on: recipe, data and, where there is one, the base."""
    fingerprint = config.fingerprint(data)
    if not learner.identity:
        return fingerprint
    return hashlib.sha256(f"{fingerprint} {learner.identity}".encode()).hexdigest()


def _hardware(config: SftConfig, learner: Learner) -> dict[str, Any]:
    kind = learner.device.type
    hardware: dict[str, Any] = {
        "machine": platform.machine(),
        "threads": config.threads,
        "products": "bfloat16" if multiplies_bfloat16(kind) else "float32",
    }
    if kind == "cuda":
        hardware["gpu"] = torch.cuda.get_device_name(learner.device)
    return hardware


def _encode(
    learner: Learner, conversations: list[Conversation], config: SftConfig
) -> list[Encoded]:
    """The conversations that fit; BadInput when none does."""
    encoded = encode_all(learner.words, conversations)
    fitting = [item for item in encoded if len(item.input_ids) <= config.max_tokens]
    if not fitting:
        shortest = min(len(item.input_ids) for item in encoded)
        raise BadInput(
            f"no conversation fits into {config.max_tokens} tokens, the shortest has {shortest}: "
            "raise max_tokens in the recipe"
        )
    return fitting


def _spelled_out(
    learner: Learner, conversations: list[Conversation], config: SftConfig
) -> list[Batch]:
    """What a run begins with: changes in which what stays is not named but written."""
    if config.spelled_out_tokens is None:
        return []
    written = [spelled_out(each) for each in conversations]
    changes = [new for new, old in zip(written, conversations, strict=True) if new != old]
    if not changes:
        return []
    return up_to(batch_up(_encode(learner, changes, config), config), config.spelled_out_tokens)


@dataclass(frozen=True)
class _Run:
    """What a training loop works with, where it leaves its checkpoints, and who watches."""

    config: SftConfig
    learner: Learner
    checkpoints: Path
    fingerprint: str
    held_out: list[Batch]
    watch: Watch | None
    weekdays: torch.Tensor | None = None

    def begin(self) -> Checkpoint:
        """Where to go on from: the last whole checkpoint of this very run, or the beginning."""
        found = load_newest(self.checkpoints, self.fingerprint)
        if found is None:
            return Checkpoint.empty()
        found.restore(self.learner.network, self.learner.optimizers)
        return found

    def keep(self, step: int, losses: list[float], cpu_s: float) -> None:
        """Write a checkpoint."""
        state = Checkpoint.of(self.learner.network, self.learner.optimizers, step, losses, cpu_s)
        save_checkpoint(state, self.checkpoints, self.fingerprint)

    def tell(self, step: int, count_steps: int) -> None:
        """Let who watches know."""
        if self.watch is not None:
            self.watch(Progress(step, count_steps, self.val_loss))

    def val_loss(self) -> float | None:
        """Loss on held-out answers, weighted by batch; None when there are none."""
        if not self.held_out:
            return None
        network = self.learner.network.eval()
        with torch.no_grad():
            values = [
                float(weighted_loss(network, batch, self.learner.device)) for batch in self.held_out
            ]
        return round(sum(values) / len(values), 5)


def _learn(run: _Run, batches: list[Batch]) -> tuple[list[float], float]:
    """The loop; returns the loss curve (one value a logged step) and CPU-seconds spent."""
    config, began = run.config, run.begin()
    losses = list(began.losses)
    clock = time.process_time() - began.cpu_s
    with _bar(batches, began.step) as bar:
        for step, batch in _from(batches, began.step):
            _set_rates(run, step, len(batches))
            loss = _step(run, batch, step, step / len(batches))
            if step % config.log_every == 0:
                losses.append(round(loss, 5))
                bar.set_postfix(loss=f"{loss:.3f}", refresh=False)
            bar.update(batch.count_tokens)
            if (step + 1) % config.checkpoint_every == 0:
                run.keep(step + 1, losses, time.process_time() - clock)
                run.tell(step + 1, len(batches))
    run.learner.network.eval()
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


def _set_rates(run: _Run, step: int, steps: int) -> None:
    """Linear warm-up, then linear decay to a twentieth."""
    warm = min(1.0, (step + 1) / max(1, run.config.warm_up_steps))
    left = 1.0 - 0.95 * step / max(1, steps)
    for optimizer, rate in zip(run.learner.optimizers, run.learner.rates, strict=True):
        for group in optimizer.param_groups:
            group["lr"] = rate * warm * left


def _step(run: _Run, batch: Batch, step: int, done_share: float) -> float:
    """One update. Prompts teach at first; the end is for answers."""
    config, learner = run.config, run.learner
    # Dropout draws the same whether or not the run was killed before this step.
    torch.manual_seed(config.seed * STEPS_APART + step)
    weights = Weights(
        config.prompt_loss_weight * (1.0 - done_share), config.repeat_weight, run.weekdays
    )
    loss = weighted_loss(learner.network.train(), batch, learner.device, weights)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(learner.network.parameters(), config.clip_norm)
    for optimizer in learner.optimizers:
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
    return float(loss.detach())


def main(
    config: Annotated[Path, typer.Option(help="A recipe from fitsense_training/configs.")],
    data: Annotated[Path, typer.Option(help="Folder with train.jsonl and val.jsonl.")],
    out: Annotated[Path, typer.Option(help="Folder for what is learned and the record.")],
) -> None:
    """Train a student by a recipe."""
    student = fine_tune(load_config(config), data, out)
    summary = {key: student.record[key] for key in ("count_tokens", "val_loss", "train_cpu_s")}
    typer.echo(json.dumps(summary))


if __name__ == "__main__":
    typer.run(main)
