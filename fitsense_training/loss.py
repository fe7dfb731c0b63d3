"""The loss every base is taught by: answers count 1, prompts and repeated exercises as configured.

A prompt holds the current plan, and to predict its lines is to learn how plans are written and how
lines repeat: a small weight there teaches a new network more than it costs.
"""

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from fitsense_training.batches import Batch
from fitsense_training.precision import mixed_precision


class Network(Protocol):
    """A language model as the loss sees it. Rows are padded on the right."""

    def hidden(self, input_ids: Tensor) -> Tensor:
        """Last hidden states, shape (rows, length, hidden)."""
        ...

    def logits(self, hidden: Tensor) -> Tensor:
        """Scores over the vocabulary, for any number of hidden states."""
        ...


@dataclass(frozen=True)
class Weights:
    """What prompts and repeats weigh beside an answer's 1.

    `weekdays` says of every token which day it opens, 0 for Monday, and a negative number of none.
    """

    prompt: float = 0.0
    repeat: float = 0.0
    weekdays: Tensor | None = None


ANSWERS_ONLY = Weights()


def weighted_loss(
    network: Network, batch: Batch, device: torch.device, weights: Weights = ANSWERS_ONLY
) -> Tensor:
    """Weighted mean cross-entropy; logits are made for the positions that count only.

    Matrix products are made in bfloat16 where the device multiplies it (`precision.py`).
    """
    ids = torch.from_numpy(batch.input_ids).to(device)
    answer = torch.from_numpy(batch.loss_mask).to(device)[:, 1:].float()
    real = torch.from_numpy(batch.attention_mask).to(device)[:, 1:].float()
    weight = answer + weights.prompt * (real - answer)
    counted = weight > 0
    with mixed_precision(device.type):
        logits = network.logits(network.hidden(ids)[:, :-1][counted])
    logits = logits.float()
    losses = torch.nn.functional.cross_entropy(logits, ids[:, 1:][counted], reduction="none")
    total = (losses * weight[counted]).sum()
    if weights.repeat and len(batch.repeats):
        total = total + weights.repeat * _wanted_again(logits, counted, batch)
    if weights.repeat and weights.weekdays is not None and len(batch.days):
        days = _wanted_too_early(logits, counted, batch, weights.weekdays)
        total = total + weights.repeat * days
    return total / weight.sum()


def _wanted_again(logits: Tensor, counted: Tensor, batch: Batch) -> Tensor:
    """How much the student wants exercises that stand already: the sum of -log(1 - p).

    Unlikelihood of Welleck et al. 2020, at the places where an exercise is due.
    """
    rows, places, tokens = torch.from_numpy(batch.repeats).to(counted.device).T
    where, which = torch.unique(_places(counted)[rows, places - 1], return_inverse=True)
    wanted = torch.log_softmax(logits[where], -1)[which, tokens].exp()
    return _unwanted(wanted)


def _wanted_too_early(logits: Tensor, counted: Tensor, batch: Batch, weekdays: Tensor) -> Tensor:
    """How much the student wants days that are over, where a day or the end of them is due."""
    rows, places, last = torch.from_numpy(batch.days).to(counted.device).T
    probabilities = torch.softmax(logits[_places(counted)[rows, places - 1]], -1)
    is_over = (weekdays >= 0) & (weekdays <= last.unsqueeze(1))
    return _unwanted((probabilities * is_over).sum(1))


def _places(counted: Tensor) -> Tensor:
    """Where the logits of each counted position stand."""
    place = torch.full(counted.shape, -1, dtype=torch.long, device=counted.device)
    place[counted] = torch.arange(int(counted.sum()), device=counted.device)
    return place


def _unwanted(wanted: Tensor) -> Tensor:
    """The sum of -log(1 - p); a certain p costs what it may at most."""
    return -torch.log1p(-wanted.clamp(max=1 - 1e-4)).sum()
