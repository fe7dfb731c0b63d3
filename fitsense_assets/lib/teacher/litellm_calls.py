"""Single calls over litellm, through clients that go nowhere but to the address that is set.

litellm's own clients follow redirects: a prompt would be sent wherever a provider points, and
whoever answers there would count as the teacher.
"""

import functools
import gc
from typing import Any

from fitsense_assets.lib.teacher.calling import Gateway
from fitsense_assets.lib.teacher.endpoint import Endpoint


@functools.cache
def load_litellm() -> Any:
    """The module; importing it takes 6.6 CPU-s, so only whoever asks a hosted model does."""
    import litellm

    litellm.suppress_debug_info = True  # it would print advice for each failure
    # Its hundred thousands of objects stay for good: no collection need walk through them again.
    gc.freeze()
    return litellm


class LitellmCalls:
    """Calls to one endpoint; its connections live as long as one run."""

    def __init__(self, endpoint: Endpoint) -> None:
        """Import litellm; nothing is connected before the first call."""
        litellm = load_litellm()
        self._endpoint = endpoint
        self._call = litellm.acompletion
        _, self._provider, *_ = litellm.get_llm_provider(endpoint.model, api_base=endpoint.api_base)
        self._client: Any = None

    @property
    def gateway(self) -> Gateway:
        """These calls as the engine uses them."""
        import openai

        # litellm maps every provider's failures to classes below this one.
        return Gateway(self.complete, (openai.OpenAIError,), self.close)

    async def complete(self, **arguments: Any) -> Any:
        """One call; providers with clients of another kind get litellm's own."""
        if self._client is None:
            self._client = self._made()
        if self._client is not None:
            arguments["client"] = self._client
        return await self._call(**arguments)

    async def close(self) -> None:
        """Let go of the connections."""
        from litellm.llms.custom_httpx.async_client_cleanup import close_litellm_async_clients

        client, self._client = self._client, None
        if client is not None:
            await client.close()
        await close_litellm_async_clients()

    def _made(self) -> Any:
        from litellm.llms.custom_httpx.http_handler import AsyncHTTPHandler

        if self._provider not in ("openai", "hosted_vllm"):
            return None
        handler = AsyncHTTPHandler(timeout=self._endpoint.timeout_s, follow_redirects=False)
        if self._provider == "hosted_vllm":
            return handler
        return self._sdk_client(handler.client)

    def _sdk_client(self, http_client: Any) -> Any:
        import openai

        endpoint = self._endpoint
        return openai.AsyncOpenAI(
            api_key=endpoint.api_key, base_url=endpoint.api_base, timeout=endpoint.timeout_s,
            max_retries=0, http_client=http_client,
        )  # fmt: skip
