"""From (prompt, answer) to token ids and a loss mask: the only place that tokenizes.

With our own tokenizer a conversation is
<bos> <start_of_turn> prompt <end_of_turn> <start_of_turn> answer <end_of_turn>;
a pretrained model keeps the turns of its chat template. Only the answer and its end are learned;
what stays of a changed plan is named and not written (`shorthand.py`).
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tokenizers import Tokenizer

from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.text.shorthand import brief, shorten, unmarked
from fitsense_training.repeats import (
    Unique,
    days_written,
    unique_tokens,
    weekday_orders,
    would_repeat,
)
from fitsense_training.tokenizer import token_strings
from fitsense_training.words import Words, own_words


@dataclass(frozen=True)
class Conversation:
    """One prompt and the answer to learn."""

    prompt: str
    answer: str


@dataclass(frozen=True)
class Encoded:
    """Token ids, and for each whether its prediction counts (1) or not (0).

    `repeats` are (place, token) of exercises that must not be written there: they stand already.
    `days` are (place, last day, 0 for Monday) of places where only a later day may follow.
    """

    input_ids: tuple[int, ...]
    loss_mask: tuple[int, ...]
    repeats: tuple[tuple[int, int], ...] = ()
    days: tuple[tuple[int, int], ...] = ()


def encode_prompt(tokenizer: Tokenizer, prompt: str) -> list[int]:
    """What a student with its own tokenizer reads before it writes its first answer token."""
    return own_words(tokenizer).encode_prompt(prompt)


def encode_conversation(words: Words, conversation: Conversation) -> Encoded:
    """A whole conversation with the mask of what is learned."""
    conversation = learned(conversation)
    prompt = words.encode_prompt(conversation.prompt)
    answer = [*words.encode(conversation.answer), words.turn.stop]
    return Encoded((*prompt, *answer), (*(0 for _ in prompt), *(1 for _ in answer)))


def learned(conversation: Conversation) -> Conversation:
    """A conversation as a student reads and writes it."""
    prompt, answer = conversation.prompt, conversation.answer
    return Conversation(brief(prompt), shorten(prompt, answer))


def spelled_out(conversation: Conversation) -> Conversation:
    """The same without a word on what stays: all of it is read and written, line by line."""
    return replace(conversation, prompt=unmarked(conversation.prompt))


def encode_all(words: Words, conversations: Iterable[Conversation]) -> list[Encoded]:
    """All conversations, in order; where exercises are tokens, with those not to repeat."""
    encoded = [encode_conversation(words, conversation) for conversation in conversations]
    if not words.is_own:
        return encoded
    pieces = token_strings(words.tokenizer)
    unique = unique_tokens(pieces)
    orders = weekday_orders(pieces)
    return [_with_repeats(item, pieces, unique, orders) for item in encoded]


def _with_repeats(
    item: Encoded, pieces: list[str], unique: Unique, orders: tuple[int, ...]
) -> Encoded:
    begin = item.loss_mask.index(1)
    answer = item.input_ids[begin:]
    found = would_repeat(answer, pieces, unique)
    days = days_written(answer, pieces, orders)
    return replace(
        item,
        repeats=tuple((begin + at, token) for at, token in found),
        days=tuple((begin + at, last) for at, last in days),
    )


def read_conversations(path: Path) -> Iterator[Conversation]:
    """Conversations of a chat JSONL file; BadInput names the line that holds none."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                user, assistant = json.loads(line)["messages"]
                yield Conversation(user["content"], assistant["content"])
            except (ValueError, KeyError, TypeError) as error:
                raise BadInput(f"{path}: line {number} is no chat of two messages") from error
