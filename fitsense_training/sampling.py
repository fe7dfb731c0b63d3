"""Sampling instead of taking the best token: noise on the logits, then the best of the sum.

Gumbel noise on scores divided by the temperature makes the greatest one a draw from the softmax,
so the decoder that takes the best allowed token draws under the same grammar and mask.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from fitsense_training.domain.errors import BadInput

Perturb = Callable[[NDArray[np.float32]], NDArray[np.float32]]


def gumbel(temperature: float, seed: int) -> Perturb:
    """Noise for one reply; the same seed gives the same reply."""
    if temperature <= 0:
        raise BadInput("a temperature is above 0: ask for the greedy reply instead")
    rng = np.random.default_rng(seed)

    def perturb(logits: NDArray[np.float32]) -> NDArray[np.float32]:
        noise = rng.gumbel(size=logits.shape).astype(np.float32)
        return logits / np.float32(temperature) + noise

    return perturb
