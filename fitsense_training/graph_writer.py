"""Writes an ONNX graph node by node; the same calls give the same bytes."""

from collections.abc import Mapping, Sequence

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

OPSET = 23  # the first with RMSNormalization and RotaryEmbedding
IR_VERSION = 10
DOMAINS = {"": OPSET, "com.microsoft": 1}
Attribute = int | float | str | Sequence[int]
Declared = Mapping[str, tuple[int, tuple[int | str, ...]]]


class GraphWriter:
    """Nodes in the order they run; a string names a tensor, and equal constants are kept once."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}
        self._count = 0

    def op(
        self, kind: str, *inputs: str, name: str = "", domain: str = "", **attributes: Attribute
    ) -> str:
        """Add a node with one output; the name of that."""
        output = name or self.name()
        self.add(kind, inputs, (output,), domain=domain, **attributes)
        return output

    def add(
        self,
        kind: str,
        inputs: Sequence[str],
        outputs: Sequence[str],
        *,
        domain: str = "",
        **attributes: Attribute,
    ) -> None:
        """Add a node with any outputs; the empty name stands for one that nobody wants."""
        node = helper.make_node(kind, inputs, outputs, domain=domain)
        node.attribute.extend(
            helper.make_attribute(key, value) for key, value in sorted(attributes.items())
        )
        self._nodes.append(node)

    def split(self, x: str, sizes: Sequence[int]) -> list[str]:
        """Parts of these sizes along axis 1."""
        return self.split_at(x, self.integers(*sizes), axis=1, count=len(sizes))

    def split_at(self, x: str, sizes: str, *, axis: int, count: int = 2) -> list[str]:
        """Parts along an axis whose sizes are a tensor."""
        parts = [self.name() for _ in range(count)]
        self.add("Split", (x, sizes), parts, axis=axis)
        return parts

    def name(self) -> str:
        """A name nobody has yet."""
        self._count += 1
        return f"t{self._count}"

    def floats(self, name: str, values: NDArray[np.floating]) -> str:
        """A constant of single-precision numbers under its name."""
        if name not in self._constants:
            body = np.ascontiguousarray(values, dtype=np.float32)
            self._constants[name] = numpy_helper.from_array(body, name)
        return name

    def float_of(self, value: float) -> str:
        """One number."""
        return self.floats(f"float.{value}", np.array(value))

    def integers(self, *values: int, is_scalar: bool = False) -> str:
        """A constant of whole numbers."""
        name = f"{'integer' if is_scalar else 'integers'}.{'.'.join(map(str, values))}"
        if name not in self._constants:
            body = np.array(values[0] if is_scalar else values, dtype=np.int64)
            self._constants[name] = numpy_helper.from_array(body, name)
        return name

    def model(self, inputs: Declared, outputs: Declared) -> onnx.ModelProto:
        """The model with these inputs and outputs: type and axes of each, numbers or names."""
        graph = helper.make_graph(
            self._nodes,
            "step",
            [helper.make_tensor_value_info(name, *declared) for name, declared in inputs.items()],
            [helper.make_tensor_value_info(name, *declared) for name, declared in outputs.items()],
            list(self._constants.values()),
        )
        opsets = [helper.make_opsetid(domain, version) for domain, version in DOMAINS.items()]
        return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
