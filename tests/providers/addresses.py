"""Runs over addresses that lead elsewhere or nowhere, with litellm itself or straight.

`python -m tests.providers.addresses DRIVER MODEL FOLDER`: a process of its own, because litellm
takes seconds to import. What was seen is in `FOLDER/told.json`.
"""

import json
import socket
import sys
from itertools import islice
from pathlib import Path
from typing import Any

from fitsense_assets.lib.teacher.endpoint import Endpoint
from fitsense_assets.lib.teacher.journal import Journal
from fitsense_assets.lib.teacher.online_teacher import OnlineTeacher
from fitsense_assets.lib.teacher.responses import questions_of
from tests.builders import a_cohort
from tests.providers.drivers import gateway_of
from tests.providers.server import mock_provider

NOWHERE = "http://teacher.invalid:9/v1"
real_getaddrinfo = socket.getaddrinfo


def resolve(host: Any, *rest: Any, **named: Any) -> Any:
    """The resolver of a machine whose network has no names; nothing leaves this machine."""
    if host == "teacher.invalid":
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return real_getaddrinfo(host, *rest, **named)


def ask(driver: str, model: str, api_base: str, path: Path, count: int) -> dict[str, Any]:
    journal = Journal(path)
    endpoint = Endpoint(model, api_base, "sk-mock", attempts_max=2, timeout_s=30.0, deadline_s=90.0,
                        concurrency=8, corrections_max=0)  # fmt: skip
    questions = islice(questions_of([a_cohort(users=100).queries]), count)
    replies = list(
        OnlineTeacher(endpoint, journal, gateway_of(driver, endpoint)).replies(questions)
    )
    kept = journal.count
    journal.close()
    return {"ends": [[reply.error, reply.attempts] for reply in replies], "kept": kept}


if __name__ == "__main__":
    socket.getaddrinfo = resolve
    way, asked_model, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    with mock_provider(faults="redirect302:0.08,redirect307:0.08") as provider:
        redirected = ask(way, asked_model, provider.api_base, folder / "redirected.sqlite", 60)
        redirected["stats"] = provider.stats()
    told = {
        "redirected": redirected,
        "unknown_host": ask(way, asked_model, NOWHERE, folder / "unknown.sqlite", 3),
    }
    with mock_provider() as provider:
        told["resumed"] = ask(way, asked_model, provider.api_base, folder / "unknown.sqlite", 3)
    (folder / "told.json").write_text(json.dumps(told), encoding="utf-8")
