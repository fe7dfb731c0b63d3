"""How many questions a second the engine gets answered, and peers beside it.

Each asks the same conversations, 64 in flight, of a mock provider of 50 ms: the engine straight and
over litellm, curator over litellm, distilabel over OpenAI's SDK. The rate is the provider's: from
the 16th call that it saw to the last that it answered, so that start-up, which takes peers longer,
counts for nobody. In turns, each time in a process of its own.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from fitsense_assets.lib.teacher.endpoint import Endpoint, messages_of
from fitsense_assets.lib.teacher.journal import Journal
from fitsense_assets.lib.teacher.online_teacher import OnlineTeacher
from fitsense_assets.lib.teacher.responses import questions_of
from fitsense_assets.lib.teacher.teacher import Question
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.text.wire import write_answer
from fitsense_training.settings import Settings, quiet_environment
from tests.builders import a_cohort
from tests.providers.drivers import DRIVERS, LITELLM, STRAIGHT, gateway_of
from tests.providers.server import WARM_FROM, mock_provider

PEERS = {"curator": 2.0, "distilabel": 3.0}  # how many times faster the engine is to be
COUNT, REPEATS, IN_FLIGHT, LATENCY_S = 512, 3, 64, 0.05
RUNNERS = Path(__file__).parent / "peers"
QUIET_PEER = {"TELEMETRY_ENABLED": "0", "CURATOR_DISABLE_RICH_DISPLAY": "1",
              "OPENAI_API_KEY": "sk-mock", "PYTHONPATH": ""}  # fmt: skip


@dataclass(frozen=True)
class Rates:
    """Requests a second, ours by driver and a peer's, turn by turn; none where it is missing."""

    name: str
    times_min: float
    rates: dict[str, list[float]]

    def times(self, driver: str) -> float:
        """How many times faster we are this way."""
        turns = zip(self.rates[driver], self.rates[self.name], strict=True)
        return statistics.median(ours / theirs for ours, theirs in turns)

    @property
    def holds(self) -> bool:
        """As much faster as the goal says; a peer that is not there proves nothing."""
        return not self.rates or self.times(STRAIGHT) >= self.times_min

    @property
    def text(self) -> str:
        """The figures in words."""
        if not self.rates:
            return f"{self.name} not installed"
        told = {name: statistics.median(rates) for name, rates in self.rates.items()}
        return (
            f"{self.times(STRAIGHT):.1f}x {self.name} straight, {self.times(LITELLM):.1f}x over "
            f"litellm ({told[STRAIGHT]:.0f} and {told[LITELLM]:.0f} beside "
            f"{told[self.name]:.0f} req/s)"
        )


def compare_rates(settings: Settings) -> list[Rates]:
    """Ours and that of each peer, in turns."""
    return [_compared(settings, name) for name in PEERS]


def _compared(settings: Settings, name: str) -> Rates:
    python = settings.home / "peers" / name / "bin" / "python"
    if not python.exists():
        return Rates(name, PEERS[name], {})
    ours, peers = quiet_environment(settings), quiet_environment(settings) | QUIET_PEER
    turns = [(each, [sys.executable, "-m", "tests.bench.teacher_peers", each], ours)
             for each in DRIVERS]  # fmt: skip
    turns.append((name, [str(python), str(RUNNERS / f"{name}_run.py")], peers))
    rates: dict[str, list[float]] = {each: [] for each, *_ in turns}
    with tempfile.TemporaryDirectory() as folder:
        messages, replies = _written(Path(folder))
        for number in range(REPEATS):
            for each, command, variables in turns[:: -1 if number % 2 else 1]:
                rates[each].append(_rate(command, variables, messages, replies))
    return Rates(name, PEERS[name], rates)


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


def _ask(driver: str, endpoint: Endpoint) -> None:
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "journal.sqlite")
        teacher = OnlineTeacher(endpoint, journal, gateway_of(driver, endpoint))
        replies = list(teacher.replies(_questions()))
        journal.close()
    assert {(reply.error, reply.count_turns) for reply in replies} == {(None, 1)}


if __name__ == "__main__":
    way, address, _, in_flight = sys.argv[1:]
    _ask(way, Endpoint("openai/mock-7b", address, "sk", concurrency=int(in_flight)))
