"""The served step computes what the network does, whatever the rows of a batch read and drop."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import onnxruntime as ort
import pytest
import torch
from torch import nn

from fitsense_training.network import StudentNetwork
from fitsense_training.row_cache import BLOCK, RowCache
from fitsense_training.serving_contract import OUTPUTS
from fitsense_training.serving_graph import Weights, build_step
from fitsense_training.shape import StudentShape
from fitsense_training.student import build_student

VOCAB_SIZE = 60
SHAPE = StudentShape(
    hidden_size=24, ffn_size=40, count_layers=3, count_heads=4, count_kv_heads=2, head_dim=8
)
SHAPES = {
    "global": SHAPE,
    "local": replace(SHAPE, sliding_window=3, count_local_layers=2),
    "all_local": replace(SHAPE, sliding_window=5, count_local_layers=3),
    "alone": replace(SHAPE, count_layers=1, count_kv_heads=4),
    "shared": replace(SHAPE, count_kv_heads=1, sliding_window=4, count_local_layers=1),
}


def a_network(shape: StudentShape) -> StudentNetwork:
    """A student whose every weight matters, gains too."""
    network = build_student(shape, VOCAB_SIZE, seed=3)
    for value in network.parameters():
        nn.init.normal_(value, std=0.3)
    return network


def weights_of(network: StudentNetwork) -> Weights:
    return {name: value.numpy() for name, value in network.state_dict().items()}


class Served:
    """The exported step over a cache, beside all that every row has read."""

    def __init__(self, network: StudentNetwork, count_rows: int) -> None:
        body = build_step(weights_of(network), network.shape).SerializeToString()
        self.session: Any = ort.InferenceSession(body, providers=["CPUExecutionProvider"])
        self.network, self.cache = network, RowCache(network.shape, count_rows)
        self.rows: list[list[int]] = [[] for _ in range(count_rows)]

    def read(self, tokens: Sequence[Sequence[int]]) -> np.ndarray:
        logits, new = self.session.run(OUTPUTS, self.cache.inputs(tokens))
        self.cache.add(new)
        for row, more in zip(self.rows, tokens, strict=True):
            row.extend(more)
        return logits

    def keep(self, is_kept: Sequence[bool]) -> None:
        self.rows = [self.rows[row] for row in self.cache.keep(is_kept)]

    def wanted(self) -> np.ndarray:
        with torch.no_grad():
            hidden = [self.network.hidden(torch.tensor([row]))[:, -1] for row in self.rows]
            return self.network.logits(torch.cat(hidden)).numpy()


def some_tokens(*counts: int) -> list[list[int]]:
    draw = np.random.default_rng(sum(counts))
    return [draw.integers(0, VOCAB_SIZE, count).tolist() for count in counts]


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_step_gives_the_logits_of_the_network_for_padded_and_dropped_rows(shape: StudentShape):
    served = Served(a_network(shape), count_rows=4)
    told = [
        (some_tokens(9, 4, 1, 6), None),
        (some_tokens(1, 3, 2, 1), [False, True, True, True]),
        (some_tokens(1, 1, 5), [True, True, False]),
        (some_tokens(2, 7), [False, True]),
        (some_tokens(1), None),
    ]

    for tokens, is_kept in told:
        found = served.read(tokens)

        np.testing.assert_allclose(found, served.wanted(), rtol=1e-4, atol=1e-4)
        if is_kept is not None:
            served.keep(is_kept)


def test_step_gives_the_logits_of_the_network_when_the_cache_has_to_grow():
    served = Served(a_network(SHAPES["local"]), count_rows=2)

    for _ in range(3):
        found = served.read(some_tokens(BLOCK - 1, 5))

        np.testing.assert_allclose(found, served.wanted(), rtol=1e-4, atol=1e-4)


def test_row_reads_the_same_whoever_stands_beside_it():
    network = a_network(SHAPES["local"])
    first, second, third = some_tokens(5, 30, 2)
    alone, together = Served(network, 1), Served(network, 2)

    for more, others in ((first, second), (third, second), (third, third)):
        found = together.read([more, others])[0]

        np.testing.assert_allclose(found, alone.read([more])[0], rtol=1e-5, atol=1e-5)


def test_same_weights_give_the_same_bytes():
    weights = weights_of(a_network(SHAPE))

    built = {build_step(weights, SHAPE).SerializeToString(deterministic=True) for _ in range(2)}

    assert len(built) == 1


def test_last_rows_fill_the_gaps_of_those_that_end():
    cache = RowCache(SHAPE, 5)
    cache.inputs(some_tokens(1, 2, 3, 4, 5))
    sizes = (15, SHAPE.count_layers, 2, SHAPE.count_kv_heads, SHAPE.head_dim)
    cache.add(np.zeros(sizes, dtype=np.float32))

    order = cache.keep([False, True, False, True, True])

    assert sorted(order) == [1, 3, 4]
    assert order[1] == 1
    positions = cache.inputs([[7]] * 3)["positions"]
    assert positions.tolist() == [row + 1 for row in order]
