"""One decoding step of a trained student as an ONNX graph, written for speed node by node.

It computes what `StudentNetwork` computes, from the same weights, arranged for ONNX Runtime: new
tokens of all rows stand packed behind each other, so that nothing is spent on padding; queries,
keys and values come from one product, and so do gate and up; attention looks at the cache and at
the new tokens in two parts, so that the cache is never copied. The last layer is computed for the
last token of each row alone: nothing else is read. `serving_contract` says what goes in and out.
"""

from collections.abc import Mapping

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto

from fitsense_training.graph_writer import GraphWriter
from fitsense_training.serving_contract import past_names
from fitsense_training.shape import NORM_EPSILON, ROPE_THETA, StudentShape

Weights = Mapping[str, NDArray[np.float32]]
MICROSOFT = "com.microsoft"  # operators that ONNX Runtime adds
SWAP = [0, 2, 1, 3]


def build_step(weights: Weights, shape: StudentShape) -> onnx.ModelProto:
    """The step of a student with these weights, under the names `StudentNetwork` gives them."""
    step = _Step(weights, shape)
    step.write()
    rows, tokens, length, past = "rows", "tokens", "length", "past"
    cache = (TensorProto.FLOAT, (rows, shape.count_kv_heads, past, shape.head_dim))
    vocabulary = weights["model.embed_tokens.weight"].shape[0]
    new = (tokens, shape.count_layers, 2, shape.count_kv_heads, shape.head_dim)
    return step.graph.model(
        inputs={
            "input_ids": (TensorProto.INT64, (tokens,)),
            "positions": (TensorProto.INT64, (tokens,)),
            "places": (TensorProto.INT64, (rows, length)),
            "slots": (TensorProto.INT64, (tokens,)),
            "mask": (TensorProto.BOOL, (rows, 1, length, "past_and_length")),
            **dict.fromkeys(past_names(shape.count_layers), cache),
        },
        outputs={
            "logits": (TensorProto.FLOAT, (rows, vocabulary)),
            "new": (TensorProto.FLOAT, new),
        },
    )


class _Step:
    """Writes the nodes one after another; a string stands for a tensor."""

    def __init__(self, weights: Weights, shape: StudentShape) -> None:
        self.weights, self.shape, self.graph = weights, shape, GraphWriter()
        self.op = self.graph.op
        self.heads, self.kv_heads, self.dim = (
            shape.count_heads,
            shape.count_kv_heads,
            shape.head_dim,
        )
        self.last_layer = shape.count_layers - 1
        self.new: list[str] = []
        self.biases: dict[tuple[bool, bool], str] = {}

    def write(self) -> None:
        embedding = self.graph.floats("embedding", self.weights["model.embed_tokens.weight"])
        self.last = self.op(
            "Gather", "places", self.graph.integers(-1, is_scalar=True), axis=1
        )  # the packed place of the last token of each row
        self.turns = self._turns()
        root = self.graph.floats("root", np.array(self.shape.hidden_size**0.5))
        x = self.op("Mul", self.op("Gather", embedding, "input_ids"), root)
        normed = self._norm(x, "layers.0.input_layernorm")
        for index in range(self.shape.count_layers):
            x, normed = self._layer(index, x, normed)
        self.op("FusedMatMul", normed, embedding, domain=MICROSOFT, transB=1, name="logits")
        joined = self.op("Concat", *self.new, axis=1)
        sizes = self.graph.integers(0, self.shape.count_layers, 2, self.kv_heads, self.dim)
        self.op("Reshape", joined, sizes, name="new")

    # ---------- a layer

    def _layer(self, index: int, x: str, normed: str) -> tuple[str, str]:
        """What the layer hands on, and the same normed for whatever follows."""
        is_last = index == self.last_layer
        following = "norm" if is_last else f"layers.{index + 1}.input_layernorm"
        mixed = self._attend_last(index, normed) if is_last else self._attend(index, normed)
        x = self.op("Gather", x, self.last) if is_last else x
        mixed = self.op("MatMul", mixed, self._matrix(index, "self_attn.o_proj"))
        mixed = self._norm(mixed, f"layers.{index}.post_attention_layernorm")
        x, normed = self._add(mixed, x, f"layers.{index}.pre_feedforward_layernorm")
        both = self.op("MatMul", normed, self._matrix(index, "mlp.gate_proj", "mlp.up_proj"))
        gate, up = self.graph.split(both, (self.shape.ffn_size, self.shape.ffn_size))
        fed = self.op("Mul", self.op("Gelu", gate, approximate="tanh"), up)
        fed = self.op("MatMul", fed, self._matrix(index, "mlp.down_proj"))
        fed = self._norm(fed, f"layers.{index}.post_feedforward_layernorm")
        return self._add(fed, x, following)

    def _attend(self, index: int, normed: str) -> str:
        """What every new token finds in its row: (tokens, heads * head_dim)."""
        names = ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj")
        found = self._by_head(self.op("MatMul", normed, self._matrix(index, *names)))
        turned, value = self.graph.split(found, (self.heads + self.kv_heads, self.kv_heads))
        turned = self._turn(turned, index, ("q", "k"), self.turns)
        query, key = self.graph.split(turned, (self.heads, self.kv_heads))
        self.new.append(self.op("Concat", key, value, axis=1))
        together = self.op("Concat", query, self.new[-1], axis=1)
        padded = self.op("Transpose", self.op("Gather", together, "places"), perm=SWAP)
        query, key, value = self.graph.split(padded, (self.heads, self.kv_heads, self.kv_heads))
        query = self.op("Reshape", query, self.graph.integers(0, self.kv_heads, -1, self.dim))
        mixed = self._mix(index, query, key, value)
        # By head again; how many new places a row has is known from the places alone.
        sizes = self.op(
            "Concat",
            self.op("Shape", "places", end=1),
            self.graph.integers(self.heads),
            self.op("Shape", "places", start=1),
            self.graph.integers(self.dim),
            axis=0,
        )
        mixed = self.op("Transpose", self.op("Reshape", mixed, sizes), perm=SWAP)
        flat = self.op("Reshape", mixed, self.graph.integers(-1, self.heads * self.dim))
        return self.op("Gather", flat, "slots")

    def _attend_last(self, index: int, normed: str) -> str:
        """The same for the last token of each row alone: (rows, heads * head_dim)."""
        names = ("self_attn.k_proj", "self_attn.v_proj")
        found = self._by_head(self.op("MatMul", normed, self._matrix(index, *names)))
        key, value = self.graph.split(found, (self.kv_heads, self.kv_heads))
        key = self._turn(key, index, ("k",), self.turns)
        self.new.append(self.op("Concat", key, value, axis=1))
        padded = self.op("Transpose", self.op("Gather", self.new[-1], "places"), perm=SWAP)
        key, value = self.graph.split(padded, (self.kv_heads, self.kv_heads))
        asking = self.op("Gather", normed, self.last)
        asking = self.op("MatMul", asking, self._matrix(index, "self_attn.q_proj"))
        turns = tuple(self.op("Gather", part, self.last, axis=1) for part in self.turns)
        query = self._turn(self._by_head(asking), index, ("q",), turns)
        query = self.op("Reshape", query, self.graph.integers(0, self.kv_heads, -1, self.dim))
        mixed = self._mix(index, query, key, value)
        return self.op("Reshape", mixed, self.graph.integers(0, -1))

    def _mix(self, index: int, query: str, key: str, value: str) -> str:
        """Attention over the cache and the new tokens; queries of one key stand together."""
        past_key, past_value = f"past_keys.{index}", f"past_values.{index}"
        parts = [self._product(query, past_key), self._product(query, key)]
        scores = self.op("Add", self.op("Concat", *parts, axis=3), self._bias(index))
        shares = self.op("Softmax", scores, axis=-1)
        sizes = self.op(
            "Concat",
            self.op("Shape", past_key, start=2, end=3),
            self.op("Shape", "places", start=1),
            axis=0,
        )
        before, now = self.graph.split_at(shares, sizes, axis=3)
        return self.op("Add", self.op("MatMul", before, past_value), self.op("MatMul", now, value))

    # ---------- what all layers share

    def _turns(self) -> tuple[str, str]:
        """Cosines and sines of the positions of the new tokens, (1, tokens, head_dim / 2)."""
        half = np.arange(0, self.dim, 2, dtype=np.float32)
        speeds = self.graph.floats("speeds", (1.0 / ROPE_THETA ** (half / self.dim))[None, None])
        at = self.op("Cast", "positions", to=TensorProto.FLOAT)
        angles = self.op("Mul", self.op("Unsqueeze", at, self.graph.integers(0, 2)), speeds)
        return self.op("Cos", angles), self.op("Sin", angles)

    def _bias(self, index: int) -> str:
        """What masks the scores of a layer: nothing, or minus infinity."""
        key = (index < self.shape.count_local_layers, index == self.last_layer)
        if key not in self.biases:
            mask = self._near() if key[0] else "mask"
            if key[1]:
                ends = (self.graph.integers(number) for number in (-1, 2**31, 2))
                mask = self.op("Slice", mask, *ends)
            repeat = 1 if key[1] else self.heads // self.kv_heads
            none, hidden = self.graph.float_of(0.0), self.graph.float_of(-np.inf)
            bias = self.op("Where", mask, none, hidden)
            self.biases[key] = self.op("Concat", *[bias] * repeat, axis=2) if repeat > 1 else bias
        return self.biases[key]

    def _near(self) -> str:
        """The mask of a local layer: what the mask allows, no further back than the window."""
        new = self.op("Gather", "positions", "places")
        room = self.op("Shape", "past_keys.0", start=2, end=3)
        zero, one = (self.graph.integers(number, is_scalar=True) for number in (0, 1))
        columns = self.op("Range", zero, self.op("Squeeze", room), one)
        sizes = self.op("Concat", self.op("Shape", "places", end=1), room, axis=0)
        columns = self.op("Concat", self.op("Expand", columns, sizes), new, axis=1)
        columns = self.op("Unsqueeze", columns, self.graph.integers(1, 2))
        asking = self.op("Unsqueeze", new, self.graph.integers(1, 3))
        window = self.graph.integers(self.shape.sliding_window)
        return self.op("And", "mask", self.op("Less", self.op("Sub", asking, columns), window))

    def _by_head(self, x: str) -> str:
        return self.op("Reshape", x, self.graph.integers(0, -1, self.dim))

    def _product(self, query: str, key: str) -> str:
        return self.op("FusedMatMul", query, key, domain=MICROSOFT, transB=1)

    def _turn(self, x: str, index: int, kinds: tuple[str, ...], turns: tuple[str, ...]) -> str:
        """Queries and keys of packed tokens normed and turned, (tokens, heads, head_dim)."""
        counts = {"q": self.heads, "k": self.kv_heads}
        scale = {"q": self.dim**-0.5, "k": 1.0}  # of the scores, taken into the queries
        gains = [
            (1.0 + self._weight(f"layers.{index}.self_attn.{kind}_norm")) * scale[kind]
            for kind in kinds
            for _ in range(counts[kind])
        ]
        name = f"layers.{index}.gains.{''.join(kinds)}"
        ones = self.graph.floats("ones", np.ones(self.dim))
        x = self.op("RMSNormalization", x, ones, axis=-1, epsilon=NORM_EPSILON)
        x = self.op("Mul", x, self.graph.floats(name, np.stack(gains)))
        x = self.op("Reshape", x, self.graph.integers(1, -1, len(gains) * self.dim))
        x = self.op("RotaryEmbedding", x, *turns, num_heads=len(gains))
        return self.op("Reshape", x, self.graph.integers(-1, len(gains), self.dim))

    def _norm(self, x: str, name: str) -> str:
        return self.op("RMSNormalization", x, self._gain(name), axis=-1, epsilon=NORM_EPSILON)

    def _add(self, x: str, to: str, name: str) -> tuple[str, str]:
        """The sum, and the sum normed."""
        total, normed = self.graph.name(), self.graph.name()
        self.graph.add(
            "SkipSimplifiedLayerNormalization",
            (x, to, self._gain(name)),
            (normed, "", "", total),
            domain=MICROSOFT,
            epsilon=NORM_EPSILON,
        )
        return total, normed

    def _gain(self, name: str) -> str:
        return self.graph.floats(name, 1.0 + self._weight(name))

    def _weight(self, name: str) -> NDArray[np.float32]:
        return self.weights[f"model.{name}.weight"]

    def _matrix(self, index: int, *names: str) -> str:
        """Matrices side by side, turned for a product from the left."""
        paths = [f"layers.{index}.{name}" for name in names]
        joined = np.concatenate([self._weight(path) for path in paths]).T
        return self.graph.floats("+".join(paths), joined)
