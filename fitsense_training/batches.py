"""Batches of about equal length and a fixed number of tokens, in a seeded order."""

from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from fitsense_training.conversations import Encoded
from fitsense_training.sft_config import SftConfig
from fitsense_training.tokenizer import PAD_ID


@dataclass(frozen=True)
class Batch:
    """Right-padded rows: ids and masks of shape (rows, longest).

    `repeats` has one line (row, place, token) for every exercise that must not be written there,
    `days` one line (row, place, last day) for every place where only a later day may follow.
    """

    input_ids: NDArray[np.int64]
    attention_mask: NDArray[np.int64]
    loss_mask: NDArray[np.int64]
    repeats: NDArray[np.int64]
    days: NDArray[np.int64]
    count_tokens: int


def batch_up(encoded: list[Encoded], config: SftConfig) -> list[Batch]:
    """All epochs' batches; rows of like length share a batch, so little is padding."""
    rng = np.random.default_rng(config.seed)
    batches: list[Batch] = []
    for _ in range(config.epochs):
        # Neighbours in length, but not the same neighbours every epoch.
        noise = rng.uniform(0, 8, len(encoded))
        order = np.argsort([len(item.input_ids) + noise[i] for i, item in enumerate(encoded)])
        groups = _groups([encoded[int(i)] for i in order], config.tokens_per_step)
        batches += [_pad(groups[int(i)]) for i in rng.permutation(len(groups))]
    return batches


def up_to(batches: list[Batch], most_tokens: int | None) -> list[Batch]:
    """The batches that fit into so many tokens, in order and at least one; all without a limit."""
    if most_tokens is None:
        return batches
    read = accumulate(batch.count_tokens for batch in batches)
    return batches[: max(1, sum(count <= most_tokens for count in read))]


def _groups(ordered: list[Encoded], tokens_per_step: int) -> list[list[Encoded]]:
    groups: list[list[Encoded]] = []
    for item in ordered:
        if groups and (len(groups[-1]) + 1) * len(item.input_ids) <= tokens_per_step:
            groups[-1].append(item)
        else:
            groups.append([item])
    return groups


def _pad(rows: list[Encoded]) -> Batch:
    longest = max(len(row.input_ids) for row in rows)
    shape = (len(rows), longest)
    ids = np.full(shape, PAD_ID, dtype=np.int64)
    attention = np.zeros(shape, dtype=np.int64)
    loss = np.zeros(shape, dtype=np.int64)
    for index, row in enumerate(rows):
        length = len(row.input_ids)
        ids[index, :length] = row.input_ids
        attention[index, :length] = 1
        loss[index, :length] = row.loss_mask
    repeats = [(index, *entry) for index, row in enumerate(rows) for entry in row.repeats]
    days = [(index, *entry) for index, row in enumerate(rows) for entry in row.days]
    return Batch(ids, attention, loss, _lines(repeats), _lines(days), int(attention.sum()))


def _lines(entries: list[tuple[int, ...]]) -> NDArray[np.int64]:
    return np.array(entries, dtype=np.int64).reshape(-1, 3)
