"""Who hears of a failed run: the log, and a webhook that may itself be broken."""

import json
import logging
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from pydantic import SecretStr

from fitsense_assets.defs.automation.sensors import tell_of_failed_runs
from fitsense_assets.lib.automation.alerts import Alert, LogHook, WebhookHook, hook_of
from fitsense_training.settings import Settings

ALERT = Alert("retrain", "r0002", "abcd", "the disk is full", is_retried=False)


@dataclass
class Inbox:
    """A chat tool on this machine: what it was sent, and what it answers."""

    status: int = 200
    port: int = 0
    bodies: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook/secret-word"


@contextmanager
def an_inbox(status: int = 200) -> Generator[Inbox]:
    inbox = Inbox(status)

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            inbox.bodies.append(json.loads(body))
            self.send_response(inbox.status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on the terminal."""

    with HTTPServer(("127.0.0.1", 0), Desk) as server:
        inbox.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield inbox
        finally:
            server.shutdown()
            thread.join()


def test_the_log_hears_of_every_alert(caplog: pytest.LogCaptureFixture):
    LogHook().send(ALERT)

    assert caplog.messages == [
        "retrain of r0002 failed: the disk is full (run abcd; nobody will try it again)"
    ]


def test_a_webhook_is_sent_the_sentence_and_the_facts():
    with an_inbox() as inbox:
        WebhookHook(inbox.url).send(ALERT)

    (body,) = inbox.bodies
    assert body["text"] == ALERT.text
    assert (body["job"], body["partition"], body["is_retried"]) == ("retrain", "r0002", False)


def test_a_webhook_that_refuses_is_told_in_the_log_without_its_secret(
    caplog: pytest.LogCaptureFixture,
):
    caplog.set_level(logging.INFO)
    with an_inbox(status=500) as inbox:
        WebhookHook(inbox.url).send(ALERT)
    WebhookHook(inbox.url).send(ALERT)

    assert "FITSENSE_ALERT_WEBHOOK answered 500: mend or unset it" in caplog.messages
    assert any("could not be reached (ConnectError)" in line for line in caplog.messages)
    assert "secret-word" not in caplog.text


def test_the_settings_choose_the_hook(tmp_path: Path):
    without = Settings(home=tmp_path)
    with_one = Settings(home=tmp_path, alert_webhook=SecretStr("http://127.0.0.1:9/hook"))

    assert isinstance(hook_of(without), LogHook)
    assert hook_of(with_one) == WebhookHook("http://127.0.0.1:9/hook")


def test_a_failed_run_is_told_with_its_cause_and_partition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    @dg.op
    def measure() -> None:
        raise ValueError("the lake is\nnot there")

    @dg.job
    def retrain() -> None:
        measure()

    with an_inbox() as inbox, dg.DagsterInstance.ephemeral() as instance:
        monkeypatch.setenv("FITSENSE_HOME", str(tmp_path))
        monkeypatch.setenv("FITSENSE_ALERT_WEBHOOK", inbox.url)
        result = retrain.execute_in_process(
            instance=instance,
            raise_on_error=False,
            tags={"dagster/partition": "r0002", "dagster/will_retry": "true"},
        )
        context = dg.build_run_status_sensor_context(
            sensor_name="tell_of_failed_runs",
            dagster_event=result.get_run_failure_event(),
            dagster_instance=instance,
            dagster_run=result.dagster_run,
        ).for_run_failure()
        tell_of_failed_runs(context)

    (body,) = inbox.bodies
    assert body["message"] == "ValueError: the lake is not there"
    assert (body["job"], body["partition"]) == ("retrain", "r0002")
    assert body["is_retried"] is True
