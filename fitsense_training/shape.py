"""The shape of a student network; it is written into the bundle and read by the service."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StudentShape:
    """Sizes of a Gemma 3 text model; the default has about a million parameters."""

    hidden_size: int = 128
    ffn_size: int = 384
    count_layers: int = 4
    count_heads: int = 4
    count_kv_heads: int = 2
    head_dim: int = 32
    sliding_window: int = 1024
    max_tokens: int = 1024
