"""`fitsense up`: Dagster's UI and daemon, MLflow's UI and the API, under one supervisor."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from fitsense_assets.cli.home import open_instance, prepare_home
from fitsense_assets.cli.memory import tell_when_ready
from fitsense_assets.cli.serving import SERVE, is_free
from fitsense_training.domain.errors import BadInput
from fitsense_training.settings import Settings, quiet_environment

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Child:
    """One process of the supervisor."""

    name: str
    command: str
    port: int
    setting: str
    says: str


def children(settings: Settings) -> tuple[Child, ...]:
    """What runs, and where; everything binds to the host of the settings, loopback by default."""
    python, host = sys.executable, settings.host
    dagster = (
        f"{python} -m dagster dev -w {ROOT / 'workspace.yaml'} --log-level warning "
        f"-h {host} -p {settings.dagster_port}"
    )
    mlflow = (
        f"{python} -m mlflow server --host {host} --port {settings.mlflow_port} --workers 1 "
        f"--backend-store-uri {settings.mlflow_uri} "
        f"--artifacts-destination {settings.mlflow_artifacts.as_uri()}"
    )
    return (
        Child(
            "dagster", dagster, settings.dagster_port, "FITSENSE_DAGSTER_PORT", "the asset graph"
        ),
        Child("mlflow", mlflow, settings.mlflow_port, "FITSENSE_MLFLOW_PORT", "the model registry"),
        Child("api", " ".join(SERVE), settings.api_port, "FITSENSE_API_PORT", "the service"),
    )


def run_up(settings: Settings) -> int:
    """Run all of them until Ctrl-C or until one ends; returns the exit code of the supervisor.

    Raises:
        BadInput: a port is taken.
    """
    from honcho.manager import Manager

    wanted = children(settings)
    for child in wanted:
        if not is_free(settings.host, child.port):
            raise BadInput(
                f"port {child.port} is taken, {child.name} wants it: set {child.setting} to "
                "another one, or end what listens there"
            )
    open_instance(settings).dispose()
    console = Console(highlight=False)
    manager = Manager()
    environment = {
        **quiet_environment(settings),
        "PYTHONUNBUFFERED": "1",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    }
    for child in wanted:
        console.print(f"{child.says:<20} http://{settings.host}:{child.port}", soft_wrap=True)
        manager.add_process(child.name, child.command, env=environment, quiet=True, cwd=str(ROOT))
    console.print("Ctrl-C ends all of them.")
    tell_when_ready(
        settings.host,
        {child.name: child.port for child in wanted},
        {child.name: child.command for child in wanted},
        lambda line: console.print(line, soft_wrap=True),
    )
    manager.loop()
    return int(manager.returncode or 0)


def exec_service(settings: Settings) -> None:
    """Become the service; BadInput when its port is taken."""
    if not is_free(settings.host, settings.api_port):
        raise BadInput(
            f"port {settings.api_port} is taken: set FITSENSE_API_PORT to another one, or end what "
            "listens there"
        )
    prepare_home(settings)
    os.execve(SERVE[0], list(SERVE), quiet_environment(settings))  # noqa: S606 - our own module
