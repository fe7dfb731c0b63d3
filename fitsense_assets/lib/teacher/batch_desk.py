"""The way of one batch: uploaded, created once, watched until it is over, its rows collected.

Creating is the step that costs and cannot be taken back. When its answer is lost, or the process
was, the provider's list is searched for our file before anything is created again.
"""

import logging
from dataclasses import replace
from decimal import Decimal
from typing import Any

from fitsense_assets.lib.teacher.batch_file import (
    CANCELLED,
    FAILED,
    LOST,
    failed,
    outcomes_of,
)
from fitsense_assets.lib.teacher.batch_provider import OVER_LIMIT, Batch, BatchProvider
from fitsense_assets.lib.teacher.batch_state import OpenBatch, OpenBatches
from fitsense_assets.lib.teacher.calling import (
    THROTTLED,
    TRANSIENT,
    Caller,
    Gateway,
    Outcome,
    Patience,
)
from fitsense_assets.lib.teacher.clock import Clock
from fitsense_assets.lib.teacher.pace import Pace
from fitsense_training.domain.errors import FitSenseError

LOG = logging.getLogger("fitsense.teacher")
POLL_S = 30.0
LIST_LAG_S = 30.0  # how late a batch may show up in the provider's list
CREATES_MAX = 4
PAGES_MAX = 100
# What costs nothing is tried for an hour, so that a night's batch outlives a bad connection.
PATIENT = Patience(attempts_max=200, deadline_s=3600.0, attempt_s=120.0)
ONCE = Patience(attempts_max=1, deadline_s=600.0, attempt_s=120.0)
# Of rows that are not told of: an expired batch names those that it did not get to.
_ENDS = {"cancelled": CANCELLED, "failed": FAILED}


class Refused(FitSenseError):
    """The provider does not take the batch; nothing was charged."""

    def __init__(self, outcome: Outcome) -> None:
        """Say what the provider said."""
        super().__init__(outcome.error)
        self.outcome = outcome


class BatchDesk:
    """Carries batches to a provider and back."""

    def __init__(
        self, provider: BatchProvider, state: OpenBatches, clock: Clock, secret: str | None
    ) -> None:
        """Write every step down in `state` before the next."""
        self._provider, self._state = provider, state
        self._clock, self._secret = clock, secret
        gateway = Gateway(self._perform, provider.failures)
        self._caller = Caller(gateway, Pace(1, clock), clock, secret)

    async def open(self, costs: dict[str, Decimal], content: bytes) -> OpenBatch:
        """Have a file of questions answered.

        Raises:
            Refused: the provider takes neither file nor batch.
            FitSenseError: the provider cannot be reached; what is known is written down.
        """
        batch = self._state.plan(costs)
        uploaded = await self._caller.call(
            {"operation": "upload", "name": batch.name, "content": content}, PATIENT
        )
        if uploaded.error is not None:
            self._state.finish(batch)
            raise _unreachable("upload", uploaded) if _passes(uploaded) else Refused(uploaded)
        batch = self._state.uploaded(batch, uploaded.response)
        for _ in range(CREATES_MAX):
            created = await self._create(batch)
            if created is not None:
                return created
        raise FitSenseError(
            f"whether {batch.name} was created cannot be told, and it is not created again "
            "blindly: run again, its file is searched for in the provider's list first"
        )

    async def found_again(self, batch: OpenBatch) -> OpenBatch | None:
        """A batch of an earlier run, with its id; None if it was never created."""
        if batch.batch_id is not None:
            return batch
        created = await self._searched(batch) if batch.file_id is not None else None
        if created is None:
            self._state.finish(batch)
        return created

    async def ended(self, batch: OpenBatch) -> Batch:
        """Wait until the provider is done with it."""
        told = ""
        while True:
            seen: Batch = await self._free("retrieve", batch_id=batch.batch_id)
            if seen.status != told:
                told = seen.status
                LOG.info("%s (%s), %d rows: %s", batch.name, seen.batch_id, len(batch.rows), told)
            if seen.is_ended:
                return seen
            await self._clock.sleep(POLL_S)

    async def collect(self, batch: OpenBatch, ended: Batch) -> dict[str, Outcome]:
        """What came of each row; whatever way a batch ended, answers that are there are taken."""
        found: dict[str, Outcome] = {}
        for file_id in ended.file_ids:
            content = await self._free("download", file_id=file_id)
            for key, outcome in outcomes_of(content, self._secret).items():
                if key not in found or outcome.error is None:
                    found[key] = outcome
        rest = self._rest(ended)
        return {key: replace(found.get(key, rest), latency_ms=ended.took_ms) for key in batch.rows}

    def _rest(self, ended: Batch) -> Outcome:
        """The outcome of rows that no file tells of."""
        kind = _ENDS.get(ended.status, LOST)
        if ended.error_code == OVER_LIMIT:
            kind = THROTTLED
        message = ended.error or f"the batch {ended.batch_id} is {ended.status} without this row"
        return failed(kind, message, self._secret)

    async def _create(self, batch: OpenBatch) -> OpenBatch | None:
        """Create it, once; None if that did not happen."""
        asked = {"operation": "create", "file_id": batch.file_id, "name": batch.name}
        outcome = await self._caller.call(asked, ONCE)
        if outcome.error is None:
            return self._state.created(batch, outcome.response.batch_id)
        if outcome.failure == THROTTLED or not _passes(outcome):
            self._state.finish(batch)
            raise Refused(outcome)
        await self._clock.sleep(LIST_LAG_S)
        return await self._searched(batch)

    async def _searched(self, batch: OpenBatch) -> OpenBatch | None:
        """Look for our file in the provider's list of batches."""
        after: str | None = None
        for _ in range(PAGES_MAX):
            page: list[Batch] = await self._free("page", after=after)
            for each in page:
                if each.input_file_id == batch.file_id:
                    return self._state.created(batch, each.batch_id)
            if not page:
                return None
            after = page[-1].batch_id
        return None

    async def _free(self, operation: str, **arguments: Any) -> Any:
        """Do what costs nothing, patiently."""
        outcome = await self._caller.call({"operation": operation, **arguments}, PATIENT)
        if outcome.error is not None:
            raise _unreachable(operation, outcome)
        return outcome.response

    async def _perform(self, operation: str, **arguments: Any) -> Any:
        return await getattr(self._provider, operation)(**arguments)


def _passes(outcome: Outcome) -> bool:
    """The provider did not say no: it said nothing, or that it cannot now."""
    return outcome.failure is None or outcome.failure in TRANSIENT


def _unreachable(operation: str, outcome: Outcome) -> FitSenseError:
    return FitSenseError(
        f"the provider's batches cannot be reached ({operation}: {outcome.error}): run again "
        "later, open batches are written down and are not paid for again"
    )
