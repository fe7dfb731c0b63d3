"""From (prompt, answer) to token ids and a loss mask: the only place that tokenizes.

A conversation is <bos> <start_of_turn> prompt <end_of_turn> <start_of_turn> answer <end_of_turn>;
only the answer and its end are learned.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tokenizers import Tokenizer

from fitsense_training.domain.errors import BadInput
from fitsense_training.repeats import exercise_tokens, would_repeat
from fitsense_training.tokenizer import BOS_ID, EOS_ID, START_OF_TURN_ID, token_strings


@dataclass(frozen=True)
class Conversation:
    """One prompt and the answer to learn."""

    prompt: str
    answer: str


@dataclass(frozen=True)
class Encoded:
    """Token ids, and for each whether its prediction counts (1) or not (0).

    `repeats` are (place, token) of exercises that must not be written there: they stand already.
    """

    input_ids: tuple[int, ...]
    loss_mask: tuple[int, ...]
    repeats: tuple[tuple[int, int], ...] = ()


def encode_prompt(tokenizer: Tokenizer, prompt: str) -> list[int]:
    """What the student reads before it writes its first answer token."""
    body = tokenizer.encode(prompt, add_special_tokens=False).ids
    return [BOS_ID, START_OF_TURN_ID, *body, EOS_ID, START_OF_TURN_ID]


def encode_conversation(tokenizer: Tokenizer, conversation: Conversation) -> Encoded:
    """A whole conversation with the mask of what is learned."""
    prompt = encode_prompt(tokenizer, conversation.prompt)
    answer = [*tokenizer.encode(conversation.answer, add_special_tokens=False).ids, EOS_ID]
    return Encoded((*prompt, *answer), (*(0 for _ in prompt), *(1 for _ in answer)))


def encode_all(tokenizer: Tokenizer, conversations: Iterable[Conversation]) -> list[Encoded]:
    """All conversations, in order, each with the exercises it must not repeat."""
    pieces = token_strings(tokenizer)
    exercises = exercise_tokens(pieces)
    found: list[Encoded] = []
    for conversation in conversations:
        item = encode_conversation(tokenizer, conversation)
        begin = item.loss_mask.index(1)
        answer = item.input_ids[begin:]
        repeats = ((begin + at, token) for at, token in would_repeat(answer, pieces, exercises))
        found.append(replace(item, repeats=tuple(repeats)))
    return found


def read_conversations(path: Path) -> Iterator[Conversation]:
    """Conversations of a chat JSONL file; BadInput names the line that holds none."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                user, assistant = json.loads(line)["messages"]
                yield Conversation(user["content"], assistant["content"])
            except (ValueError, KeyError, TypeError) as error:
                raise BadInput(f"{path}: line {number} is no chat of two messages") from error
