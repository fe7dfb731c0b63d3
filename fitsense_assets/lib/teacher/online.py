"""The line of single calls: as many at once as the pace allows, each under the budget."""

from decimal import Decimal
from typing import Any

from fitsense_assets.lib.teacher.breaker import ErrorRate
from fitsense_assets.lib.teacher.calling import Caller, Gateway, Patience
from fitsense_assets.lib.teacher.clock import Clock
from fitsense_assets.lib.teacher.endpoint import Endpoint, most_of
from fitsense_assets.lib.teacher.group_commit import GroupCommit
from fitsense_assets.lib.teacher.journal import Journal
from fitsense_assets.lib.teacher.ledger import Ledger
from fitsense_assets.lib.teacher.pace import Pace
from fitsense_assets.lib.teacher.reading import read_reply
from fitsense_assets.lib.teacher.tab import NO_BILL, Bill, Tab
from fitsense_assets.lib.teacher.teacher import Reply


class OnlineLine:
    """What the calls of one run share: the pace, the breaker, the ledger, the journal, the tab."""

    def __init__(
        self, endpoint: Endpoint, journal: Journal | None, gateway: Gateway, clock: Clock
    ) -> None:
        """Call through this gateway; without a journal nothing is kept and nothing remembered."""
        self._endpoint, self._gateway = endpoint, gateway
        self._commits = GroupCommit(journal) if journal else None
        self._tab = Tab(journal) if journal else None
        self._pace = Pace(endpoint.concurrency, clock)
        self._caller = Caller(gateway, self._pace, clock, endpoint.api_key)
        self._patience = Patience(endpoint.attempts_max, endpoint.deadline_s, endpoint.timeout_s)
        spent = journal.spent + journal.set_aside if journal else Decimal(0)
        self._ledger = Ledger(endpoint.budget_usd, spent)
        self._errors = ErrorRate()

    async def ask(self, query_id: str, key: str, arguments: dict[str, Any]) -> Reply:
        """One call, from inside a place of the pace."""
        await self._pace.enter()
        try:
            reply = await self._pay(query_id, key, arguments)
        finally:
            # Only now: what is asked and not yet written down never exceeds the places.
            self._pace.leave()
        self._errors.count(reply.error)
        return reply

    @property
    def in_flight(self) -> int:
        """Calls that have a place now."""
        return self._pace.in_flight

    def stop(self) -> None:
        """Let no new call begin."""
        self._errors.stop()

    async def close(self) -> None:
        """Let go of the connections and of the tab."""
        if self._tab is not None:
            self._tab.close()
        if self._gateway.close is not None:
            await self._gateway.close()

    async def _pay(self, query_id: str, key: str, arguments: dict[str, Any]) -> Reply:
        self._errors.check()
        once = most_of(self._endpoint, arguments["messages"])
        most = once * self._endpoint.attempts_max
        await self._ledger.reserve(most)
        bill = Bill(self._tab, key, once) if self._tab and once else NO_BILL
        cost = most
        try:
            outcome = await self._caller.call(arguments, self._patience, bill)
            reply = read_reply(query_id, self._endpoint, outcome, once)
            is_empty = outcome.error is None and reply.error is not None
            # An attempt that broke off may have been charged: it counts as the dearest it can be.
            cost = Decimal(str(reply.cost_usd)) + once * (outcome.count_unsure + is_empty)
            if self._commits is not None and reply.error is None:
                await self._commits.keep(key, reply, bill.answered)
        finally:
            self._ledger.settle(most, cost)
        return reply
