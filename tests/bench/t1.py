"""T1 and T2: what the teacher's engine costs beside a bare loop over litellm.acompletion.

The engine has its journal, validation and ledger on; both sides make the same messages and have 64
calls in flight at a mock provider of 50 ms. Measured in a process of its own, alternating.

T1 also tells what the same costs straight to the server (`openai/<model>`), and sets the engine's
rates, straight and over litellm, beside those of peers, if they are installed in environments of
their own under FITSENSE_HOME: `uv venv $FITSENSE_HOME/peers/curator`, and in it
bespokelabs-curator; `uv venv $FITSENSE_HOME/peers/distilabel`, and in it distilabel[openai] and
requests.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from fitsense_assets.lib.teacher.endpoint import Endpoint, arguments_of, messages_of
from fitsense_assets.lib.teacher.journal import Journal
from fitsense_assets.lib.teacher.online_teacher import OnlineTeacher
from fitsense_assets.lib.teacher.prices import Price
from fitsense_assets.lib.teacher.responses import questions_of
from fitsense_assets.lib.teacher.teacher import Question
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.text.wire import write_answer
from fitsense_training.settings import Settings, quiet_environment
from tests.bench.goal import Goal, Measured
from tests.bench.teacher_peers import compare_rates
from tests.builders import a_cohort
from tests.providers.drivers import LITELLM, STRAIGHT, gateway_of
from tests.providers.server import Address, mock_provider

COUNT, REPEATS, IN_FLIGHT, LATENCY_S = 320, 5, 64, 0.05
RATIO_MAX, VLLM_RATIO_MAX = 1.15, 0.8
OPENAI, VLLM = "openai/mock-7b", "hosted_vllm/mock-7b"
PRICE = Price(Decimal("0.000001"), Decimal("0.000004"))


def measure_engine(settings: Settings) -> Measured:
    """CPU per call of the engine over that of the bare loop."""
    told = _measured(settings, "engine")
    ratios = told["ratios"]
    median = statistics.median(ratios)
    straight = _measured(settings, "straight")
    peers = compare_rates(settings)
    text = (
        f"{median:.2f}x ({min(ratios):.2f}-{max(ratios):.2f}): {told['ours_ms']:.2f} ms a call "
        f"beside {told['bare_ms']:.2f} ms, of which {told['messages_ms']:.2f} ms on both sides "
        f"make the messages; straight "
        f"{straight['ours_ms']:.2f} ms ({statistics.median(straight['ratios']):.2f}x); "
        f"{'; '.join(peer.text for peer in peers)}"
    )
    holds = median <= RATIO_MAX and all(peer.holds for peer in peers)
    rates = {peer.name: peer.rates for peer in peers}
    return Measured(text, holds, {**told, "straight": straight, "rates": rates})


def measure_vllm(settings: Settings) -> Measured:
    """CPU per call through hosted_vllm/ over that through openai/, both in the engine."""
    told = _measured(settings, "vllm")
    ratios = told["ratios"]
    median = statistics.median(ratios)
    text = (
        f"{median:.2f}x ({min(ratios):.2f}-{max(ratios):.2f}): {told['ours_ms']:.2f} ms a call "
        f"beside {told['bare_ms']:.2f} ms through openai/"
    )
    return Measured(text, median <= VLLM_RATIO_MAX, told)


def _measured(settings: Settings, what: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.t1", what],
        env=quiet_environment(settings), capture_output=True, check=True, timeout=400,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def _endpoint(model: str, provider: Address) -> Endpoint:
    return Endpoint(model, provider.api_base, "sk-mock", price=PRICE, budget_usd=Decimal(1000))


def _bare(endpoint: Endpoint, questions: list[Question]) -> None:
    asyncio.run(_bare_loop(endpoint, questions))


async def _bare_loop(endpoint: Endpoint, questions: list[Question]) -> None:
    import litellm
    from litellm.llms.custom_httpx.async_client_cleanup import close_litellm_async_clients

    places = asyncio.Semaphore(IN_FLIGHT)

    async def one(question: Question) -> None:
        async with places:
            await litellm.acompletion(**arguments_of(endpoint, messages_of(question)))

    await asyncio.gather(*(one(question) for question in questions))
    await close_litellm_async_clients()


def _engine(driver: str, endpoint: Endpoint, questions: list[Question]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "journal.sqlite")
        replies = list(
            OnlineTeacher(endpoint, journal, gateway_of(driver, endpoint)).replies(questions)
        )
        journal.close()
    assert {(reply.error, reply.count_turns) for reply in replies} == {(None, 1)}


_LITELLM, _STRAIGHT = partial(_engine, LITELLM), partial(_engine, STRAIGHT)
COMPARED = {
    "engine": ((_bare, OPENAI), (_LITELLM, OPENAI)),
    "straight": ((_bare, OPENAI), (_STRAIGHT, OPENAI)),
    "vllm": ((_LITELLM, OPENAI), (_LITELLM, VLLM)),
}


def _cpu_ms(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) / COUNT * 1000


def _compare(what: str) -> dict[str, Any]:
    cohort = a_cohort(users=150)
    questions = list(questions_of([cohort.queries.head(COUNT)]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "replies.json"
        answers = {each.prompt: write_answer(coach(each.request)) for each in questions}
        path.write_text(json.dumps(answers), encoding="utf-8")
        with mock_provider(LATENCY_S, replies=path) as provider:
            first, second = (
                partial(work, _endpoint(model, provider), questions)
                for work, model in COMPARED[what]
            )
            first()
            second()
            pairs = [_pair(first, second, is_turned=bool(n % 2)) for n in range(REPEATS)]
    return {
        "ratios": [ours / bare for bare, ours in pairs],
        "bare_ms": statistics.median(bare for bare, _ in pairs),
        "ours_ms": statistics.median(ours for _, ours in pairs),
        "messages_ms": _cpu_ms(lambda: list(map(messages_of, questions))),
    }


def _pair(
    first: Callable[[], object], second: Callable[[], object], *, is_turned: bool
) -> tuple[float, float]:
    if is_turned:
        ours = _cpu_ms(second)
        return _cpu_ms(first), ours
    return _cpu_ms(first), _cpu_ms(second)


GOAL = Goal(
    "T1",
    "<= 1.15x the CPU of a bare litellm loop; straight >= 2x curator and 3x distilabel in req/s",
    measure_engine,
)

if __name__ == "__main__":
    print(json.dumps(_compare(sys.argv[1])))
