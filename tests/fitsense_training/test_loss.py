"""What wanting a day again costs: nothing for a later day, its share for one that is over."""

import math

import numpy as np
import torch
from torch import Tensor

from fitsense_training.batches import Batch
from fitsense_training.loss import Weights, weighted_loss

MON, THU, SUN, END = range(4)
WEEKDAYS = torch.tensor([0, 3, 6, -1])


class Fixed:
    """A network whose scores are given, whatever it reads; shape (vocabulary,)."""

    def __init__(self, scores: list[float]) -> None:
        """Score every token like this everywhere."""
        self._scores = torch.tensor(scores)

    def hidden(self, input_ids: Tensor) -> Tensor:
        """One value a position."""
        return torch.zeros((*input_ids.shape, 1))

    def logits(self, hidden: Tensor) -> Tensor:
        """The given scores for each."""
        return self._scores.expand(hidden.shape[0], -1)


def cost(scores: list[float], days: list[tuple[int, int, int]]) -> float:
    """What the days add to the loss of an answer of Monday, Thursday and the end."""
    ids = np.array([[MON, THU, END]])
    ones = np.ones_like(ids)
    lines = np.array(days, dtype=np.int64).reshape(-1, 3)
    batch = Batch(ids, ones, ones, np.empty((0, 3), dtype=np.int64), lines, 3)
    device = torch.device("cpu")
    plain = weighted_loss(Fixed(scores), batch, device, Weights(repeat=1.0))
    told = weighted_loss(Fixed(scores), batch, device, Weights(repeat=1.0, weekdays=WEEKDAYS))
    return float(told - plain)


def test_wanting_a_day_that_is_over_costs_its_share():
    scores = [math.log(0.5), math.log(0.2), math.log(0.2), math.log(0.1)]

    after_thursday = cost(scores, [(0, 2, 3)])

    assert math.isclose(after_thursday, -math.log(1 - 0.7) / 2, rel_tol=1e-5)


def test_wanting_a_later_day_costs_nothing():
    assert cost([-1e9, -1e9, 0.0, -1e9], [(0, 1, 0), (0, 2, 3)]) == 0.0


def test_an_answer_without_days_costs_nothing_more():
    assert cost([0.0, 0.0, 0.0, 0.0], []) == 0.0
