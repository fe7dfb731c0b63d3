"""The line of batches: questions are gathered, sent as files, and answered within a day, for half.

Every question is a coroutine that waits for its row. Rows that a killed run left open are waited
for, not asked again; rows that got lost go into the next batch.
"""

import asyncio
import contextlib
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from fitsense_assets.lib.teacher.batch_desk import BatchDesk, Refused
from fitsense_assets.lib.teacher.batch_file import (
    LOST,
    PASSING_ROWS,
    UNSURE_ROWS,
    failed,
    request_line,
)
from fitsense_assets.lib.teacher.batch_provider import BatchProvider
from fitsense_assets.lib.teacher.batch_state import OpenBatch, OpenBatches, Row
from fitsense_assets.lib.teacher.breaker import ErrorRate
from fitsense_assets.lib.teacher.calling import THROTTLED, Outcome
from fitsense_assets.lib.teacher.clock import Clock
from fitsense_assets.lib.teacher.endpoint import Endpoint, most_of
from fitsense_assets.lib.teacher.journal import Journal, Kept
from fitsense_assets.lib.teacher.ledger import Ledger
from fitsense_assets.lib.teacher.reading import read_reply
from fitsense_assets.lib.teacher.teacher import Reply

PRICE_SHARE = Decimal("0.5")  # what providers ask for an answer that may take a day
ROWS_MAX = 2_000
BYTES_MAX = 90_000_000
QUIET_S = 1.0  # a batch is sent when no question has come for so long
THROTTLED_WAIT_S = 300.0
Answer = tuple[Reply, str | None]


def half_price(endpoint: Endpoint) -> Endpoint:
    """The endpoint with what a row of a batch costs."""
    price = endpoint.price
    half = replace(price, asked=price.asked * PRICE_SHARE, answered=price.answered * PRICE_SHARE)
    return replace(endpoint, price=half)


class BatchLine:
    """What the batches of one run share: the gathered rows, the ledger, the journal."""

    def __init__(
        self, endpoint: Endpoint, journal: Journal, provider: BatchProvider, clock: Clock
    ) -> None:
        """Nothing is asked before the first question comes."""
        self._endpoint, self._journal, self._clock = half_price(endpoint), journal, clock
        self._provider = provider
        self._state = OpenBatches(journal, endpoint)
        self._desk = BatchDesk(provider, self._state, clock, endpoint.api_key)
        self._ledger = Ledger(endpoint.budget_usd)
        self._errors = ErrorRate()
        self._waiting: dict[str, asyncio.Future[Answer]] = {}
        self._gathered: dict[str, tuple[bytes, Decimal]] = {}
        self._count_bytes = 0
        self._rows_max = ROWS_MAX
        self._tasks: set[asyncio.Task[None]] = set()
        self._held = contextlib.ExitStack()
        self._has_begun = False

    async def ask(self, query_id: str, key: str, arguments: dict[str, Any]) -> Reply:
        """The answer to one row, after as many batches as it takes."""
        self._begin()
        count_failures = attempts = 0
        while True:
            self._errors.check()
            reply, failure = await self._row(key, arguments)
            attempts += 1
            count_failures += failure != THROTTLED or self._rows_max == 1
            if failure not in PASSING_ROWS or count_failures >= self._endpoint.attempts_max:
                break
            if failure == THROTTLED:
                await self._clock.sleep(THROTTLED_WAIT_S)
        self._errors.count(reply.error)
        return replace(reply, query_id=query_id, attempts=attempts)

    @property
    def in_flight(self) -> int:
        """Rows that are gathered, or in a batch that is open."""
        return len(self._waiting)

    def stop(self) -> None:
        """Let no new row begin."""
        self._errors.stop()

    async def close(self) -> None:
        """Let go of the batches; the next run goes on with them."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._held.close()

    def _begin(self) -> None:
        """Once, go on with what earlier runs have left open."""
        if self._has_begun:
            return
        self._held.enter_context(self._state.alone())
        self._has_begun = True
        left = self._state.load()
        for batch in left:
            self._waiting |= {key: _future() for key in batch.rows}
            self._spawn(self._go_on(batch), list(batch.rows))
        reserved = sum((batch.usd for batch in left), Decimal(0))
        self._ledger.reserved = reserved
        self._ledger.spent = self._journal.spent + self._journal.set_aside - reserved

    async def _row(self, key: str, arguments: dict[str, Any]) -> Answer:
        """The end of a row, which may be one that another question or run has begun."""
        if key not in self._waiting:
            once = most_of(self._endpoint, arguments["messages"])
            await self._ledger.reserve(once)
            if key in self._waiting:  # begun by a twin in the meantime
                self._ledger.settle(once, Decimal(0))
            else:
                self._gather(key, request_line(key, self._provider.body(arguments)), once)
        return await asyncio.shield(self._waiting[key])

    def _gather(self, key: str, line: bytes, once: Decimal) -> None:
        self._waiting[key] = _future()
        if not self._gathered:
            self._spawn(self._send_when_quiet(), [])
        self._gathered[key] = (line, once)
        self._count_bytes += len(line)
        if len(self._gathered) >= self._rows_max or self._count_bytes >= BYTES_MAX:
            self._send()

    async def _send_when_quiet(self) -> None:
        seen = -1
        while self._gathered and len(self._gathered) != seen:
            seen = len(self._gathered)
            await self._clock.sleep(QUIET_S)
        if self._gathered:
            self._send()

    def _send(self) -> None:
        gathered, self._gathered, self._count_bytes = self._gathered, {}, 0
        self._spawn(self._carry(gathered), list(gathered))

    async def _carry(self, gathered: dict[str, tuple[bytes, Decimal]]) -> None:
        """A new batch, from its file to its answers."""
        costs = {key: usd for key, (_, usd) in gathered.items()}
        content = b"".join(line for line, _ in gathered.values())
        try:
            batch = await self._desk.open(costs, content)
        except Refused as refused:
            for key, usd in costs.items():
                self._answer(key, self._unanswered(refused.outcome), usd, Decimal(0))
            return
        await self._bring_home(batch)

    async def _go_on(self, left: OpenBatch) -> None:
        """A batch of an earlier run, from where that run was."""
        batch = await self._desk.found_again(left)
        if batch is not None:
            await self._bring_home(batch)
            return
        never = self._unanswered(failed(LOST, f"{left.name} was never created"))
        for key, row in left.rows.items():
            self._answer(key, never, row.usd, Decimal(0))

    async def _bring_home(self, batch: OpenBatch) -> None:
        """Wait for the end, write down what was paid for, then tell those who wait."""
        ended = await self._desk.ended(batch)
        outcomes = await self._desk.collect(batch, ended)
        if all(outcome.failure == THROTTLED for outcome in outcomes.values()):
            self._rows_max = max(1, len(batch.rows) // 2)
        received = [self._received(batch, key, outcome) for key, outcome in outcomes.items()]
        self._journal.keep_all([each.kept for each in received if each.reply.error is None])
        self._state.finish(batch, [each.row.number for each in received if each.is_unsure])
        for each in received:
            self._answer(each.key, (each.reply, each.failure), each.row.usd, each.cost)

    def _received(self, batch: OpenBatch, key: str, outcome: Outcome) -> "_Received":
        row = batch.rows[key]
        reply = read_reply("", self._endpoint, outcome, row.usd)
        is_empty = outcome.error is None and reply.error is not None
        is_unsure = is_empty or outcome.failure in UNSURE_ROWS
        cost = row.usd if is_unsure else Decimal(str(reply.cost_usd))
        return _Received(key, row, reply, outcome.failure, cost, is_unsure)

    def _answer(self, key: str, answer: Answer, usd: Decimal, cost: Decimal) -> None:
        """Tell whoever waits for a row; rows of earlier runs may have nobody."""
        self._ledger.settle(usd, cost)
        waiting = self._waiting.pop(key, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)

    def _unanswered(self, outcome: Outcome) -> Answer:
        return read_reply("", self._endpoint, outcome, Decimal(0)), outcome.failure

    def _spawn(self, work: Coroutine[Any, Any, None], keys: list[str]) -> None:
        """Work beside the questions; if it fails, so does every question that waits for it."""

        def over(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            error = None if task.cancelled() else task.exception()
            for key in keys if error else []:
                waiting = self._waiting.pop(key, None)
                if waiting is not None and not waiting.done():
                    waiting.set_exception(error or RuntimeError())
                    waiting.exception()  # rows of earlier runs may have nobody who looks at it

        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(over)


def _future() -> "asyncio.Future[Answer]":
    return asyncio.get_running_loop().create_future()


@dataclass(frozen=True)
class _Received:
    """The end of one row; an unsure one may have been charged without a reply."""

    key: str
    row: Row
    reply: Reply
    failure: str | None
    cost: Decimal
    is_unsure: bool

    @property
    def kept(self) -> Kept:
        return self.key, self.reply, (self.row.number,)
