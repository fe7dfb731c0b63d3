"""One run over a provider that fails in every way: for tests of the ways to a real provider.

`python -m tests.providers.faulty_run DRIVER FAULTS KEY FOLDER CORRECTIONS`: a process of its own,
because litellm takes seconds to import and warns of itself. What it saw is in `FOLDER/told.json`.
"""

import json
import logging
import sys
from itertools import islice
from pathlib import Path

from fitsense_assets.lib.teacher.endpoint import Endpoint
from fitsense_assets.lib.teacher.journal import Journal
from fitsense_assets.lib.teacher.online_teacher import OnlineTeacher
from fitsense_assets.lib.teacher.responses import questions_of
from fitsense_training.domain.errors import BadInput
from tests.builders import a_cohort
from tests.providers.drivers import gateway_of
from tests.providers.server import mock_provider

COUNT = 60


def run(driver: str, faults: str, key: str, folder: Path, corrections: int) -> dict[str, object]:
    questions = islice(questions_of([a_cohort(users=100).queries]), COUNT)
    journal = Journal(folder / "journal.sqlite")
    with mock_provider(0.01, faults) as provider:
        endpoint = Endpoint(
            "openai/mock-7b",
            provider.api_base,
            key,
            attempts_max=2,
            timeout_s=6.0,
            deadline_s=15.0,
            concurrency=12,
            corrections_max=corrections,
        )
        stop, replies = None, []
        try:
            replies = list(
                OnlineTeacher(endpoint, journal, gateway_of(driver, endpoint)).replies(questions)
            )
        except BadInput as error:
            stop = str(error)
        stats = provider.stats()
    kept = journal.count
    journal.close()
    return {
        "replies": [[reply.text[:40], reply.error, reply.count_turns] for reply in replies],
        "stop": stop,
        "stats": stats,
        "kept": kept,
    }


if __name__ == "__main__":
    logging.basicConfig(level=logging.DEBUG)
    driver_asked, faults_asked, key_used, where, count = sys.argv[1:]
    seen = run(driver_asked, faults_asked, key_used, Path(where), int(count))
    (Path(where) / "told.json").write_text(json.dumps(seen), encoding="utf-8")
