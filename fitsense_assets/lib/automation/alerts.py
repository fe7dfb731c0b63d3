"""Telling people that a run failed: a log line always, and a webhook where one is set.

A hook is anything with `send`: to page somebody otherwise, write one and name it in `hook_of`.
"""

import logging
from dataclasses import asdict, dataclass
from typing import Protocol

from fitsense_training.settings import Settings

TIMEOUT_S = 10.0
LOG = logging.getLogger("fitsense.alerts")


@dataclass(frozen=True)
class Alert:
    """A failed run, as a person wants to hear of it."""

    job: str
    partition: str
    run_id: str
    message: str
    is_retried: bool

    @property
    def text(self) -> str:
        """The alert in one sentence, as chat tools show it."""
        tail = "it is tried once more" if self.is_retried else "nobody will try it again"
        place = f" of {self.partition}" if self.partition else ""
        return f"{self.job}{place} failed: {self.message} (run {self.run_id}; {tail})"


class Hook(Protocol):
    """Where alerts go."""

    def send(self, alert: Alert) -> None:
        """Tell somebody; a hook that cannot says so in the log and never raises."""
        ...


class LogHook:
    """Alerts as lines of the log."""

    def send(self, alert: Alert) -> None:
        """Write one line."""
        LOG.error(alert.text)


@dataclass(frozen=True)
class WebhookHook:
    """Alerts as JSON to a URL: `text` for people, and the facts beside it for machines."""

    url: str

    def send(self, alert: Alert) -> None:
        """Post once; the URL may hold a secret, so it is never written down."""
        import httpx

        LOG.error(alert.text)
        # At its "info" level the client writes every address down.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        body = {"text": alert.text, **asdict(alert)}
        try:
            answer = httpx.post(self.url, json=body, timeout=TIMEOUT_S)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            kind = type(error).__name__
            LOG.warning("FITSENSE_ALERT_WEBHOOK could not be reached (%s): mend or unset it", kind)
            return
        if not answer.is_success:
            LOG.warning("FITSENSE_ALERT_WEBHOOK answered %s: mend or unset it", answer.status_code)


def hook_of(settings: Settings) -> Hook:
    """The hook of an installation."""
    if settings.alert_webhook is None:
        return LogHook()
    return WebhookHook(settings.alert_webhook.get_secret_value())
