"""Where FitSense reads its environment, and nowhere else.

Every setting is FITSENSE_<NAME> in the environment. Everything FitSense writes lies under
`home` (`.fitsense/` by default), so one folder holds a whole installation.
"""

import os
from functools import cached_property
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from fitsense_training.domain.errors import BadInput

QUIET = {
    "DO_NOT_TRACK": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
}


class Settings(BaseSettings):
    """The whole configuration of one process, frozen."""

    model_config = SettingsConfigDict(env_prefix="FITSENSE_", frozen=True, extra="ignore")

    home: Path = Path(".fitsense")
    lake: str | None = Field(default=None, description="Lake root, e.g. s3://bucket/lake.")
    teacher: str = Field(default="reference", description="`reference` or `litellm/<model>`.")
    teacher_api_base: str | None = None
    teacher_api_key: SecretStr | None = None
    threads: int = Field(default=1, ge=1, le=256, description="CPU threads for training.")
    host: str = "127.0.0.1"
    api_port: int = Field(default=8000, ge=1, le=65535)
    dagster_port: int = Field(default=3000, ge=1, le=65535)
    mlflow_port: int = Field(default=5000, ge=1, le=65535)

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("teacher")
    @classmethod
    def _known_teacher(cls, value: str) -> str:
        if value != "reference" and not value.startswith("litellm/"):
            raise ValueError("use 'reference' or 'litellm/<model>'")
        return value

    @cached_property
    def lake_root(self) -> str:
        """The lake: a local folder by default, or any fsspec URL."""
        return self.lake or str(self.home / "lake")

    @property
    def dagster_home(self) -> Path:
        """Dagster's instance folder."""
        return self.home / "dagster"

    @property
    def warehouse_path(self) -> Path:
        """The DuckDB file that dbt alone writes."""
        return self.home / "warehouse.duckdb"

    @property
    def mlflow_uri(self) -> str:
        """MLflow's tracking and registry store."""
        return f"sqlite:///{self.home / 'mlflow' / 'mlflow.db'}"

    @property
    def mlflow_artifacts(self) -> Path:
        """Where MLflow keeps artifacts."""
        return self.home / "mlflow" / "artifacts"


def load_settings() -> Settings:
    """The settings of this process; BadInput names the variable that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "FITSENSE_" + "_".join(str(part) for part in first["loc"]).upper()
        raise BadInput(f"{name} is wrong: {first['msg']}. Mend it or unset it.") from error


def quiet_environment(settings: Settings) -> dict[str, str]:
    """Environment for child processes: no telemetry, and every tool in FitSense's home."""
    return {
        **os.environ,  # noqa: TID251 - the one place that reads it
        **QUIET,
        "FITSENSE_HOME": str(settings.home),
        "DAGSTER_HOME": str(settings.dagster_home),
        "MLFLOW_TRACKING_URI": settings.mlflow_uri,
    }


def make_quiet(settings: Settings) -> None:
    """Set the same for this process, before Dagster, MLflow or litellm are imported."""
    os.environ.update(quiet_environment(settings))  # noqa: TID251 - the one place that sets it
