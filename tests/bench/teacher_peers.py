"""How many questions a second the engine gets answered, and peers beside it.

Each asks the same conversations, 64 in flight, of a mock provider of 50 ms. The rate is the
provider's: from the 16th call that it saw to the last that it answered, so that start-up, which
takes peers longer, counts for nobody. In turns, each time in a process of its own.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from fitsense_assets.lib.teacher.endpoint import Endpoint, messages_of
from fitsense_assets.lib.teacher.journal import Journal
from fitsense_assets.lib.teacher.litellm_calls import LitellmCalls
from fitsense_assets.lib.teacher.online_teacher import OnlineTeacher
from fitsense_assets.lib.teacher.responses import questions_of
from fitsense_assets.lib.teacher.teacher import Question
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.text.wire import write_answer
from fitsense_training.settings import Settings, quiet_environment
from tests.builders import a_cohort
from tests.providers.server import WARM_FROM, mock_provider

PEERS = {"curator": 2.0, "distilabel": 3.0}  # how many times faster the engine is to be
COUNT, REPEATS, IN_FLIGHT, LATENCY_S = 512, 3, 64, 0.05
RUNNERS = Path(__file__).parent / "peers"
QUIET_PEER = {"TELEMETRY_ENABLED": "0", "CURATOR_DISABLE_RICH_DISPLAY": "1",
              "OPENAI_API_KEY": "sk-mock", "PYTHONPATH": ""}  # fmt: skip


@dataclass(frozen=True)
class Rates:
    """Requests a second, ours and a peer's, pair by pair; none where it is not installed."""

    name: str
    times_min: float
    ours: list[float]
    theirs: list[float]

    @property
    def times(self) -> float:
        """How many times faster we are."""
        pairs = zip(self.ours, self.theirs, strict=True)
        return statistics.median(ours / theirs for ours, theirs in pairs)

    @property
    def holds(self) -> bool:
        """As much faster as the goal says; a peer that is not there proves nothing."""
        return not self.theirs or self.times >= self.times_min

    @property
    def text(self) -> str:
        """The figure in words."""
        if not self.theirs:
            return f"{self.name} not installed"
        ours, theirs = statistics.median(self.ours), statistics.median(self.theirs)
        return f"{self.times:.1f}x {self.name} ({ours:.0f} beside {theirs:.0f} req/s)"


def compare_rates(settings: Settings, endpoint: Endpoint) -> list[Rates]:
    """Ours and that of each peer, in turns."""
    return [_compared(settings, endpoint, name) for name in PEERS]


def _compared(settings: Settings, endpoint: Endpoint, name: str) -> Rates:
    python = settings.home / "peers" / name / "bin" / "python"
    rates = Rates(name, PEERS[name], [], [])
    if not python.exists():
        return rates
    engine = [sys.executable, "-m", "tests.bench.teacher_peers", endpoint.model]
    peer = [str(python), str(RUNNERS / f"{name}_run.py")]
    environment = quiet_environment(settings)
    with tempfile.TemporaryDirectory() as folder:
        messages, replies = _written(Path(folder))
        for number in range(REPEATS):
            turns = [(rates.ours, engine, environment),
                     (rates.theirs, peer, environment | QUIET_PEER)]  # fmt: skip
            for kept, command, variables in turns[:: -1 if number % 2 else 1]:
                kept.append(_rate(command, variables, messages, replies))
    return rates


def _rate(command: list[str], variables: dict[str, str], messages: Path, replies: Path) -> float:
    with mock_provider(LATENCY_S, replies=replies) as provider:
        subprocess.run(
            [*command, provider.api_base, str(messages), str(IN_FLIGHT)],
            env=variables, capture_output=True, check=True, timeout=300,
        )  # fmt: skip
        stats = provider.stats()
    assert stats["answered"] >= COUNT, stats
    return (stats["calls"] - WARM_FROM) * 1000 / (stats["ended_ms"] - stats["warm_ms"])


def _questions() -> list[Question]:
    return list(questions_of([a_cohort(users=150).queries.head(COUNT)]))


def _written(folder: Path) -> tuple[Path, Path]:
    """The conversations for peers, and what the provider answers."""
    questions = _questions()
    messages, replies = folder / "messages.json", folder / "replies.json"
    messages.write_text(json.dumps(list(map(messages_of, questions))), encoding="utf-8")
    answers = {each.prompt: write_answer(coach(each.request)) for each in questions}
    replies.write_text(json.dumps(answers), encoding="utf-8")
    return messages, replies


def _ask(endpoint: Endpoint) -> None:
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "journal.sqlite")
        replies = list(
            OnlineTeacher(endpoint, journal, LitellmCalls(endpoint).gateway).replies(_questions())
        )
        journal.close()
    assert {(reply.error, reply.count_turns) for reply in replies} == {(None, 1)}


if __name__ == "__main__":
    model, api_base, _, in_flight = sys.argv[1:]
    _ask(replace(Endpoint(model), api_base=api_base, api_key="sk", concurrency=int(in_flight)))
