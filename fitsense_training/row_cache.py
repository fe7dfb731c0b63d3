"""Keys and values of a batch of rows, and what a step must be told to add to them.

The buffer is larger than what stands in it and is passed to the step as it lies, without a copy.
A row is filled from its beginning without gaps, whatever the others read; the mask hides the rest.
"""

from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from fitsense_training.serving_contract import past_names
from fitsense_training.shape import StudentShape

BLOCK = 64  # places by which the buffer grows
Inputs = dict[str, NDArray[np.generic]]


class RowCache:
    """The cache of some rows, which may be fewer from step to step."""

    def __init__(self, shape: StudentShape, count_rows: int) -> None:
        """Nothing is read yet, and there is no room yet that the first step would look through."""
        self._names = past_names(shape.count_layers)
        self._lengths = np.zeros(count_rows, dtype=np.int64)
        sizes = (shape.count_layers, 2, count_rows, shape.count_kv_heads, 0, shape.head_dim)
        self._buffer = np.zeros(sizes, dtype=np.float32)
        self._new: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None

    def inputs(self, tokens: Sequence[Sequence[int]]) -> Inputs:
        """What the step reads when every row goes on with these tokens."""
        lengths = np.array([len(row) for row in tokens], dtype=np.int64)
        count_rows, length = len(lengths), int(lengths.max())
        starts = np.cumsum(lengths) - lengths
        row_of = np.repeat(np.arange(count_rows), lengths)
        within_row = np.arange(len(row_of)) - starts[row_of]
        positions = self._lengths[row_of] + within_row
        slots = row_of * length + (length - lengths)[row_of] + within_row
        places = np.repeat(starts[:, None], length, axis=1)
        places.reshape(-1)[slots] = np.arange(len(row_of))
        past = self._buffer.shape[4]
        mask = np.empty((count_rows, 1, length, past + length), dtype=np.bool_)
        mask[..., :past] = (np.arange(past) < self._lengths[:, None])[:, None, None]
        is_real = np.arange(length) >= (length - lengths)[:, None]
        causal = np.tril(np.ones((length, length), dtype=np.bool_))
        # A padded query looks at itself, so that its softmax is not empty.
        mask[:, 0, :, past:] = (causal & is_real[:, None]) | np.eye(length, dtype=np.bool_)
        self._new = row_of, positions
        parts = (part[:count_rows] for layer in self._buffer for part in layer)
        return {
            "input_ids": np.fromiter(chain.from_iterable(tokens), np.int64, len(row_of)),
            "positions": positions,
            "places": places,
            "slots": slots,
            "mask": mask,
            **dict(zip(self._names, parts, strict=True)),
        }

    def add(self, new: NDArray[np.float32]) -> None:
        """Take keys and values of what the last inputs read."""
        assert self._new is not None, "nothing was read"
        row_of, positions = self._new
        self._grow(int(positions.max()) + 1)
        self._buffer[:, :, row_of, :, positions] = new
        self._lengths += np.bincount(row_of, minlength=len(self._lengths))

    def keep(self, is_kept: Sequence[bool]) -> list[int]:
        """Drop the other rows. The last rows fill the gaps: what stands where, by old place."""
        kept = [row for row, is_on in enumerate(is_kept) if is_on]
        order = list(range(len(kept)))
        gaps = [row for row in order if not is_kept[row]]
        movers = [row for row in kept if row >= len(kept)]
        used = int(self._lengths.max(initial=0))
        for gap, mover in zip(gaps, movers, strict=True):
            order[gap] = mover
            self._buffer[:, :, gap, :, :used] = self._buffer[:, :, mover, :, :used]
        self._lengths = self._lengths[order]
        return order

    def _grow(self, needed: int) -> None:
        """Make room for rows of this many tokens; those that were dropped are left behind."""
        room = self._buffer.shape[4]
        if needed <= room:
            return
        old, count_rows = self._buffer, len(self._lengths)
        sizes = (*old.shape[:2], count_rows, old.shape[3], _in_blocks(needed), old.shape[5])
        self._buffer = np.zeros(sizes, dtype=np.float32)
        self._buffer[..., :room, :] = old[:, :, :count_rows]


def _in_blocks(count: int) -> int:
    return -(-count // BLOCK) * BLOCK
