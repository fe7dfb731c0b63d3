"""Every model says its grain, every column of a mart is described and held to its contract."""

import re
from typing import Any

import pytest
import yaml

from fitsense_assets.lib.slices.marts import MARTS
from fitsense_assets.lib.slices.project import PROJECT

MODELS = sorted((PROJECT / "models").rglob("*.sql"))


def described(name: str) -> dict[str, Any]:
    (path,) = (PROJECT / "models").rglob(f"{name}.yml")
    (model,) = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    return model


@pytest.mark.parametrize("name", [path.stem for path in MODELS])
def test_every_model_is_described_and_ends_with_its_grain(name: str) -> None:
    model = described(name)

    told = " ".join(str(model["description"]).split())
    assert re.search(r"one row per [^.]+\.$", told, re.IGNORECASE)


@pytest.mark.parametrize("name", MARTS)
def test_every_column_of_a_mart_has_a_type_and_a_description(name: str) -> None:
    columns = described(name)["columns"]

    assert columns
    assert [c["name"] for c in columns if not c.get("description") or not c.get("data_type")] == []


def test_marts_are_exactly_those_that_are_exported_and_all_have_unit_tests() -> None:
    marts = {path.stem for path in MODELS if path.parent.name == "marts"}

    assert marts == {*MARTS}
    for name in marts:
        (path,) = (PROJECT / "models").rglob(f"{name}.yml")
        assert "unit_tests" in yaml.safe_load(path.read_text(encoding="utf-8"))


def test_contracts_of_marts_are_enforced() -> None:
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))

    assert project["models"]["fitsense"]["marts"]["+contract"] == {"enforced": True}


def test_every_model_has_a_test_of_its_key() -> None:
    for path in MODELS:
        if path.stem == "int_features_sliced":
            # A row per person, feature and slice of a table whose key is tested.
            continue
        text = path.with_suffix(".yml").read_text(encoding="utf-8")
        assert "unique" in text, path.stem
