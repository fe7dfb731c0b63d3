"""What bounds the service: sizes, places and times. Addresses come from the settings."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import (
    DirectoryPath,
    Field,
    FilePath,
    IPvAnyNetwork,
    SecretStr,
    ValidationError,
    field_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from fitsense_training.domain.errors import BadInput


@dataclass(frozen=True)
class ServiceConfig:
    """The limits of one process.

    A place is taken from the moment a plan is asked for until it is answered; up to `batch_rows`
    of those requests that are alike are written at once, the others wait. Jobs have places of
    their own, and their answers are kept for `job_kept_s`.
    """

    max_body_bytes: int = 40_960
    places: int = 16
    batch_rows: int = 8
    answer_timeout_s: float = 5.0
    job_places: int = 32
    job_timeout_s: float = 120.0
    jobs_kept: int = 256
    job_kept_s: float = 600.0
    body_timeout_s: float = 10.0
    refresh_s: float = 30.0
    retry_after_s: int = 1
    stop_timeout_s: int = 10


class ApiSettings(BaseSettings):
    """Where accounts live and how they are guarded, as FITSENSE_API_<NAME>.

    A secret may also stand in a file named as the variable, in the folder FITSENSE_API_SECRETS_DIR
    of the environment, as container platforms mount them.
    """

    model_config = SettingsConfigDict(env_prefix="FITSENSE_API_", frozen=True, extra="ignore")

    database_url: SecretStr | None = Field(
        default=None, description="sqlite:///<file> or postgresql://; home/service.db by default."
    )
    migrations_url: SecretStr | None = Field(
        default=None, description="The owner of the tables, where it is not who serves."
    )
    app_role: str = Field(
        default="fitsense_app",
        pattern=r"^[a-z_][a-z0-9_]{0,62}$",
        description="The PostgreSQL role that serves; migrations give it its rights.",
    )
    backup_url: SecretStr | None = Field(
        default=None, description="Who backs PostgreSQL up: a role row-level security lets pass."
    )
    postgres_tools: DirectoryPath | None = Field(
        default=None, description="The folder of pg_dump and pg_restore; else the PATH is searched."
    )
    bin_days: int = Field(
        default=30, ge=1, le=365, description="How long what people delete can be taken back."
    )
    purge_every_s: float = Field(
        default=86_400, ge=60, description="How often the service empties bins that are over."
    )
    seed_password: SecretStr | None = Field(
        default=None, description="What synthetic people log in with; they cannot without it."
    )
    pool_size: int = Field(default=8, ge=1, le=100)
    database_wait_s: float = Field(default=5.0, gt=0, le=60)
    count_hashes_at_once: int = Field(default=2, ge=1, le=16)
    session_idle_s: int = Field(default=14 * 86_400, ge=60)
    session_max_s: int = Field(default=30 * 86_400, ge=60)
    behind_tls: bool = Field(
        default=False, description="Whether people reach it by https alone: browsers then insist."
    )
    trusted_proxies: Annotated[tuple[IPvAnyNetwork, ...], NoDecode] = Field(
        default=(), description="Networks of our own proxies, with commas: 10.0.0.0/8,::1/128."
    )
    requests_per_minute: int = Field(
        default=1200, ge=0, description="From one address; 0 sets no limit."
    )
    entries_per_minute: int = Field(
        default=20, ge=0, description="Log-ins and sign-ups, by address and by account."
    )
    plans_per_minute: int = Field(
        default=30, ge=0, description="Plans asked for, by account, or address without one."
    )
    leaked_passwords: FilePath | None = Field(
        default=None, description="A list of passwords nobody may take, one a line."
    )

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(part.strip() for part in value.split(",") if part.strip())

    def address(self, home: Path) -> str:
        """The database that serves; a file in the home folder unless the settings name one."""
        if self.database_url is None:
            return f"sqlite:///{home / 'service.db'}"
        return self.database_url.get_secret_value()

    def owner_address(self, home: Path) -> str:
        """The same database as its owner, who may change tables."""
        if self.migrations_url is None:
            return self.address(home)
        return self.migrations_url.get_secret_value()


def load_api_settings() -> ApiSettings:
    """The settings of this process; BadInput names the variable that is wrong."""
    try:
        folder = _SecretsFolder().secrets_dir
        return ApiSettings(_secrets_dir=folder)  # pyright: ignore[reportCallIssue]
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        name = "FITSENSE_API_" + "_".join(str(part) for part in first["loc"]).upper()
        raise BadInput(f"{name} is wrong: {first['msg']}. Mend it or unset it.") from error


class _SecretsFolder(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="FITSENSE_API_", extra="ignore")

    secrets_dir: DirectoryPath | None = None
