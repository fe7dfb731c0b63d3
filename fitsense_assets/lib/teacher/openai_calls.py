"""Single calls straight to a server that speaks OpenAI's chat protocol, such as vLLM.

litellm spends milliseconds of CPU on every call, which is what bounds one process; where nothing
needs translating, one HTTP session does the same in a fifth of a millisecond.
"""

import json
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from fitsense_assets.lib.teacher.calling import CallFailure, Gateway
from fitsense_assets.lib.teacher.completion import OK, Completion, kind_of_status
from fitsense_assets.lib.teacher.endpoint import Endpoint

if TYPE_CHECKING:
    import aiohttp

OPENAI = "openai/"
ANSWER_BYTES_MAX = 4 * 1024 * 1024  # far more than any reply; what is longer is not read


class OpenAICalls:
    """Calls to one server; its connections live as long as one run."""

    def __init__(self, endpoint: Endpoint) -> None:
        """Nothing is connected before the first call; the endpoint must have an address."""
        self._url = f"{(endpoint.api_base or '').rstrip('/')}/chat/completions"
        self._headers = {"content-type": "application/json"}
        if endpoint.api_key:
            self._headers["authorization"] = f"Bearer {endpoint.api_key}"
        self._session: aiohttp.ClientSession | None = None

    @property
    def gateway(self) -> Gateway:
        """These calls as the engine uses them."""
        return Gateway(self.complete, (CallFailure,), self.close)

    async def complete(
        self, *, model: str, messages: list[dict[str, Any]], max_tokens: int, temperature: float,
        **_: Any,
    ) -> Completion:  # fmt: skip
        """One call; the rest of the arguments is for litellm.

        Raises:
            CallFailure: it was refused, broke off, or what came is no completion.
        """
        body = {"model": model.removeprefix(OPENAI), "messages": messages,
                "max_tokens": max_tokens, "temperature": temperature}  # fmt: skip
        status, answer = await self._post(json.dumps(body).encode())
        try:
            return Completion.model_validate_json(answer)
        except ValidationError as error:
            message = f"{status} with no completion: {error.errors()[0]['msg']}"
            raise CallFailure("UnreadableAnswer", message, may_be_charged=True) from None

    async def close(self) -> None:
        """Let go of the connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _post(self, body: bytes) -> tuple[int, bytes]:
        import aiohttp

        session = self._session = self._session or _made()
        try:
            # A redirect is a refusal: whoever answers there is not the teacher.
            async with session.post(
                self._url, data=body, headers=self._headers, allow_redirects=False
            ) as response:
                answer = await _read(response)
        except aiohttp.ClientConnectorError as error:
            raise _broken(error, may_be_charged=False) from error
        except aiohttp.ClientError as error:
            raise _broken(error, may_be_charged=True) from error
        if response.status != OK:
            said = f"{response.status} {answer.decode(errors='replace')}"
            kind = kind_of_status(response.status)
            raise CallFailure(kind, said, may_be_charged=False, response=response)
        return response.status, answer


def _made() -> "aiohttp.ClientSession":
    """A session without cookies, limits or patience of its own: the engine has those."""
    import aiohttp

    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
    )


async def _read(response: "aiohttp.ClientResponse") -> bytes:
    """The whole answer."""
    answer = bytearray()
    async for part in response.content.iter_any():
        answer += part
        if len(answer) > ANSWER_BYTES_MAX:
            message = f"{response.status} with more than {ANSWER_BYTES_MAX} bytes"
            raise CallFailure("UnreadableAnswer", message, may_be_charged=True)
    return bytes(answer)


def _broken(error: Exception, *, may_be_charged: bool) -> CallFailure:
    message = f"{type(error).__name__}: {error}"
    return CallFailure("APIConnectionError", message, may_be_charged=may_be_charged)
