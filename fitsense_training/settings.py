"""Where FitSense reads its environment, and nowhere else.

Every setting is FITSENSE_<NAME> in the environment. Everything FitSense writes lies under
`home` (`.fitsense/` by default), so one folder holds a whole installation.
"""

import os
from decimal import Decimal
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


ADMIN_TOKEN_CHARS_MIN = 32
TEACHER_DRIVERS = ("litellm", "litellm-batch", "openai")


class Settings(BaseSettings):
    """The whole configuration of one process, frozen."""

    model_config = SettingsConfigDict(env_prefix="FITSENSE_", frozen=True, extra="ignore")

    home: Path = Path(".fitsense")
    lake: str | None = Field(default=None, description="Lake root, e.g. s3://bucket/lake.")
    teacher: str = Field(
        default="reference",
        description="`reference`, `litellm/<model>`, at half price `litellm-batch/<model>`, or "
        "`openai/<model>` straight from a server that speaks OpenAI's protocol.",
    )
    teacher_api_base: str | None = None
    teacher_api_key: SecretStr | None = None
    teacher_concurrency: int = Field(default=64, ge=1, le=1024, description="Calls in flight.")
    teacher_budget_usd: Decimal | None = Field(
        default=None, ge=0, description="All that this home's journal may ever cost."
    )
    teacher_usd_per_million_asked: Decimal | None = Field(
        default=None, ge=0, description="Price of a million prompt tokens; listed if unset."
    )
    teacher_usd_per_million_answered: Decimal | None = Field(
        default=None, ge=0, description="Price of a million reply tokens; listed if unset."
    )
    planner: str = Field(default="student", description="`student`, `coach` or `openai/<model>`.")
    planner_api_base: str | None = Field(default=None, description="e.g. http://host:8000/v1.")
    planner_api_key: SecretStr | None = None
    admin_token: SecretStr | None = Field(
        default=None, description="Opens /v1/admin and /metrics; at least 32 characters."
    )
    trace_exporter: str | None = Field(
        default=None, description="An installed OpenTelemetry exporter, e.g. console."
    )
    threads: int = Field(default=1, ge=1, le=256, description="CPU threads for training.")
    automation: bool = Field(
        default=True, description="Whether `fitsense up` grows and retrains by itself."
    )
    growth_cron: str = Field(default="0 3 * * 1", description="When a cohort is added, in UTC.")
    growth_users: int = Field(default=1000, ge=1, description="People in a cohort so added.")
    retrain_recipe: str = Field(default="scratch_cpu", description="Recipe of such a training.")
    retrain_quiet_s: int = Field(
        default=60, ge=0, description="Seconds without a change before a release is made."
    )
    alert_webhook: SecretStr | None = Field(
        default=None, description="Where failed runs are posted as JSON; the log alone if unset."
    )
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
        driver, _, model = value.partition("/")
        if value != "reference" and not (driver in TEACHER_DRIVERS and model):
            told = ", ".join(f"'{each}/<model>'" for each in TEACHER_DRIVERS)
            raise ValueError(f"use 'reference' or one of {told}")
        return value

    @field_validator("planner")
    @classmethod
    def _known_planner(cls, value: str) -> str:
        names_model = value.startswith("openai/") and value != "openai/"
        if value not in ("student", "coach") and not names_model:
            raise ValueError("use 'student', 'coach' or 'openai/<model>'")
        return value

    @field_validator("admin_token")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < ADMIN_TOKEN_CHARS_MIN:
            raise ValueError(f"use at least {ADMIN_TOKEN_CHARS_MIN} random characters")
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


def allow_hub() -> None:
    """Let this process ask the Hugging Face hub; before huggingface_hub is imported."""
    os.environ["HF_HUB_OFFLINE"] = "0"  # noqa: TID251 - the one place that sets it
