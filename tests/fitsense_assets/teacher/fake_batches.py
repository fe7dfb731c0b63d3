"""A provider of batches in this process, for tests in virtual time; it plays faults of creating."""

from types import SimpleNamespace
from typing import Any

from fitsense_assets.lib.teacher.batch_provider import Batch, batch_of
from fitsense_assets.lib.teacher.clock import Clock
from tests.fakes import GatewayFailure
from tests.providers.batches import Account, Troubles

FIELDS = ("output_file_id", "error_file_id", "errors", "completed_at", "expired_at",
          "cancelled_at", "failed_at")  # fmt: skip


class APIConnectionError(GatewayFailure):
    pass


def completion(body: dict[str, Any], text: str = '{"t":"see_clinician"}') -> dict[str, Any]:
    """An answer that costs 900 and 70 tokens."""
    return {
        "model": "served-model-7b",
        "choices": [{"message": {"content": text}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 900, "completion_tokens": 70},
    }


class FakeBatches:
    """An account and the way to it; `lost_creates` answers of create never arrive."""

    failures: tuple[type[Exception], ...] = (GatewayFailure,)

    def __init__(
        self, troubles: Troubles | None = None, clock: Clock | None = None, text: str | None = None
    ) -> None:
        complete = completion if text is None else lambda body: completion(body, text)
        now = {} if clock is None else {"now": clock.now}
        self.account = Account(troubles or Troubles(), complete, **now)
        self.creates: list[Exception | None] = []
        self.lost_creates = 0

    def body(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return {"model": "bare-model", "messages": arguments["messages"]}

    async def upload(self, name: str, content: bytes) -> str:
        return self.account.upload(content)

    async def create(self, file_id: str, name: str) -> Batch:
        failure = self.creates.pop(0) if self.creates else None
        if failure is not None:
            raise failure
        batch = self.account.create(file_id, {"name": name})
        if self.lost_creates:
            self.lost_creates -= 1
            raise APIConnectionError("reset by peer")
        return _batch(batch)

    async def retrieve(self, batch_id: str) -> Batch:
        batch = self.account.retrieve(batch_id)
        if batch is None:
            raise GatewayFailure("no such batch")
        return _batch(batch)

    async def page(self, after: str | None) -> list[Batch]:
        return [_batch(each) for each in self.account.page(after)]

    async def download(self, file_id: str) -> bytes:
        return self.account.download(file_id)


def _batch(told: dict[str, Any]) -> Batch:
    """The batch as an object with every field, as litellm gives it."""
    fields: dict[str, Any] = dict.fromkeys(FIELDS) | told
    if fields["errors"]:
        errors = [SimpleNamespace(**error) for error in fields["errors"]["data"]]
        fields["errors"] = SimpleNamespace(data=errors)
    return batch_of(SimpleNamespace(**fields))
