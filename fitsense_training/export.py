"""From trained weights to ONNX: one decoding step with the key-value cache as plain tensors.

torch is imported here; the service reads the exported file with ONNX Runtime alone.
"""

import logging
import warnings
from pathlib import Path

import torch

from fitsense_training.network import StudentNetwork
from fitsense_training.shape import StudentShape

INPUTS = ("input_ids", "positions", "mask", "past_keys", "past_values")
OUTPUTS = ("logits", "keys", "values")
OPSET = 18


def export_onnx(model: StudentNetwork, path: Path) -> None:
    """Write one step of our own network."""
    export_step(model, model.shape, path)


def export_step(model: torch.nn.Module, shape: StudentShape, path: Path) -> None:
    """Write one step of a model; rows, new positions and cached positions may be any number.

    The same weights give the same bytes: what the exporter notes of this machine is taken out.
    """
    rows, length, past = (
        torch.export.Dim("rows"),
        torch.export.Dim("length"),
        torch.export.Dim("past"),
    )
    cache = {1: rows, 3: past}
    with warnings.catch_warnings():
        # The exporter warns of its own deprecations and of axes it names itself.
        warnings.simplefilter("ignore")
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        program = torch.onnx.export(
            model.eval(),
            _example(shape),
            input_names=list(INPUTS),
            output_names=list(OUTPUTS),
            dynamic_shapes=(
                {0: rows, 1: length},
                {0: rows, 1: length},
                {0: rows, 2: length, 3: torch.export.Dim.AUTO},
                cache,
                cache,
            ),
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    assert program is not None, "the dynamo exporter returns its program"
    _write_plain(program.model_proto, path)


def _example(shape: StudentShape) -> tuple[torch.Tensor, ...]:
    rows, length, past = 2, 3, 5
    cache = torch.zeros(shape.count_layers, rows, shape.count_kv_heads, past, shape.head_dim)
    positions = torch.arange(past, past + length).expand(rows, -1)
    mask = torch.ones(rows, 1, length, past + length, dtype=torch.bool)
    return torch.ones_like(positions), positions, mask, cache, cache.clone()


def _write_plain(proto: "object", path: Path) -> None:
    """Write the model without the stack traces and paths that the exporter leaves in it."""
    import onnx

    assert isinstance(proto, onnx.ModelProto), "the exporter gives an ONNX model"
    del proto.metadata_props[:]
    graph = proto.graph
    del graph.metadata_props[:]
    for named in (*graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer):
        del named.metadata_props[:]
        named.doc_string = ""
    del graph.value_info[:]
    path.write_bytes(proto.SerializeToString(deterministic=True))
