"""From trained weights to ONNX: one decoding step with the key-value cache as plain tensors.

torch is imported here; the service reads the exported file with ONNX Runtime alone.
"""

import logging
import warnings
from pathlib import Path

import torch

from fitsense_training.network import StudentNetwork
from fitsense_training.serving_contract import INPUTS, OUTPUTS, past_names
from fitsense_training.serving_graph import build_step
from fitsense_training.shape import StudentShape

OPSET = 18


def export_onnx(model: StudentNetwork, path: Path) -> None:
    """Write one step of our own network; the same weights give the same bytes."""
    weights = {name: value.detach().cpu().numpy() for name, value in model.state_dict().items()}
    path.write_bytes(build_step(weights, model.shape).SerializeToString(deterministic=True))


def export_step(model: torch.nn.Module, shape: StudentShape, path: Path) -> None:
    """Write one step of a model; rows, new tokens and the room of the cache may be any number.

    The same weights give the same bytes: what the exporter notes of this machine is taken out.
    """
    names = ("tokens", "rows", "length", "past")
    tokens, rows, length, past = (torch.export.Dim(name) for name in names)
    cache = tuple({0: rows, 2: past} for _ in past_names(shape.count_layers))
    with warnings.catch_warnings():
        # The exporter warns of its own deprecations and of axes it names itself.
        warnings.simplefilter("ignore")
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        program = torch.onnx.export(
            model.eval(),
            _example(shape),
            input_names=[*INPUTS, *past_names(shape.count_layers)],
            output_names=list(OUTPUTS),
            dynamic_shapes=(
                {0: tokens},
                {0: tokens},
                {0: rows, 1: length},
                {0: tokens},
                {0: rows, 2: length, 3: torch.export.Dim.AUTO},
                cache,
            ),
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    assert program is not None, "the dynamo exporter returns its program"
    _write_plain(program.model_proto, path)


def _example(shape: StudentShape) -> tuple[torch.Tensor | tuple[torch.Tensor, ...], ...]:
    """Two rows that read two and three tokens."""
    rows, length, past = 2, 3, 7
    cache = torch.zeros(rows, shape.count_kv_heads, past, shape.head_dim)
    positions = torch.tensor([4, 5, 4, 5, 6])
    places, slots = torch.tensor([[0, 0, 1], [2, 3, 4]]), torch.tensor([1, 2, 3, 4, 5])
    mask = torch.ones(rows, 1, length, past + length, dtype=torch.bool)
    parts = tuple(cache.clone() for _ in past_names(shape.count_layers))
    return torch.ones_like(positions), positions, places, slots, mask, parts


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
