"""A server of OpenAI's protocol asked straight: what it refuses, breaks off or makes up is told."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from fitsense_assets.lib.teacher.calling import CallFailure, may_be_charged, retry_after_of
from fitsense_assets.lib.teacher.choose import endpoint_of, teacher_of
from fitsense_assets.lib.teacher.completion import Completion
from fitsense_assets.lib.teacher.endpoint import Endpoint, arguments_of, key_of
from fitsense_assets.lib.teacher.openai_calls import ANSWER_BYTES_MAX, OpenAICalls
from fitsense_training.domain.errors import BadInput
from fitsense_training.settings import Settings
from tests.providers.server import PLAN, Provider

MESSAGES = [{"role": "user", "content": "a plan, please"}]


def asked(handler: Any, api_base: str | None = None) -> Completion:
    """What one call over a server with this handler answers."""

    async def ask() -> Completion:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", handler)
        async with TestServer(app) as server:
            calls = OpenAICalls(Endpoint("openai/m", api_base or str(server.make_url("/v1")), "k"))
            try:
                return await calls.complete(**arguments_of(Endpoint("openai/m"), MESSAGES))
            finally:
                await calls.close()

    return asyncio.run(ask())


def failing(fault: str) -> Any:
    """A provider with nothing but this fault."""
    return Provider(
        latency_s=0.0, faults={fault: 1.0}, reply=PLAN, replies={}, seed=1, capacity=0
    ).complete


def test_the_answer_is_read_and_the_question_is_what_is_sent():
    seen: list[Any] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append((request.headers["authorization"], await request.json()))
        message = {"role": "assistant", "content": PLAN, "refusal": None}
        usage = {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}
        choice = {"index": 0, "message": message, "finish_reason": "length"}
        return web.json_response({"model": "m-2", "choices": [choice], "usage": usage})

    found = asked(answer)

    body = {"model": "m", "messages": MESSAGES, "max_tokens": 3000, "temperature": 0.0}
    assert seen == [("Bearer k", body)]
    choice = found.choices[0]
    assert (found.model, choice.message.content, choice.finish_reason) == ("m-2", PLAN, "length")
    assert found.usage is not None
    assert (found.usage.prompt_tokens, found.usage.completion_tokens) == (7, 5)


@pytest.mark.parametrize(
    ("fault", "kind", "is_unsure"),
    [
        ("400", "BadRequestError", False),
        ("401", "AuthenticationError", False),
        ("429-after", "RateLimitError", False),
        ("500", "InternalServerError", False),
        ("503", "ServiceUnavailableError", False),
        ("redirect302", "BadRequestError", False),
        ("html", "UnreadableAnswer", True),
        ("reset", "APIConnectionError", True),
    ],
)
def test_a_failure_says_what_it_is_and_whether_it_may_have_been_charged(
    fault: str, kind: str, is_unsure: bool
):
    with pytest.raises(CallFailure) as failure:
        asked(failing(fault))

    assert (failure.value.kind, may_be_charged(failure.value)) == (kind, is_unsure)
    assert retry_after_of(failure.value) == (1.0 if fault == "429-after" else None)


def test_a_server_that_is_not_there_was_not_charged():
    with pytest.raises(CallFailure, match="ClientConnectorError") as failure:
        asked(failing("400"), api_base="http://127.0.0.1:1/v1")

    assert (failure.value.kind, failure.value.may_be_charged) == ("APIConnectionError", False)


def test_an_answer_without_end_is_not_read_to_its_end():
    async def flood(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" " * 65_536)

    with pytest.raises(CallFailure, match=f"more than {ANSWER_BYTES_MAX} bytes"):
        asked(flood)


def test_the_setting_names_the_same_model_as_through_litellm(tmp_path: Path):
    base = "http://127.0.0.1:9/v1"
    straight = Settings(home=tmp_path, teacher="openai/m", teacher_api_base=base)
    litellm = Settings(home=tmp_path, teacher="litellm/openai/m", teacher_api_base=base)

    keys = {key_of(arguments_of(endpoint_of(each), MESSAGES)) for each in (straight, litellm)}

    assert len(keys) == 1
    assert teacher_of(straight).name == "litellm/openai/m"


def test_a_model_behind_a_server_needs_the_server(tmp_path: Path):
    with pytest.raises(BadInput, match="set FITSENSE_TEACHER_API_BASE"):
        teacher_of(Settings(home=tmp_path, teacher="openai/m"))
