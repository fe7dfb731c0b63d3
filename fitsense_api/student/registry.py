"""The MLflow registry, read through its client alone: nothing of it is ever loaded or run."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlparse

from fitsense_api.student.served import Champion
from fitsense_training.domain.errors import CorruptArtifact, FitSenseError
from fitsense_training.registration import CHAMPION, MODEL, VersionTag
from fitsense_training.settings import Settings, make_quiet

_SQLITE = "sqlite:///"


@dataclass(frozen=True)
class MlflowRegistry:
    """The registry of an installation."""

    settings: Settings

    def champion(self) -> Champion | None:
        """The version the champion alias points to, or None where there is none.

        Without a student to serve the service answers by rule, so taking the alias away switches
        the student off.
        """
        uri = self.settings.mlflow_uri
        # MLflow would make an empty database where there is none: reading must not write.
        if uri.startswith(_SQLITE) and not Path(uri.removeprefix(_SQLITE)).is_file():
            raise FitSenseError(f"there is no model registry at {uri}: materialize a student first")
        # Importing MLflow takes seconds of CPU: only who asks it pays, and off the event loop.
        make_quiet(self.settings)
        from mlflow import MlflowClient

        client = MlflowClient(tracking_uri=uri, registry_uri=uri)
        if not client.search_registered_models(f"name='{MODEL}'"):
            return None
        number = client.get_registered_model(MODEL).aliases.get(CHAMPION)
        if number is None:
            return None
        version = client.get_model_version(MODEL, str(number))
        sha256 = version.tags.get(VersionTag.BUNDLE)
        if not sha256:
            raise CorruptArtifact(f"{MODEL} version {number} has no {VersionTag.BUNDLE} tag")
        folder = Path(unquote(urlparse(str(version.source)).path))
        return Champion(str(number), folder, sha256)
