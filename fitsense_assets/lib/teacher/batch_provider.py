"""The batch API of a provider, as we use it, and litellm's way to it."""

import functools
import gc
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from fitsense_assets.lib.teacher.endpoint import Endpoint
from fitsense_assets.lib.teacher.litellm_calls import load_litellm
from fitsense_training.domain.errors import BadInput

ENDED = frozenset({"completed", "failed", "expired", "cancelled"})
PAGE = 100
# litellm makes a client for each of these calls and never closes it: its socket stays open until
# Python finds the circle it is in, which could take a night's polls.
POLLS_PER_SWEEP = 20
# Those that read OpenAI's batch files.
PROVIDERS = ("openai", "hosted_vllm", "litellm_proxy")
OVER_LIMIT = "token_limit_exceeded"
Found = TypeVar("Found")


@dataclass(frozen=True)
class Batch:
    """A batch as its provider tells of it."""

    batch_id: str
    status: str
    input_file_id: str
    file_ids: tuple[str, ...] = ()
    took_ms: float = 0.0
    error_code: str | None = None
    error: str | None = None

    @property
    def is_ended(self) -> bool:
        """Nothing more will come."""
        return self.status in ENDED


class BatchProvider(Protocol):
    """Files and batches; every call may end with one of `failures`."""

    failures: tuple[type[Exception], ...]

    def body(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """A row's body: what a single call with these arguments would send."""
        ...

    async def upload(self, name: str, content: bytes) -> str:
        """Upload a file of questions; its id."""
        ...

    async def create(self, file_id: str, name: str) -> Batch:
        """Have the file answered within a day; from here on it costs."""
        ...

    async def retrieve(self, batch_id: str) -> Batch:
        """How a batch stands."""
        ...

    async def page(self, after: str | None) -> list[Batch]:
        """A page of all batches, the newest first, after the one with this id."""
        ...

    async def download(self, file_id: str) -> bytes:
        """A file of answers or errors."""
        ...


class UnreadableAnswer(Exception):
    """The provider answered with something else than its protocol, such as a page of HTML."""


class LitellmBatches:
    """Batches over litellm, which retries nothing and downloads nothing by itself."""

    def __init__(self, endpoint: Endpoint) -> None:
        """Reach this endpoint.

        Raises:
            BadInput: its provider reads no batch files of this form.
        """
        import openai

        self._litellm = litellm = load_litellm()
        self._count_polls = 0
        self.failures: tuple[type[Exception], ...] = (openai.OpenAIError, UnreadableAnswer)
        self._model, self._provider, *_ = litellm.get_llm_provider(endpoint.model)
        if self._provider not in PROVIDERS:
            message = (
                f"the batches of {self._provider} are written in a way FitSense does not know "
                f"(it knows {', '.join(PROVIDERS)}): set FITSENSE_TEACHER to "
                f"litellm/{endpoint.model}"
            )
            raise BadInput(message)
        self._named = functools.cache(self._parameters)
        self._common = {
            "custom_llm_provider": self._provider,
            "api_base": endpoint.api_base,
            "api_key": endpoint.api_key,
            "timeout": endpoint.timeout_s,
            "num_retries": 0,
            "max_retries": 0,
            # Or else litellm downloads the answers once more, in the background, to price them.
            "litellm_metadata": {"batch_ignore_default_logging": True},
        }

    def body(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """A row's body, with parameters named as this model wants them."""
        parameters = self._named(arguments["max_tokens"], arguments["temperature"])
        return {"model": self._model, "messages": arguments["messages"], **parameters}

    async def upload(self, name: str, content: bytes) -> str:
        """Upload a file of questions; its id."""
        file = (f"{name}.jsonl", content, "application/jsonl")
        return await _read(self._litellm.acreate_file, _id, file=file, purpose="batch",
                           **self._common)  # fmt: skip

    async def create(self, file_id: str, name: str) -> Batch:
        """Have the file answered within a day; the name is for people who look at the list."""
        return await _read(
            self._litellm.acreate_batch, batch_of, completion_window="24h",
            endpoint="/v1/chat/completions", input_file_id=file_id,
            metadata={"name": name}, **self._common,
        )  # fmt: skip

    async def retrieve(self, batch_id: str) -> Batch:
        """How a batch stands."""
        self._count_polls += 1
        if self._count_polls % POLLS_PER_SWEEP == 0:
            gc.collect()
        return await _read(self._litellm.aretrieve_batch, batch_of, batch_id=batch_id,
                           **self._common)  # fmt: skip

    async def page(self, after: str | None) -> list[Batch]:
        """A page of all batches of this account, the newest first."""
        place = {} if after is None else {"after": after}
        return await _read(self._litellm.alist_batches, _batches, limit=PAGE, **place,
                           **self._common)  # fmt: skip

    async def download(self, file_id: str) -> bytes:
        """A file of answers or errors."""
        return await _read(self._litellm.afile_content, _content, file_id=file_id,
                           **self._common)  # fmt: skip

    def _parameters(self, max_tokens: int, temperature: float) -> dict[str, Any]:
        named = self._litellm.get_optional_params(
            model=self._model, custom_llm_provider=self._provider,
            max_tokens=max_tokens, temperature=temperature,
        )  # fmt: skip
        return {name: value for name, value in named.items() if name != "extra_body"}


async def _read(
    call: Callable[..., Awaitable[Any]], read: Callable[[Any], Found], **arguments: Any
) -> Found:
    """What a call answers; litellm and openai fall over a page of HTML with status 200."""
    try:
        return read(await call(**arguments))
    except (AttributeError, TypeError, ValueError) as error:
        raise UnreadableAnswer(f"{type(error).__name__}: {error}") from error


def _id(found: Any) -> str:
    return str(found.id)


def _content(found: Any) -> bytes:
    return bytes(found.content)


def _batches(found: Any) -> list[Batch]:
    return [batch_of(each) for each in found.data]


def batch_of(found: Any) -> Batch:
    """A batch as litellm's object tells of it."""
    files = (found.output_file_id, found.error_file_id)
    errors = getattr(found.errors, "data", None) or []
    ends = (found.completed_at, found.expired_at, found.cancelled_at, found.failed_at)
    ended_at = next((at for at in ends if at), found.created_at)
    return Batch(
        batch_id=found.id,
        status=found.status,
        input_file_id=found.input_file_id,
        file_ids=tuple(each for each in files if each),
        took_ms=max(0.0, (ended_at - found.created_at) * 1000.0),
        error_code=errors[0].code if errors else None,
        error="; ".join(str(error.message) for error in errors) or None,
    )
