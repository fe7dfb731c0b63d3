"""What may be written next: the grammar of a request, and no exercise twice in a session.

One student, many answers at once; each answer keeps its own place in its own grammar. Whatever
computes the logits (ONNX Runtime, transformers) asks here which token stands next, so both write
the same.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from fitsense_training.repeated_names import NameWatch, names_of
from fitsense_training.repeats import SessionWatch, exercise_tokens
from fitsense_training.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    import xgrammar

Logits = NDArray[np.float32]
BITS = 32


class Watch(Protocol):
    """Knows which exercises stand in the session that is being written."""

    def see(self, token: int) -> None:
        """One more token stands in the answer."""
        ...

    def repeats(self, allowed: NDArray[np.bool_]) -> "Collection[int]":
        """Tokens that would name an exercise again, among those the grammar allows."""
        ...


@dataclass
class Answer:
    """One answer being written: its tokens, and what may follow."""

    matcher: "xgrammar.GrammarMatcher | None"
    mask: NDArray[np.int32]
    watch: Watch
    tokens: list[int] = field(default_factory=list[int])
    unread: list[int] = field(default_factory=list[int])
    is_done: bool = False

    def take(self, token: int) -> None:
        """One more token stands in the answer; the student has not read it yet."""
        self.tokens.append(token)
        self.unread.append(token)
        self.watch.see(token)


class Constraint:
    """Grammars over the words of one student. One instance serves one thread at a time."""

    def __init__(self, words: Words) -> None:
        """Get the vocabulary ready for grammars."""
        import xgrammar

        self._words, self._pieces = words, words.pieces
        self._count = len(self._pieces)
        self._compiler = xgrammar.GrammarCompiler(
            words.info,
            max_threads=1,
            cache_enabled=False,  # nearly every request has a grammar of its own
        )
        self._lengths = np.array([len(piece) for piece in self._pieces])
        self._exercises = exercise_tokens(self._pieces)

    def begin(self, grammar: str | None) -> Answer:
        """An empty answer under a grammar, or free."""
        mask = np.full(-(-self._count // BITS), -1, dtype=np.int32)
        if grammar is None:
            return Answer(None, mask, self._watch("", lambda _: True))
        import xgrammar

        matcher = xgrammar.GrammarMatcher(self._compiler.compile_grammar(grammar))
        return Answer(matcher, mask, self._watch(grammar, lambda text: _may_follow(matcher, text)))

    def go_on(self, answer: Answer, logits: Logits, room: int) -> None:
        """Write the best allowed token, and after it whatever the grammar leaves no choice of."""
        token, stop = int(np.argmax(self._allowed(answer, logits))), self._words.turn.stop
        if answer.matcher is not None and not answer.matcher.accept_token(token):
            token = stop  # nothing may follow: the reply is cut, and will not parse
        if token == stop:
            answer.is_done = True
            return
        answer.take(token)
        while (forced := self._forced(answer)) is not None and len(answer.tokens) < room:
            answer.take(forced)
        answer.is_done = len(answer.tokens) >= room

    def _watch(self, grammar: str, accepts: "Callable[[str], bool]") -> Watch:
        if self._words.is_own:
            return SessionWatch(self._pieces, self._exercises)
        return NameWatch(self._pieces, names_of(grammar), accepts)

    def _forced(self, answer: Answer) -> int | None:
        """The next token where the grammar leaves one text alone, accepted; None where it does not.

        It is the longest that may stand next, as our own tokenizer would have cut the text; if that
        goes beyond what is certain, the student decides. Another tokenizer may cut otherwise, and
        there the student always decides.
        """
        if not self._words.is_own or answer.matcher is None or answer.matcher.is_terminated():
            return None
        text = answer.matcher.find_jump_forward_string()
        if not text:
            return None
        allowed = np.flatnonzero(self._bits(answer))
        longest = int(allowed[np.argmax(self._lengths[allowed])])
        is_certain = text.startswith(self._pieces[longest])
        return longest if is_certain and answer.matcher.accept_token(longest) else None

    def _bits(self, answer: Answer) -> NDArray[np.bool_]:
        """Which tokens the grammar allows next."""
        assert answer.matcher is not None, "only a grammar allows"
        answer.matcher.fill_next_token_bitmask(answer.mask.reshape(1, -1))
        bits = np.unpackbits(answer.mask.view(np.uint8), bitorder="little")
        return bits[: self._count].astype(np.bool_)

    def _allowed(self, answer: Answer, logits: Logits) -> Logits:
        logits = logits[: self._count]
        if answer.matcher is None:
            return logits
        bits = self._bits(answer)
        masked = np.where(bits, logits, -np.inf)
        again = answer.watch.repeats(bits)
        if again:
            fresh = masked.copy()
            fresh[list(again)] = -np.inf
            if fresh.max() > -np.inf:
                return fresh
        return masked


def _may_follow(matcher: "xgrammar.GrammarMatcher", text: str) -> bool:
    """Whether a text may stand next; the matcher stays where it is."""
    if not matcher.accept_string(text):
        return False
    matcher.rollback(1)
    return True
