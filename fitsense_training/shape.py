"""The shape of a student network; it is written into the bundle and read by the service."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

NORM_EPSILON = 1e-6
ROPE_THETA = 10_000.0  # the base of rotary positions, in local layers and in global ones


@dataclass(frozen=True)
class StudentShape:
    """Sizes of a Gemma 3 text model; the default has about a million parameters.

    The first `count_local_layers` look back no further than `sliding_window` tokens, themselves
    counted; the others see the whole context.
    """

    hidden_size: int = 128
    ffn_size: int = 384
    count_layers: int = 4
    count_heads: int = 4
    count_kv_heads: int = 2
    head_dim: int = 32
    sliding_window: int = 1024
    # Left out of dumps while it is unset, so that older recipes keep their fingerprints.
    count_local_layers: Annotated[int, Field(exclude_if=lambda count: not count)] = 0
    max_tokens: int = 1024
