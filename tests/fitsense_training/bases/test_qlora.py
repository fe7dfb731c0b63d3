"""The `qlora` recipe up to the device: first a GPU is asked for, then unsloth, as we want it."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from fitsense_training.bases import qlora
from fitsense_training.bases.choose import check_base
from fitsense_training.bases.files import BaseModel
from fitsense_training.bases.qlora import load_quantized
from fitsense_training.domain.errors import BadInput
from fitsense_training.sft_config import LoraRecipe, SftConfig

BASE = BaseModel(Path("/bases/tiny"), "tiny", None, "0" * 64)


def a_recipe(**changes: Any) -> SftConfig:
    lora = LoraRecipe(
        model="/bases/tiny", rank=8, alpha=16, max_tokens=1024, is_recomputed=True
    ).model_copy(update=changes)
    return SftConfig(name="tiny_qlora", base="qlora", device="cuda", lora=lora, seed=3)


class FakeConfig:
    def __init__(self, **settings: object) -> None:
        self.__dict__.update(settings)

    def get_text_config(self) -> "FakeConfig":
        return self


class FakeModel:
    def __init__(self, **settings: object) -> None:
        self.config = FakeConfig(**settings)

    def get_base_model(self) -> "FakeModel":
        return self


class FakeUnsloth:
    """Stands where unsloth's FastLanguageModel stands, and keeps what it was asked for."""

    def __init__(self, **settings: object) -> None:
        self.model, self.tokenizer = FakeModel(**settings), object()
        self.loaded: dict[str, Any] = {}
        self.adapted: dict[str, Any] = {}

    def from_pretrained(self, **asked: Any) -> tuple[FakeModel, object]:
        self.loaded = asked
        return self.model, self.tokenizer

    def get_peft_model(self, model: FakeModel, **asked: Any) -> FakeModel:
        assert model is self.model
        self.adapted = asked
        return model


def test_unsloth_is_asked_for_what_the_recipe_says():
    unsloth = FakeUnsloth(final_logit_softcapping=None)

    found = load_quantized(BASE, a_recipe(), unsloth)

    assert found.tokenizer is unsloth.tokenizer
    assert found.is_plain
    assert unsloth.loaded["model_name"] == "/bases/tiny"
    assert unsloth.loaded["load_in_4bit"] is True
    assert unsloth.loaded["local_files_only"] is True
    assert unsloth.loaded["trust_remote_code"] is False
    assert unsloth.loaded["max_seq_length"] == unsloth.adapted["max_seq_length"] == 1024
    assert (unsloth.adapted["r"], unsloth.adapted["lora_alpha"]) == (8, 16)
    assert unsloth.adapted["random_state"] == 3
    assert "gate_proj" in unsloth.adapted["target_modules"]
    assert unsloth.adapted["use_gradient_checkpointing"] == "unsloth"


def test_capped_logits_are_made_by_the_whole_model():
    found = load_quantized(BASE, a_recipe(), FakeUnsloth(final_logit_softcapping=30.0))

    assert not found.is_plain


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_machine_without_a_gpu_is_told_what_to_do():
    with pytest.raises(BadInput, match=r"NVIDIA GPU.*extra gpu.*gemma3_270m_lora"):
        check_base(a_recipe())


def test_gpu_without_unsloth_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(qlora.importlib.util, "find_spec", lambda name: None)

    with pytest.raises(BadInput, match=r"pip install 'fitsense\[gpu\]'"):
        check_base(a_recipe())


def test_base_is_looked_for_once_the_gpu_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(qlora.importlib.util, "find_spec", lambda name: object())
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "qwen3"}))
    (tmp_path / "tokenizer.json").write_text("{}")

    with pytest.raises(BadInput, match="safetensors"):
        check_base(a_recipe(model=str(tmp_path)))
