"""What a decoder knows of a tokenizer: how a prompt is framed, where an answer ends, its pieces.

A student made from zero has its own tokenizer; one that began as a pretrained model keeps the
tokenizer of that model, with the turn its chat template makes. torch and transformers are not
needed to read either.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict
from tokenizers import Tokenizer

from fitsense_training.tokenizer import (
    BOS_ID,
    EOS_ID,
    PAD_ID,
    START_OF_TURN_ID,
    load_tokenizer,
    token_strings,
)

if TYPE_CHECKING:
    import xgrammar

SPACE = "\u0120"  # how byte-level tokens spell it


class ChatTurn(BaseModel):
    """One turn of a chat template in token ids: what stands around a prompt, what ends an answer.

    `size` is how many tokens can be written: a model may know fewer than its tokenizer. `spelling`
    is how the tokens write bytes, in xgrammar's words.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    before: tuple[int, ...]
    after: tuple[int, ...]
    stop: int
    pad: int
    size: int
    spelling: Literal["RAW", "BYTE_FALLBACK", "BYTE_LEVEL"]
    has_prefix_space: bool = False


@dataclass(frozen=True)
class Words:
    """A tokenizer with its turn. `is_own` says that exercises are single tokens of it."""

    tokenizer: Tokenizer
    turn: ChatTurn
    is_own: bool

    def encode_prompt(self, prompt: str) -> list[int]:
        """What the student reads before it writes its first answer token."""
        return [*self.turn.before, *self.encode(prompt), *self.turn.after]

    def encode(self, text: str) -> list[int]:
        """The tokens of a text, nothing put around it."""
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def decode(self, tokens: Sequence[int]) -> str:
        """The text of answer tokens."""
        return self.tokenizer.decode(list(tokens))

    @cached_property
    def info(self) -> "xgrammar.TokenizerInfo":
        """The vocabulary as xgrammar wants it."""
        import xgrammar

        spelled = (self.tokenizer.id_to_token(index) or "" for index in range(self.turn.size))
        pieces = token_strings(self.tokenizer) if self.is_own else list(spelled)
        return xgrammar.TokenizerInfo(
            pieces,
            xgrammar.VocabType[self.turn.spelling],
            stop_token_ids=[self.turn.stop],
            add_prefix_space=self.turn.has_prefix_space,
        )

    @cached_property
    def pieces(self) -> list[str]:
        """The text of every token by id; special tokens spell nothing."""
        if self.is_own:
            return [piece.replace(SPACE, " ") for piece in token_strings(self.tokenizer)]
        return [piece.decode("utf-8", errors="ignore") for piece in self.spelled]

    @cached_property
    def spelled(self) -> list[bytes]:
        """The bytes of every token by id; special tokens spell nothing."""
        silent = {*self.info.special_token_ids, *self.info.stop_token_ids}
        return [
            b"" if index in silent else piece for index, piece in enumerate(self.info.decoded_vocab)
        ]


def own_words(tokenizer: Tokenizer) -> Words:
    """The words of a student made from zero."""
    turn = ChatTurn(
        before=(BOS_ID, START_OF_TURN_ID),
        after=(EOS_ID, START_OF_TURN_ID),
        stop=EOS_ID,
        pad=PAD_ID,
        size=tokenizer.get_vocab_size(),
        spelling="BYTE_LEVEL",
    )
    return Words(tokenizer, turn, is_own=True)


def read_words(tokenizer: Path, turn: ChatTurn | None) -> Words:
    """The words of a bundle: its own tokenizer, or that of a pretrained model with its turn."""
    if turn is None:
        return own_words(load_tokenizer(tokenizer))
    return Words(load_tokenizer(tokenizer), turn, is_own=False)
