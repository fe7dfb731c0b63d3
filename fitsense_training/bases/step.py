"""One decoding step of a pretrained model with its key-value cache as plain tensors, for ONNX.

Its inputs and outputs are those of our own step, so one decoder serves both (`serving_contract`).
New tokens are padded on the left where their row reads fewer than another, and a row does not fill
the cache, so a sliding window counts real positions, not columns.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from fitsense_training.domain.errors import CorruptArtifact
from fitsense_training.export import export_step
from fitsense_training.row_cache import RowCache
from fitsense_training.shape import StudentShape

if TYPE_CHECKING:
    from transformers import PreTrainedModel

# Dense decoders with rotary positions, one key and value size, and no window or a sliding one.
KINDS = frozenset({"gemma3_text", "llama", "qwen2", "qwen3"})
PARAMETERS_MAX = 450_000_000  # single precision in one file, which holds two gigabytes at most
TOLERANCE = 1e-2
SLIDING = "sliding_attention"


class CachedStep(nn.Module):
    """A causal LM as a function of new tokens and the cache."""

    def __init__(self, model: "PreTrainedModel", shape: StudentShape) -> None:
        super().__init__()
        self.shape = shape
        self.decoder: Any = model.get_decoder()
        self.head: Any = model.get_output_embeddings()
        count = shape.count_layers
        kinds = getattr(self.decoder.config, "layer_types", None) or ["full_attention"] * count
        self.kinds, self.has_kinds = frozenset(kinds), hasattr(self.decoder.config, "layer_types")

    def forward(  # noqa: PLR0913, PLR0917 - the inputs of an exported step
        self,
        input_ids: Tensor,
        positions: Tensor,
        places: Tensor,
        slots: Tensor,
        mask: Tensor,
        past: tuple[Tensor, ...],
    ) -> tuple[Tensor, Tensor]:
        """Inputs and outputs are those of `serving_contract`; here the rows are padded again."""
        from transformers import DynamicCache

        cache = DynamicCache()
        for index in range(self.shape.count_layers):
            cache.update(past[2 * index], past[2 * index + 1], index)
        input_ids, positions = input_ids[places], positions[places]
        masks: Mapping[str, Tensor] = {
            kind: self._within(mask, positions) if kind == SLIDING else mask for kind in self.kinds
        }
        found = self.decoder(
            input_ids=input_ids,
            attention_mask=masks if self.has_kinds else mask,
            position_ids=positions,
            past_key_values=cache,
            use_cache=True,
        )
        layers: Any = cache.layers
        room = past[0].shape[2]
        parts = [part[:, :, room:] for layer in layers for part in (layer.keys, layer.values)]
        # From (rows, kv_heads, length, head_dim) of each part to the packed tokens of all.
        new = torch.stack(parts).permute(1, 3, 0, 2, 4).flatten(0, 1)[slots]
        new = new.unflatten(1, (self.shape.count_layers, 2))
        return self.head(found.last_hidden_state[:, -1]), new

    def _within(self, mask: Tensor, positions: Tensor) -> Tensor:
        """The mask of a sliding layer: no further back than the window."""
        # The last query sees every real column, so it tells where each column stands.
        columns = mask[:, 0, -1].long().cumsum(-1) - 1
        distance = positions[:, :, None] - columns[:, None, :]
        return mask & (distance < self.shape.sliding_window)[:, None]


def shape_of(model: "PreTrainedModel", max_tokens: int) -> StudentShape:
    """The sizes of a pretrained model, as a bundle says them."""
    config: Any = model.config.get_text_config()
    head_dim = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return StudentShape(
        hidden_size=config.hidden_size,
        ffn_size=config.intermediate_size,
        count_layers=config.num_hidden_layers,
        count_heads=config.num_attention_heads,
        count_kv_heads=config.num_key_value_heads or config.num_attention_heads,
        head_dim=head_dim,
        sliding_window=getattr(config, "sliding_window", None) or max_tokens,
        max_tokens=max_tokens,
    )


def can_export(model: "PreTrainedModel") -> bool:
    """Whether a step of this architecture and size can be exported and served in process."""
    config: Any = model.config
    is_known = config.model_type in KINDS and not getattr(
        config, "use_bidirectional_attention", False
    )
    return is_known and model.num_parameters() <= PARAMETERS_MAX


def export_model(model: "PreTrainedModel", shape: StudentShape, path: Path) -> None:
    """Write the ONNX step of a model and hold it to what the model computes.

    Raises:
        CorruptArtifact: the two differ.
    """
    step = CachedStep(model.eval(), shape)
    export_step(step, shape, path)
    ids = torch.arange(3, 9).unsqueeze(0)
    with torch.no_grad():
        wanted = model(input_ids=ids).logits[:, -1].numpy()
    if not np.allclose(_first_logits(path, shape, ids), wanted, atol=TOLERANCE, rtol=TOLERANCE):
        raise CorruptArtifact(f"{path} does not compute what its model does: report this base")


def _first_logits(path: Path, shape: StudentShape, ids: Tensor) -> Any:
    import onnxruntime as ort

    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    inputs = RowCache(shape, len(ids)).inputs(ids.tolist())
    return session.run(["logits"], inputs)[0]
