"""A Hugging Face causal language model, spoken to as our own network is.

Hidden states and logits come apart, so that logits are made only where something is learned: a
vocabulary of 262,000 over a batch of whole conversations would fill a gigabyte.
"""

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from fitsense_training.bases.files import BaseModel
from fitsense_training.domain.errors import BadInput

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

TOLERANCE = 1e-4


class CausalNetwork(nn.Module):
    """A causal LM, with or without an adapter. `is_plain`: its head alone makes the logits."""

    def __init__(self, model: nn.Module, *, is_plain: bool) -> None:
        super().__init__()
        self.model, self.is_plain = model, is_plain

    def hidden(self, input_ids: Tensor) -> Tensor:
        """Last hidden states; where the head does more than project, the logits themselves."""
        inner = _inner(self.model)
        if not self.is_plain:
            return inner(input_ids=input_ids, use_cache=False).logits
        return inner.get_decoder()(input_ids=input_ids, use_cache=False).last_hidden_state

    def logits(self, hidden: Tensor) -> Tensor:
        """Scores over the vocabulary."""
        return _inner(self.model).get_output_embeddings()(hidden) if self.is_plain else hidden


def _inner(model: nn.Module) -> Any:
    """The transformers model inside an adapter, which has put its layers into it."""
    return model.get_base_model() if hasattr(model, "get_base_model") else model  # pyright: ignore[reportCallIssue]


def has_plain_head(model: "PreTrainedModel") -> bool:
    """Whether logits are the projected hidden states: some models scale or cap them as well."""
    ids = torch.arange(1, 9).unsqueeze(0) % model.config.get_text_config().vocab_size
    with torch.no_grad():
        whole = model(input_ids=ids, use_cache=False).logits
        hidden = model.get_decoder()(input_ids=ids, use_cache=False).last_hidden_state
        head: Any = model.get_output_embeddings()
        return bool(torch.allclose(head(hidden).float(), whole.float(), atol=TOLERANCE, rtol=1e-3))


def load_causal(base: BaseModel, dtype: torch.dtype) -> "PreTrainedModel":
    """The model of a base: safetensors alone, no code of its own, nothing fetched.

    Raises:
        BadInput: transformers knows no causal language model of this kind.
    """
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    logging.disable_progress_bar()
    try:
        return AutoModelForCausalLM.from_pretrained(
            base.folder,
            dtype=dtype,
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise BadInput(
            f"the base {base.name} does not load as a causal language model: {error}"
        ) from error


def load_words(base: BaseModel) -> "PreTrainedTokenizerBase":
    """The base's own tokenizer."""
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(
            base.folder, local_files_only=True, trust_remote_code=False
        )
    except (OSError, ValueError) as error:
        raise BadInput(f"the tokenizer of the base {base.name} does not load: {error}") from error
