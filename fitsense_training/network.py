"""The Gemma 3 text architecture, written out for training; `serving_graph` serves its weights.

Weights carry the names Hugging Face gives them, so `weights.safetensors` loads into
`transformers.Gemma3ForCausalLM` as it is (a test holds both to the same logits). It exists because
one small module trains twice as fast on a CPU as the general one. Gemma alternates local layers and
global ones; here the first layers are local (`StudentShape`), and all turn positions alike.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from fitsense_training.shape import NORM_EPSILON, ROPE_THETA, StudentShape


class _Normed(torch.autograd.Function):
    """Root-mean-square norm with gains, in single precision, in half the passes torch makes."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, gains: Tensor) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        x = x.float()
        scale = x.square().mean(-1, keepdim=True).add_(NORM_EPSILON).rsqrt_()
        normed = x * scale
        ctx.save_for_backward(normed, scale, gains)
        return normed * gains

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor]:  # pyright: ignore[reportIncompatibleMethodOverride]
        normed, scale, gains = ctx.saved_tensors
        along = grad * normed
        grad_gains = along.sum_to_size(gains.shape)
        inner = (along * gains).mean(-1, keepdim=True)
        grad_x = torch.addcmul(grad * gains, normed, inner, value=-1.0).mul_(scale)
        return grad_x, grad_gains


class RmsNorm(nn.Module):
    """Root-mean-square norm with Gemma's (1 + weight) scale."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(size))

    def forward(self, x: Tensor) -> Tensor:
        """Normalise the last dimension, in single precision."""
        return _Normed.apply(x, 1.0 + self.weight)


class Attention(nn.Module):
    """Grouped-query attention with normed queries and keys, and rotary positions."""

    def __init__(self, shape: StudentShape) -> None:
        super().__init__()
        self.shape = shape
        width, kv_width = shape.count_heads * shape.head_dim, shape.count_kv_heads * shape.head_dim
        self.q_proj = nn.Linear(shape.hidden_size, width, bias=False)
        self.k_proj = nn.Linear(shape.hidden_size, kv_width, bias=False)
        self.v_proj = nn.Linear(shape.hidden_size, kv_width, bias=False)
        self.o_proj = nn.Linear(width, shape.hidden_size, bias=False)
        self.q_norm = RmsNorm(shape.head_dim)
        self.k_norm = RmsNorm(shape.head_dim)

    def project(self, x: Tensor, rotation: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values of shape (rows, heads, length, head_dim)."""
        rows, length, _ = x.shape
        split = (rows, length, -1, self.shape.head_dim)
        query = self.q_norm(self.q_proj(x).view(split)).transpose(1, 2)
        key = self.k_norm(self.k_proj(x).view(split)).transpose(1, 2)
        value = self.v_proj(x).view(split).transpose(1, 2)
        return rotate(query, rotation), rotate(key, rotation), value

    def attend(self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> Tensor:
        """Attention over the given keys; no mask means causal within the same positions."""
        repeat = self.shape.count_heads // self.shape.count_kv_heads
        key, value = key.repeat_interleave(repeat, 1), value.repeat_interleave(repeat, 1)
        if query.device.type == "cpu":  # where flash attention is slower in bfloat16
            with torch.autocast("cpu", enabled=False):
                mixed = _attention(query, key, value.float(), mask)
        else:
            mixed = _attention(query, key, value, mask)
        rows, _, length, _ = query.shape
        return self.o_proj(mixed.transpose(1, 2).reshape(rows, length, -1))


def _attention(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> Tensor:
    return functional.scaled_dot_product_attention(
        query, key, value, attn_mask=mask, is_causal=mask is None
    )


class Mlp(nn.Module):
    """Gated feed-forward with Gemma's tanh-approximated GELU."""

    def __init__(self, shape: StudentShape) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(shape.hidden_size, shape.ffn_size, bias=False)
        self.up_proj = nn.Linear(shape.hidden_size, shape.ffn_size, bias=False)
        self.down_proj = nn.Linear(shape.ffn_size, shape.hidden_size, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """The gated projection."""
        gate = functional.gelu(self.gate_proj(x), approximate="tanh")
        return self.down_proj(gate * self.up_proj(x))


class Layer(nn.Module):
    """Attention and feed-forward, each normed before and after."""

    def __init__(self, shape: StudentShape) -> None:
        super().__init__()
        self.self_attn = Attention(shape)
        self.mlp = Mlp(shape)
        self.input_layernorm = RmsNorm(shape.hidden_size)
        self.post_attention_layernorm = RmsNorm(shape.hidden_size)
        self.pre_feedforward_layernorm = RmsNorm(shape.hidden_size)
        self.post_feedforward_layernorm = RmsNorm(shape.hidden_size)

    def forward(
        self,
        x: Tensor,
        rotation: tuple[Tensor, Tensor],
        mask: Tensor | None,
    ) -> Tensor:
        """The layer's output; no mask means causal."""
        query, key, value = self.self_attn.project(self.input_layernorm(x), rotation)
        mixed = self.self_attn.attend(query, key, value, mask)
        x = x + self.post_attention_layernorm(mixed)
        fed = self.mlp(self.pre_feedforward_layernorm(x))
        return x + self.post_feedforward_layernorm(fed)


class Backbone(nn.Module):
    """Embeddings, layers and the last norm."""

    def __init__(self, shape: StudentShape, vocab_size: int) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(vocab_size, shape.hidden_size)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.count_layers))
        self.norm = RmsNorm(shape.hidden_size)


class StudentNetwork(nn.Module):
    """The whole student; logits are read off the tied embeddings."""

    def __init__(self, shape: StudentShape, vocab_size: int) -> None:
        super().__init__()
        self.shape = shape
        self.model = Backbone(shape, vocab_size)
        for value in self.parameters():
            if value.ndim == 2:
                nn.init.normal_(value, std=0.02)

    def hidden(self, input_ids: Tensor) -> Tensor:
        """Last hidden states of right-padded rows, causal, without a cache: for training."""
        positions = torch.arange(input_ids.shape[1], device=input_ids.device).unsqueeze(0)
        rotation = rotations(positions, self.shape.head_dim)
        x = self.model.embed_tokens(input_ids) * self.shape.hidden_size**0.5
        behind = positions.mT - positions
        near = (behind >= 0) & (behind < self.shape.sliding_window)
        for index, layer in enumerate(self.model.layers):
            is_local = index < self.shape.count_local_layers
            x = layer(x, rotation, near if is_local else None)
        return self.model.norm(x)

    def logits(self, hidden: Tensor) -> Tensor:
        """Scores over the vocabulary."""
        return hidden @ self.model.embed_tokens.weight.T


def rotations(positions: Tensor, head_dim: int) -> tuple[Tensor, Tensor]:
    """Cosines and sines of rotary positions, shape (rows, 1, length, head_dim)."""
    half = torch.arange(0, head_dim, 2, dtype=torch.float32, device=positions.device)
    inverse = 1.0 / ROPE_THETA ** (half / head_dim)
    angles = positions.float().unsqueeze(-1) * inverse
    turns = angles.sin()
    cosines = angles.cos().repeat(1, 1, 2)
    return cosines.unsqueeze(1), torch.cat((-turns, turns), -1).unsqueeze(1)


def rotate(x: Tensor, rotation: tuple[Tensor, Tensor]) -> Tensor:
    """Apply rotary positions."""
    return torch.addcmul(x * rotation[0], x.roll(x.shape[-1] // 2, -1), rotation[1])
