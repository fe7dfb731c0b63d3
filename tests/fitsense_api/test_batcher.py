"""Many are written together, and whatever one of them does, nobody waits for ever."""

import asyncio
import io
from collections.abc import Sequence
from threading import Event

from fitsense_api.boundary import Failure
from fitsense_api.log import json_log
from fitsense_api.plans import examples, requests
from fitsense_api.plans.schemas import CreatePlan, ModifyPlan
from fitsense_api.student.batcher import BatchDone, Batcher
from fitsense_training.domain.request import PlanRequest


def a_creation(note: str = "") -> PlanRequest:
    return requests.creation(CreatePlan.model_validate({**examples.CREATE, "note": note}))


def a_modification() -> PlanRequest:
    return requests.modification(ModifyPlan.model_validate(examples.MODIFY))


class GatedWriter:
    """Writes the note of each request once it is let go; some notes make it fail."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.entered, self.released = Event(), Event()

    def reply(self, request: PlanRequest) -> str:
        return self.replies([request])[0]

    def replies(self, requests: Sequence[PlanRequest]) -> list[str]:
        self.batches.append([request.note or request.prompt_type for request in requests])
        self.entered.set()
        assert self.released.wait(10)
        for request in requests:
            if request.note == "error":
                raise RuntimeError("node 7")
            if request.note == "panic":
                raise SystemExit(3)
        return [request.note for request in requests]

    def count_tokens(self, request: PlanRequest, reply: str) -> int:
        return len(reply)


def a_batcher(writer: GatedWriter, done: list[BatchDone] | None = None) -> Batcher:
    keep = (lambda _: None) if done is None else done.append
    return Batcher(writer, 4, json_log(io.StringIO()), keep)


def nothing() -> None:
    pass


async def while_one_is_written(
    writer: GatedWriter, batcher: Batcher, asked: list[PlanRequest]
) -> tuple["asyncio.Task[str | Failure]", list["asyncio.Task[str | Failure]"]]:
    """The task of a request that is being written, and those of requests that wait behind it."""
    first = asyncio.create_task(batcher.write(a_creation("first"), 30, nothing))
    await asyncio.to_thread(writer.entered.wait, 10)
    others = [asyncio.create_task(batcher.write(request, 30, nothing)) for request in asked]
    await asyncio.sleep(0)
    return first, others


def test_those_who_wait_together_are_written_together() -> None:
    async def scene() -> None:
        writer, done = GatedWriter(), list[BatchDone]()
        batcher = a_batcher(writer, done)
        names = ["b1", "b2", "b3", "b4", "b5"]
        first, others = await while_one_is_written(
            writer, batcher, [a_creation(name) for name in names]
        )
        assert batcher.count_waiting == 5
        writer.released.set()

        assert await first == "first"
        assert await asyncio.gather(*others) == names
        assert writer.batches == [["first"], ["b1", "b2", "b3", "b4"], ["b5"]]
        batcher.close()
        await asyncio.to_thread(batcher._thread.join, 10)
        assert [batch.count_rows for batch in done] == [1, 4, 1]
        assert done[1].count_tokens == 8

    asyncio.run(scene())


def test_only_those_alike_share_a_batch() -> None:
    async def scene() -> None:
        writer = GatedWriter()
        batcher = a_batcher(writer)
        asked = [a_creation("one"), a_modification(), a_creation("two")]
        _, others = await while_one_is_written(writer, batcher, asked)
        writer.released.set()
        await asyncio.gather(*others)

        assert writer.batches[1:] == [["one", "two"], ["plan_modification"]]
        batcher.close()

    asyncio.run(scene())


def test_one_that_breaks_the_batch_fails_alone() -> None:
    async def scene() -> None:
        writer = GatedWriter()
        batcher = a_batcher(writer)
        asked = [a_creation("good"), a_creation("error"), a_creation("panic")]
        _, others = await while_one_is_written(writer, batcher, asked)
        writer.released.set()

        assert await asyncio.gather(*others) == [
            "good",
            Failure("RuntimeError"),
            Failure("SystemExit"),
        ]
        assert await batcher.write(a_creation("after"), 30, nothing) == "after"
        batcher.close()

    asyncio.run(scene())


def test_who_goes_away_is_not_written_for() -> None:
    async def scene() -> None:
        writer = GatedWriter()
        batcher = a_batcher(writer)
        _, others = await while_one_is_written(
            writer, batcher, [a_creation("gone"), a_creation("here")]
        )
        others[0].cancel()
        await asyncio.gather(others[0], return_exceptions=True)
        for _ in range(3):
            await asyncio.sleep(0)
        writer.released.set()

        assert await others[1] == "here"
        assert writer.batches == [["first"], ["here"]]
        batcher.close()

    asyncio.run(scene())


def test_a_closed_batcher_finishes_what_it_accepted() -> None:
    async def scene() -> None:
        writer = GatedWriter()
        batcher = a_batcher(writer)
        first, others = await while_one_is_written(writer, batcher, [a_creation("accepted")])
        batcher.close()
        refused = await batcher.write(a_creation("late"), 30, nothing)
        writer.released.set()

        assert [await first, await others[0], refused] == ["first", "accepted", Failure("closed")]
        await asyncio.to_thread(batcher._thread.join, 10)
        assert not batcher._thread.is_alive()

    asyncio.run(scene())
