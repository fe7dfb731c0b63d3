"""From (prompt, answer) to token ids and a loss mask: the only place that tokenizes.

A conversation is <bos> <start_of_turn> prompt <end_of_turn> <start_of_turn> answer <end_of_turn>;
only the answer and its end are learned.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from fitsense_training.domain.errors import BadInput
from fitsense_training.tokenizer import BOS_ID, EOS_ID, START_OF_TURN_ID


@dataclass(frozen=True)
class Conversation:
    """One prompt and the answer to learn."""

    prompt: str
    answer: str


@dataclass(frozen=True)
class Encoded:
    """Token ids, and for each whether its prediction counts (1) or not (0)."""

    input_ids: tuple[int, ...]
    loss_mask: tuple[int, ...]


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
    """All conversations, in order."""
    return [encode_conversation(tokenizer, conversation) for conversation in conversations]


def read_conversations(path: Path) -> Iterator[Conversation]:
    """Conversations of a chat JSONL file; BadInput names the line that holds none."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                user, assistant = json.loads(line)["messages"]
                yield Conversation(user["content"], assistant["content"])
            except (ValueError, KeyError, TypeError) as error:
                raise BadInput(f"{path}: line {number} is no chat of two messages") from error
