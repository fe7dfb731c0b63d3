"""What may be written next: the grammar of a request, and no exercise twice in a session.

One student, many answers at once; each answer keeps its own place in its own grammar. Whatever
computes the logits (ONNX Runtime, transformers) asks here which token stands next, so both write
the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from fitsense_training.repeated_names import NameWatch, all_names
from fitsense_training.repeats import SessionWatch, unique_tokens
from fitsense_training.vocabulary import Vocabulary, may_follow
from fitsense_training.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable

    import xgrammar

Logits = NDArray[np.float32]
TRIES = 16  # of the best tokens, before all that may follow are looked for


class Watch(Protocol):
    """Knows which exercises stand in the session that is being written."""

    def see(self, token: int) -> None:
        """One more token stands in the answer."""
        ...

    def is_repeat(self, token: int) -> bool:
        """Whether a token that the grammar allows would name an exercise again."""
        ...


@dataclass
class Answer:
    """One answer being written: its tokens, and what may follow."""

    matcher: "xgrammar.GrammarMatcher | None"
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
        self._vocabulary = Vocabulary(words.spelled)
        # Without tokens: a grammar is asked about text alone, and compiles in half the time.
        self._compiler = xgrammar.GrammarCompiler(
            xgrammar.TokenizerInfo([]),
            max_threads=1,
            cache_enabled=False,  # nearly every request has a grammar of its own
        )
        self._unique = unique_tokens(self._pieces)

    def begin(self, grammar: str | None) -> Answer:
        """An empty answer under a grammar, or free."""
        if grammar is None:
            return Answer(None, self._watch((), lambda _: True))
        import xgrammar

        matcher = xgrammar.GrammarMatcher(self._compiler.compile_grammar(grammar))
        return Answer(matcher, self._watch(all_names(), lambda text: may_follow(matcher, text)))

    def go_on(self, answer: Answer, logits: Logits, room: int) -> None:
        """Write the best allowed token, and after it whatever the grammar leaves no choice of."""
        token = self._best(answer, logits[: len(self._pieces)])
        if token is None:  # the end; or nothing may follow, and the reply will not parse
            answer.is_done = True
            return
        answer.take(token)
        if self._words.is_own and answer.matcher is not None:
            self._write_forced(answer, answer.matcher, room)
        is_over = answer.matcher is not None and self._vocabulary.must_end(answer.matcher)
        answer.is_done = is_over or len(answer.tokens) >= room

    def _watch(self, names: Sequence[str], accepts: "Callable[[str], bool]") -> Watch:
        if self._words.is_own:
            return SessionWatch(self._pieces, self._unique)
        return NameWatch(self._pieces, names, accepts)

    def _best(self, answer: Answer, logits: Logits) -> int | None:
        """The token with the greatest score that may follow, accepted; None to end the answer.

        A repeat stands only where nothing else may follow.
        """
        matcher, stop = answer.matcher, self._words.turn.stop
        if matcher is None:
            token = int(np.argmax(logits))
            return None if token == stop else token
        repeat: int | None = None
        for token in self._by_score(matcher, logits):
            piece = self._vocabulary.spelled[token]
            if token == stop and matcher.is_completed():
                return None
            if not piece or not may_follow(matcher, piece):
                continue
            if not answer.watch.is_repeat(token):
                matcher.accept_string(piece)
                return token
            repeat = token if repeat is None else repeat
        if repeat is not None:
            matcher.accept_string(self._vocabulary.spelled[repeat])
        return repeat

    def _by_score(self, matcher: "xgrammar.GrammarMatcher", logits: Logits) -> Iterator[int]:
        """Tokens from the greatest score down: a few of all, then those that the grammar allows."""
        left = logits.copy()
        for _ in range(min(TRIES, len(left))):
            token = int(np.argmax(left))
            yield token
            left[token] = -np.inf
        allowed = np.array(sorted([*self._vocabulary.allowed(matcher), self._words.turn.stop]))
        yield from allowed[np.argsort(-left[allowed], kind="stable")].tolist()

    def _write_forced(self, answer: Answer, matcher: "xgrammar.GrammarMatcher", room: int) -> None:
        """Write on while the grammar leaves one text alone.

        It is cut as our own tokenizer would have cut it, into the longest tokens; where one goes
        beyond what is certain, the student decides. Another tokenizer may cut otherwise, and there
        the student always decides.
        """
        text = b""
        while len(answer.tokens) < room:
            text = text or matcher.find_jump_forward_string().encode()
            token = self._vocabulary.longest_in(text) if text else None
            if token is None or any(
                may_follow(matcher, piece) for piece in self._vocabulary.beyond(text)
            ):
                return
            piece = self._vocabulary.spelled[token]
            matcher.accept_string(piece)
            text = text[len(piece) :]
            answer.take(token)
