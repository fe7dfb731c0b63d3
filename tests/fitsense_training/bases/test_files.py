"""A base is taken from this machine alone, as safetensors, and without code of its own."""

import json
from pathlib import Path

import pytest

from fitsense_training.bases.files import find_base
from fitsense_training.domain.errors import BadInput


def a_folder(folder: Path, weights: str = "model.safetensors", **config: object) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps({"model_type": "llama", **config}))
    (folder / "tokenizer.json").write_text("{}")
    (folder / weights).write_bytes(b"weights")
    return folder


def test_base_is_known_by_its_content_not_its_place(tmp_path: Path):
    here, there = a_folder(tmp_path / "here"), a_folder(tmp_path / "there")

    assert find_base(str(here)).sha256 == find_base(str(there)).sha256
    assert find_base(str(here)).facts() == {
        "name": "here",
        "revision": None,
        "sha256": find_base(str(here)).sha256,
    }


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "tokenizer.json"])
def test_other_content_is_another_base(tmp_path: Path, name: str):
    folder = a_folder(tmp_path / "base")
    before = find_base(str(folder)).sha256
    (folder / name).write_text('{"model_type": "gemma"}')

    assert find_base(str(folder)).sha256 != before


def test_pickled_weights_are_refused(tmp_path: Path):
    folder = a_folder(tmp_path / "base", weights="pytorch_model.bin")

    with pytest.raises(BadInput, match="pickled weights are never read"):
        find_base(str(folder))


def test_base_with_code_of_its_own_is_refused(tmp_path: Path):
    folder = a_folder(tmp_path / "base", auto_map={"AutoModel": "modeling.Own"})

    with pytest.raises(BadInput, match="code of its own"):
        find_base(str(folder))


def test_folder_without_a_model_is_refused(tmp_path: Path):
    with pytest.raises(BadInput, match=r"config\.json and tokenizer\.json"):
        find_base(str(tmp_path))


def test_base_that_was_never_fetched_is_told_how(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    import huggingface_hub.constants as hub

    monkeypatch.setattr(hub, "HF_HUB_CACHE", str(tmp_path))

    with pytest.raises(BadInput, match="fitsense base fetch owner/name --revision main"):
        find_base("owner/name", "main")


def test_name_that_can_be_no_model_is_told(tmp_path: Path):
    with pytest.raises(BadInput, match="no name of a model"):
        find_base(str(tmp_path / "not" / "there"))
