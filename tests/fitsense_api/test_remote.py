"""A student behind a server: asked with the grammar, read with care, left alone when it fails."""

import asyncio
import io
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from fitsense_api.boundary import Failure
from fitsense_api.log import json_log
from fitsense_api.student.breaker import Breaker
from fitsense_api.student.choose import choose_teacher
from fitsense_api.student.planner import Nobody, Proposal, Trouble
from fitsense_api.student.remote import RemoteModel, RemotePlanner
from fitsense_training.domain.text.grammar import render_grammar
from fitsense_training.domain.text.prompt import render_prompt
from fitsense_training.domain.text.wire import MAX_REPLY_CHARS
from fitsense_training.settings import Settings
from tests.fitsense_api.test_batcher import a_creation

Server = Callable[[httpx.Request], httpx.Response]
MODEL = RemoteModel("coach-7b", "http://server/v1/")


def events(*texts: str, finish: str | None = "stop") -> httpx.Response:
    chunks: list[Any] = [
        {"model": "coach-7b@r0004", "choices": [{"delta": {"content": t}}]} for t in texts
    ]
    chunks.append({"model": "coach-7b@r0004", "choices": [{"finish_reason": finish}]})
    body = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
    return httpx.Response(200, text=body)


async def ask(server: Server, breaker: Breaker | None = None) -> Proposal | Failure:
    log = json_log(io.StringIO())
    planner = RemotePlanner(MODEL, log, httpx.MockTransport(server), breaker)
    found = await planner.propose(a_creation(), 5, Nobody())
    await planner.close()
    return found


def test_the_model_is_asked_greedily_in_our_words_under_the_grammar() -> None:
    seen: list[httpx.Request] = []

    def server(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return events('{"t":', '"x"}')

    found = asyncio.run(ask(server))

    assert isinstance(found, Proposal)
    assert found.reply == '{"t":"x"}'
    assert found.origin is not None
    assert found.origin.version == "coach-7b@r0004"
    body = json.loads(seen[0].content)
    assert seen[0].url == "http://server/v1/chat/completions"
    prompt = render_prompt(a_creation())
    assert body["messages"] == [{"role": "user", "content": prompt}]
    assert body["structured_outputs"] == {"grammar": render_grammar(a_creation(), prompt)}
    assert (body["temperature"], body["stream"]) == (0.0, True)


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(500, text="zanzibar"),
        httpx.Response(302, headers={"location": "http://elsewhere/"}),
        httpx.Response(200, text="<html>zanzibar</html>"),
        httpx.Response(200, text="data: {zanzibar\n\n"),
        httpx.Response(200, text="data: [1]\n\n"),
        events("cut", finish="length"),
        events("no end", finish=None),
        events("x" * (MAX_REPLY_CHARS + 1)),
        httpx.Response(200, text="x" * (MAX_REPLY_CHARS + 1)),
    ],
)
def test_whatever_else_a_server_sends_is_a_failure(response: httpx.Response) -> None:
    assert asyncio.run(ask(lambda _: response)) == Failure("RemoteFailed")


def test_a_server_that_hangs_is_given_up_in_time() -> None:
    async def scene() -> None:
        async def hang(_: httpx.Request) -> httpx.Response:
            await asyncio.Event().wait()
            raise AssertionError

        log = json_log(io.StringIO())
        planner = RemotePlanner(MODEL, log, httpx.MockTransport(hang))
        assert await planner.propose(a_creation(), 0.05, Nobody()) == Failure("TimeoutError")

    asyncio.run(scene())


def test_a_server_that_fails_on_end_is_left_alone_and_then_tried_once() -> None:
    now, calls = [0.0], 0

    def server(_: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        return httpx.Response(503) if calls <= 3 else events("ok")

    async def scene() -> None:
        log = json_log(io.StringIO())
        breaker = Breaker(2, 10.0, lambda: now[0])
        planner = RemotePlanner(MODEL, log, httpx.MockTransport(server), breaker)
        found = [await planner.propose(a_creation(), 5, Nobody()) for _ in range(3)]
        assert found[2] == Failure("breaker_open")
        assert planner.troubles == (Trouble.BREAKER_OPEN,)
        now[0] = 10.0
        assert await planner.propose(a_creation(), 5, Nobody()) == Failure("RemoteFailed")
        assert await planner.propose(a_creation(), 5, Nobody()) == Failure("breaker_open")
        now[0] = 20.0
        assert isinstance(await planner.propose(a_creation(), 5, Nobody()), Proposal)
        assert planner.troubles == ()

    asyncio.run(scene())
    assert calls == 4


def test_a_request_the_server_finds_fault_with_opens_no_breaker() -> None:
    breaker = Breaker(1, 10.0, lambda: 0.0)

    found = asyncio.run(ask(lambda _: httpx.Response(400), breaker))

    assert found == Failure("RemoteRefused")
    assert not breaker.is_open


@pytest.mark.parametrize("driver", ["openai/", "litellm/openai/", "litellm/hosted_vllm/"])
def test_a_teacher_of_ones_own_is_what_the_student_is_compared_with(driver: str) -> None:
    settings = Settings(teacher=f"{driver}coach-7b", teacher_api_base="http://server/v1")

    teacher = choose_teacher(settings, json_log(io.StringIO()))

    assert isinstance(teacher, RemotePlanner)
