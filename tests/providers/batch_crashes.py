"""Batches over litellm itself, and runs that are killed -9 at the two worst moments.

`python -m tests.providers.batch_crashes FOLDER KEY`: a process of its own, because litellm takes
seconds to import; every run is a fork of it. What was seen is in `FOLDER/told.json`.
"""

import asyncio
import json
import os
import signal
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from fitsense_assets.lib.teacher.batch_teacher import BatchTeacher
from fitsense_assets.lib.teacher.clock import Clock
from fitsense_assets.lib.teacher.endpoint import Endpoint
from fitsense_assets.lib.teacher.journal import Journal
from fitsense_assets.lib.teacher.prices import Price
from fitsense_assets.lib.teacher.teacher import Question
from fitsense_training.domain.text.prompt import render_prompt
from tests.builders import a_creation, a_profile
from tests.providers.batches import Troubles
from tests.providers.server import Address, mock_provider

COUNT = 30
PRICE = Price(Decimal("0.000001"), Decimal("0.000004"))
FAULTS = {"half": 0.1, "lost": 0.1, "row500": 0.05, "twice": 0.1}
# A batch is made and its answer hangs; later ones are reset, or answered with a page of HTML.
TROUBLES = {
    "between_create_and_record": Troubles(creates=["hang"]),
    "while_polling": Troubles(seconds=1.0),
    "not_at_all": Troubles(creates=["reset", "html", "500"], rows=FAULTS, ends=["expired"]),
}
MOMENTS = {"between_create_and_record": "batches", "while_polling": "retrieves"}


def run_all(folder: Path, key: str) -> dict[str, Any]:
    return {name: _scenario(folder / f"{name}.sqlite", key, name) for name in TROUBLES}


def _scenario(path: Path, key: str, name: str) -> dict[str, Any]:
    with mock_provider(troubles=TROUBLES[name]) as provider:
        endpoint = Endpoint("openai/mock-7b", provider.api_base, key, price=PRICE, timeout_s=10.0)
        ends: list[int] = []
        if name in MOMENTS:
            child = _forked(path, endpoint)
            _wait_for(provider, MOMENTS[name])
            os.kill(child, signal.SIGKILL)
            ends.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        ends.append(os.waitstatus_to_exitcode(os.waitpid(_forked(path, endpoint), 0)[1]))
        stats = provider.stats()
    journal = Journal(path)
    told = {"ends": ends, "stats": stats, "kept": journal.count, "spent": float(journal.spent),
            "unanswered": journal.count_unanswered}  # fmt: skip
    journal.close()
    return told


def _forked(path: Path, endpoint: Endpoint) -> int:
    child = os.fork()
    if child == 0:
        _ask(path, endpoint)
    return child


def _ask(path: Path, endpoint: Endpoint) -> NoReturn:
    request = a_creation(a_profile(has_symptoms=True))
    prompt = render_prompt(request)
    questions = [Question(f"q{n}", f"{prompt} {n}", request) for n in range(COUNT)]
    # Waits are a hundredth of what they are outside.
    clock = Clock(sleep=lambda seconds: asyncio.sleep(seconds / 100))
    journal = Journal(path)
    replies = list(BatchTeacher(endpoint, journal, clock=clock).replies(questions))
    journal.close()
    is_whole = [each.query_id for each in replies] == [each.query_id for each in questions]
    os._exit(0 if is_whole and not any(each.error for each in replies) else 3)


def _wait_for(provider: Address, what: str) -> None:
    while not provider.stats().get(what):
        time.sleep(0.02)


if __name__ == "__main__":
    import litellm  # once, for all forks

    litellm.suppress_debug_info = True
    where, key_used = Path(sys.argv[1]), sys.argv[2]
    (where / "told.json").write_text(json.dumps(run_all(where, key_used)), encoding="utf-8")
