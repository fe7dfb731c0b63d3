"""The champion as MLflow tells it, read without writing."""

from pathlib import Path

import pytest

from fitsense_api.student.registry import MlflowRegistry
from fitsense_training.domain.errors import CorruptArtifact, FitSenseError
from fitsense_training.registration import CHAMPION, MODEL, VersionTag
from fitsense_training.settings import Settings
from tests.fitsense_api.fakes import a_champion


def test_a_registry_that_is_not_there_is_told_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(FitSenseError, match="there is no model registry"):
        MlflowRegistry(Settings(home=tmp_path)).champion()

    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy")
def test_the_champion_is_read_from_mlflow(tmp_path: Path) -> None:
    from mlflow import MlflowClient

    settings = Settings(home=tmp_path)
    settings.mlflow_artifacts.mkdir(parents=True)
    client = MlflowClient(tracking_uri=settings.mlflow_uri, registry_uri=settings.mlflow_uri)
    registry = MlflowRegistry(settings)
    assert registry.champion() is None

    client.create_registered_model(MODEL)
    wanted = a_champion(tmp_path / "a folder")
    for tags in ({VersionTag.BUNDLE: wanted.bundle_sha256}, {}):
        client.create_model_version(MODEL, wanted.folder.as_uri(), tags=tags)
    assert registry.champion() is None

    client.set_registered_model_alias(MODEL, CHAMPION, "1")
    assert registry.champion() == wanted

    client.set_registered_model_alias(MODEL, CHAMPION, "2")
    with pytest.raises(CorruptArtifact, match="has no bundle_sha256 tag"):
        registry.champion()
