"""Every recipe in the folder can be read, says how it is launched, and stays what it was."""

import hashlib
import re
from pathlib import Path

import pytest
import torch

from fitsense_assets.lib.student.train import RECIPES, RunRecord, check_recipe, recipe_path
from fitsense_training.bundle import BundleManifest
from fitsense_training.domain.errors import BadInput
from fitsense_training.sft_config import SftConfig, load_config
from fitsense_training.shape import StudentShape

FILES = sorted(RECIPES.glob("*.yaml"))
WITHOUT_GPU = pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")


def test_the_recipes_people_expect_are_there():
    assert {path.stem for path in FILES} >= {
        "scratch_cpu",
        "scratch_gpu_50m",
        "gemma3_270m_lora",
        "gemma3_1b_qlora",
        "qwen3_4b_qlora",
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_recipe_is_read_and_its_header_says_how_to_launch_it(path: Path):
    config = load_config(path)
    header = re.match(r"(?:#.*\n)+", path.read_text(encoding="utf-8"))

    assert config.name == path.stem
    assert header is not None
    assert f"configs/{path.name}" in header.group()
    assert "Launch:" in header.group()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_recipe_for_a_gpu_or_a_pretrained_base_says_what_it_needs(path: Path):
    config, text = load_config(path), path.read_text(encoding="utf-8")

    if config.lora is not None:
        assert f"fitsense base fetch {config.lora.model}" in text
    if config.device == "cuda" or config.lora is not None:
        assert "# Hardware:" in text
        assert "# Expect:" in text


def test_unset_fields_that_came_later_change_no_fingerprint():
    dumped = SftConfig(name="pinned").model_dump_json()

    assert hashlib.sha256(dumped.encode()).hexdigest()[:16] == "bfa727bd8c23f3e1"


def test_bundle_made_from_zero_keeps_its_hash():
    manifest = BundleManifest(
        base="scratch",
        release="r0001",
        cohorts=("c0001",),
        data_version="d1",
        rules_version="1",
        catalogue_version="1",
        shape=StudentShape(),
        files={},
    )

    assert "pretrained" not in manifest.model_dump()


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("base: lora", "a lora section belongs"),
        ("lora: {model: x}", "a lora section belongs"),
        ("base: qlora\nlora: {model: x}", "needs device: cuda"),
        ("base: lora\nlora: {model: x}\nrepeat_weight: 1", "single tokens"),
        ("base: lora\nlora: {model: x, ranks: 4}", r"lora\.ranks"),
        ("name: [", "is no YAML"),
    ],
)
def test_recipe_that_contradicts_itself_is_told(tmp_path: Path, lines: str, told: str):
    (tmp_path / "bad.yaml").write_text(f"name: bad\n{lines}\n", encoding="utf-8")

    with pytest.raises(BadInput, match=told):
        load_config(tmp_path / "bad.yaml")


def test_recipe_is_found_by_name_or_by_path(tmp_path: Path):
    own = tmp_path / "own.yaml"
    own.write_text("name: own\n", encoding="utf-8")

    assert recipe_path("scratch_tiny").name == "scratch_tiny.yaml"
    assert recipe_path(str(own)) == own
    with pytest.raises(BadInput, match="there are: gemma3_1b_qlora"):
        recipe_path("no_such")


@WITHOUT_GPU
@pytest.mark.parametrize("name", ["scratch_gpu_50m", "gemma3_1b_qlora", "qwen3_4b_qlora"])
def test_recipe_for_a_gpu_is_refused_at_once_without_one(name: str):
    with pytest.raises(BadInput, match="needs an NVIDIA GPU"):
        check_recipe(name)


def test_recipe_whose_base_is_not_here_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    import huggingface_hub.constants as hub

    monkeypatch.setattr(hub, "HF_HUB_CACHE", str(tmp_path))

    with pytest.raises(BadInput, match="fitsense base fetch google/gemma-3-270m-it"):
        check_recipe("gemma3_270m_lora")


def test_registry_lists_the_adapter_and_its_base_as_parameters():
    record = RunRecord(
        {
            "config": {"name": "tiny", "base": "lora", "lora": {"rank": 4}},
            "model": {"count_parameters": 9, "base_model": {"name": "tiny", "sha256": "ab"}},
            "versions": {"peft": "1"},
        }
    )

    assert record.params() == {
        "name": "tiny",
        "base": "lora",
        "lora.rank": "4",
        "count_parameters": "9",
        "base_model.name": "tiny",
        "base_model.sha256": "ab",
        "peft": "1",
    }
