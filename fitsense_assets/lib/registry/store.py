"""The model registry: MLflow on sqlite and local files, through its client alone.

Nothing here loads a model: bundles are folders of files with sha256, never `mlflow.*.load_model`.
"""

import warnings
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from fitsense_training.domain.errors import CorruptArtifact, UnknownName
from fitsense_training.registration import CHAMPION, MODEL, MODEL_DESCRIPTION, MODEL_TAGS
from fitsense_training.settings import Settings, make_quiet

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities.model_registry import ModelVersion


@dataclass(frozen=True)
class Registry:
    """One MLflow store: where it is, where its artifacts go, and the folder of its lease."""

    uri: str
    artifacts: Path

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The registry of an installation, its folders made."""
        make_quiet(settings)
        settings.mlflow_artifacts.mkdir(parents=True, exist_ok=True)
        return cls(settings.mlflow_uri, settings.mlflow_artifacts)

    @cached_property
    def client(self) -> "MlflowClient":
        """The one client; importing MLflow takes seconds, so only users of it pay."""
        import logging

        from mlflow import MlflowClient

        # Store set-up and migrations log every step at INFO; the user did not ask for them.
        for name in ("alembic", "mlflow.store.db.utils", "mlflow.tracking", "mlflow"):
            logging.getLogger(name).setLevel(logging.WARNING)
        with warnings.catch_warnings():
            # MLflow's own mappers use a loader that SQLAlchemy has deprecated; not ours to mend.
            warnings.filterwarnings("ignore", message="The ``noload`` loader strategy")
            return MlflowClient(tracking_uri=self.uri, registry_uri=self.uri)

    @property
    def lease_path(self) -> Path:
        """The file that one promotion at a time holds."""
        return self.artifacts.parent / "promotion.lease"

    @property
    def registration_lease(self) -> Path:
        """The file that one registration at a time holds."""
        return self.artifacts.parent / "registration.lease"

    def experiment_id(self, name: str) -> str:
        """The experiment of this name, made with artifacts in this installation."""
        found = self.client.get_experiment_by_name(name)
        if found is not None:
            return str(found.experiment_id)
        place = (self.artifacts / name).as_uri()
        return str(self.client.create_experiment(name, artifact_location=place))

    def ensure_model(self) -> None:
        """Make the registered model where it is missing, and bring its description up to date."""
        found = {model.name: model for model in self.client.search_registered_models()}
        if MODEL not in found:
            self.client.create_registered_model(MODEL, MODEL_TAGS, MODEL_DESCRIPTION)
        elif found[MODEL].description != MODEL_DESCRIPTION:
            self.client.update_registered_model(MODEL, MODEL_DESCRIPTION)

    def versions(self) -> "list[ModelVersion]":
        """All versions, the newest first."""
        found = self.client.search_model_versions(f"name='{MODEL}'")
        return sorted(found, key=lambda version: int(version.version), reverse=True)

    def version(self, number: str) -> "ModelVersion":
        """One version; UnknownName says which there are."""
        known = {str(version.version): version for version in self.versions()}
        if number not in known:
            names = ", ".join(sorted(known, key=int)) or "none yet: materialize registered_student"
            raise UnknownName(f"{MODEL} has no version {number!r} (there are: {names})")
        # Aliases and tags are complete only when a version is asked for by itself.
        return self.client.get_model_version(MODEL, number)

    def alias(self, name: str) -> str | None:
        """The version number an alias points to, or None."""
        if not self.versions():
            return None
        aliases = self.client.get_registered_model(MODEL).aliases
        number = aliases.get(name)
        return None if number is None else str(number)

    def champion(self) -> str | None:
        """The version that is served."""
        return self.alias(CHAMPION)

    def bundle_folder(self, number: str) -> Path:
        """Where the bundle of a version lies on this machine."""
        from urllib.parse import unquote, urlparse

        source = str(self.version(number).source)
        path = Path(unquote(urlparse(source).path))
        if not path.is_dir():
            raise CorruptArtifact(
                f"the bundle of {MODEL} version {number} is gone from {path}: "
                "materialize registered_student of its release again"
            )
        return path
