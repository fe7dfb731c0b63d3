"""A student that writes in transformers: any bundle, on a CPU or a GPU, by the same rules.

`generate` drives the network; which token stands next is chosen by the same constraint that the
service uses, so a student writes here what it writes in ONNX Runtime, token for token. It is how a
student without an ONNX step is measured.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from fitsense_training.bundle import (
    CONFIG,
    MODEL_WEIGHTS,
    TOKENIZER,
    WEIGHTS,
    BundleManifest,
    check_bundle,
    open_student,
    read_manifest,
)
from fitsense_training.constraint import Answer, Constraint
from fitsense_training.domain.errors import CorruptArtifact
from fitsense_training.sampling import Perturb
from fitsense_training.words import read_words
from fitsense_training.writer import Writer

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@dataclass
class ConstrainedLogits:
    """A logits processor: leaves each row the one token that its constraint chose."""

    constraint: Constraint
    answers: list[Answer]
    room: int
    stop: int
    perturb: Perturb | None = None
    _waiting: list[list[int]] = field(default_factory=list[list[int]])

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Scores of which the chosen token alone is finite."""
        del input_ids  # each answer knows what it wrote
        self._waiting = self._waiting or [[] for _ in self.answers]
        chosen = torch.full_like(scores, -torch.inf)
        for row in range(len(self.answers)):
            chosen[row, self._next(row, scores[row])] = 0.0
        return chosen

    def _next(self, row: int, scores: Tensor) -> int:
        answer, waiting = self.answers[row], self._waiting[row]
        if not waiting and not answer.is_done:
            logits = scores.float().cpu().numpy()
            chosen_by = logits if self.perturb is None else self.perturb(logits)
            self.constraint.go_on(answer, chosen_by, self.room)
            waiting.extend(answer.unread)
            answer.unread = []
        return waiting.pop(0) if waiting else self.stop


class TransformersStudent(Writer):
    """A student in transformers, on the device its model is on."""

    def __init__(self, model: "PreTrainedModel", manifest: BundleManifest, tokenizer: Path) -> None:
        """Take a model with the words of its bundle."""
        words = read_words(tokenizer, manifest.turn)
        super().__init__(words, manifest.shape.max_tokens, manifest.max_answer_tokens)
        self._model = model

    def _fill(
        self,
        encoded: Sequence[Sequence[int]],
        answers: Sequence[Answer],
        room: int,
        perturb: Perturb | None,
    ) -> None:
        turn, device = self._words.turn, self._model.device
        longest = max(len(row) for row in encoded)
        ids = [[turn.pad] * (longest - len(row)) + [*row] for row in encoded]
        is_real = [[0] * (longest - len(row)) + [1] * len(row) for row in encoded]
        chooser = ConstrainedLogits(self._constraint, list(answers), room, turn.stop, perturb)
        generate: Any = self._model.generate
        with torch.no_grad():
            generate(
                input_ids=torch.tensor(ids, device=device),
                attention_mask=torch.tensor(is_real, device=device),
                logits_processor=[chooser],
                do_sample=False,
                max_new_tokens=room,
                eos_token_id=turn.stop,
                pad_token_id=turn.pad,
            )


def open_anywhere(folder: Path) -> Writer:
    """The student of a bundle as it is measured: in ONNX Runtime where that is how it is served."""
    if read_manifest(folder).is_embeddable:
        return open_student(folder)
    return open_in_transformers(folder, "cuda" if torch.cuda.is_available() else "cpu")


def open_in_transformers(folder: Path, device: str = "cpu") -> TransformersStudent:
    """The student of a verified bundle in transformers, in single precision on a CPU.

    Raises:
        CorruptArtifact: the bundle is not whole, or its weights are not what they should be.
        BadInput: it was taught other prompts or another wire format than this code speaks.
    """
    manifest = check_bundle(folder)
    made_from_zero = manifest.pretrained is None
    model = _own(folder) if made_from_zero else _pretrained(folder)
    if device != "cpu":
        torch.nn.Module.to(model, device=torch.device(device), dtype=torch.bfloat16)
    return TransformersStudent(model.eval(), manifest, folder / TOKENIZER)


def _own(folder: Path) -> "PreTrainedModel":
    """The network made from zero, as transformers knows it."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file
    from transformers import Gemma3ForCausalLM, Gemma3TextConfig

    model = Gemma3ForCausalLM(Gemma3TextConfig.from_json_file(str(folder / CONFIG)))
    try:
        model.load_state_dict(load_file(folder / WEIGHTS), strict=False)
    except (SafetensorError, RuntimeError) as error:
        raise CorruptArtifact(f"{folder / WEIGHTS} does not fit its configuration") from error
    model.tie_weights()
    return model


def _pretrained(folder: Path) -> "PreTrainedModel":
    from safetensors import SafetensorError
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    logging.disable_progress_bar()
    try:
        return AutoModelForCausalLM.from_pretrained(
            folder,
            dtype=torch.float32,
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
        )
    except (SafetensorError, OSError, ValueError, RuntimeError) as error:
        raise CorruptArtifact(
            f"{folder / MODEL_WEIGHTS} does not load as safetensors of its configuration"
        ) from error
