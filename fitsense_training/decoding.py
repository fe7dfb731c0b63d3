"""Writing an answer token by token, under the grammar of the request: what is served and measured.

Greedy, so a reply is a function of the request. xgrammar says which tokens the rules allow next;
an exercise that already stands in the session is masked as well, which no grammar can say. Where
the grammar leaves one text alone, it is written without asking the student, who reads it with the
next token. Without a grammar the student writes freely.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fitsense_training.conversations import encode_prompt
from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.text.grammar import render_grammar
from fitsense_training.domain.text.prompt import render_prompt
from fitsense_training.repeats import SessionWatch, exercise_tokens
from fitsense_training.shape import StudentShape
from fitsense_training.tokenizer import (
    EOS_ID,
    PAD_ID,
    load_tokenizer,
    token_strings,
)

if TYPE_CHECKING:
    import xgrammar

Logits = NDArray[np.float32]
BITS = 32
SPACE = "\u0120"  # how byte-level tokens spell it


@dataclass
class Answer:
    """One answer being written: its tokens, and what may follow."""

    matcher: "xgrammar.GrammarMatcher | None"
    mask: NDArray[np.int32]
    watch: SessionWatch
    tokens: list[int] = field(default_factory=list[int])
    unread: list[int] = field(default_factory=list[int])
    is_done: bool = False

    def take(self, token: int) -> None:
        """One more token stands in the answer; the student has not read it yet."""
        self.tokens.append(token)
        self.unread.append(token)
        self.watch.see(token)


class OnnxStudent:
    """A student in ONNX Runtime, in this process. One instance serves one thread at a time."""

    def __init__(
        self, model: Path, tokenizer: Path, shape: StudentShape, max_tokens: int, threads: int = 1
    ) -> None:
        """Open the files of a bundle that was verified."""
        import onnxruntime as ort
        import xgrammar

        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = ort.InferenceSession(
            str(model), options, providers=["CPUExecutionProvider"]
        )
        self._shape, self._max_tokens = shape, max_tokens
        self._tokenizer = load_tokenizer(tokenizer)
        self._pieces = token_strings(self._tokenizer)
        self._count = len(self._pieces)
        self._compiler = xgrammar.GrammarCompiler(
            xgrammar.TokenizerInfo(
                self._pieces, xgrammar.VocabType.BYTE_LEVEL, stop_token_ids=[EOS_ID]
            ),
            max_threads=1,
            cache_enabled=False,  # nearly every request has a grammar of its own
        )
        self._lengths = np.array([len(piece) for piece in self._pieces])
        self._exercises = exercise_tokens(self._pieces)

    def reply(self, request: PlanRequest) -> str:
        """What the student writes under the grammar of the request."""
        return self.write([render_prompt(request)], [render_grammar(request)])[0]

    def reply_freely(self, request: PlanRequest) -> str:
        """What the student writes when nothing holds it."""
        return self.write([render_prompt(request)], [None])[0]

    def replies(self, requests: Sequence[PlanRequest]) -> list[str]:
        """The same as `reply` for several requests in one batch."""
        prompts = [render_prompt(request) for request in requests]
        return self.write(prompts, [render_grammar(request) for request in requests])

    def count_tokens(self, text: str) -> int:
        """How many tokens a text is to this student."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def write(self, prompts: Sequence[str], grammars: Sequence[str | None]) -> list[str]:
        """The answers to prompts, each under its grammar or free.

        Raises:
            BadInput: a prompt leaves no room for an answer.
        """
        encoded = [encode_prompt(self._tokenizer, prompt) for prompt in prompts]
        longest = max(len(ids) for ids in encoded)
        room = min(self._max_tokens, self._shape.max_tokens - longest)
        if room < 1:
            raise BadInput(
                f"the request takes {longest} tokens, the student reads "
                f"{self._shape.max_tokens}: shorten the plan or the note"
            )
        answers = [self._begin(grammar) for grammar in grammars]
        cache = _Cache(self._session, self._shape, len(encoded))
        logits, writing = cache.read(encoded), answers
        while writing:
            for answer, row in zip(writing, logits, strict=True):
                self._go_on(answer, row, room)
            is_on = [not answer.is_done for answer in writing]
            writing = [answer for answer in writing if not answer.is_done]
            if writing:
                cache.keep(is_on)
                logits = cache.read([answer.unread for answer in writing])
                for answer in writing:
                    answer.unread = []
        return [self._tokenizer.decode(answer.tokens) for answer in answers]

    def _begin(self, grammar: str | None) -> Answer:
        mask = np.full(-(-self._count // BITS), -1, dtype=np.int32)
        watch = SessionWatch(self._pieces, self._exercises)
        if grammar is None:
            return Answer(None, mask, watch)
        import xgrammar

        compiled = self._compiler.compile_grammar(grammar)
        return Answer(xgrammar.GrammarMatcher(compiled), mask, watch)

    def _go_on(self, answer: Answer, logits: Logits, room: int) -> None:
        """Write the best allowed token, and after it whatever the grammar leaves no choice of."""
        token = int(np.argmax(self._allowed(answer, logits)))
        if answer.matcher is not None and not answer.matcher.accept_token(token):
            token = EOS_ID  # nothing may follow: the reply is cut, and will not parse
        if token == EOS_ID:
            answer.is_done = True
            return
        answer.take(token)
        while (forced := self._forced(answer)) is not None and len(answer.tokens) < room:
            answer.take(forced)
        answer.is_done = len(answer.tokens) >= room

    def _forced(self, answer: Answer) -> int | None:
        """The next token where the grammar leaves one text alone, accepted; None where it does not.

        It is the longest that may stand next, as the tokenizer would have cut the text; if that
        goes beyond what is certain, the student decides.
        """
        if answer.matcher is None or answer.matcher.is_terminated():
            return None
        text = answer.matcher.find_jump_forward_string()
        if not text:
            return None
        allowed = np.flatnonzero(self._bits(answer))
        longest = int(allowed[np.argmax(self._lengths[allowed])])
        is_certain = text.startswith(self._pieces[longest].replace(SPACE, " "))
        return longest if is_certain and answer.matcher.accept_token(longest) else None

    def _bits(self, answer: Answer) -> NDArray[np.bool_]:
        """Which tokens the grammar allows next."""
        assert answer.matcher is not None, "only a grammar allows"
        answer.matcher.fill_next_token_bitmask(answer.mask.reshape(1, -1))
        bits = np.unpackbits(answer.mask.view(np.uint8), bitorder="little")
        return bits[: self._count].astype(np.bool_)

    def _allowed(self, answer: Answer, logits: Logits) -> Logits:
        if answer.matcher is None:
            return logits
        masked = np.where(self._bits(answer), logits[: self._count], -np.inf)
        if answer.watch.written:
            fresh = masked.copy()
            fresh[list(answer.watch.written)] = -np.inf
            if fresh.max() > -np.inf:
                return fresh
        return masked


class _Cache:
    """Keys and values of a batch. Rows are padded on the left, so that all end together."""

    def __init__(self, session: Any, shape: StudentShape, count_rows: int) -> None:
        self._session = session
        self._is_real = np.zeros((count_rows, 0), dtype=np.bool_)
        size = (shape.count_layers, count_rows, shape.count_kv_heads, 0, shape.head_dim)
        self._keys = np.zeros(size, dtype=np.float32)
        self._values = np.zeros(size, dtype=np.float32)

    def keep(self, rows: Sequence[bool]) -> None:
        """Go on with these rows alone."""
        if not all(rows):
            self._is_real = self._is_real[rows]
            self._keys, self._values = self._keys[:, rows], self._values[:, rows]

    def read(self, tokens: Sequence[Sequence[int]]) -> Logits:
        """Read more tokens of each row: logits after the last, shape (rows, vocabulary)."""
        length, past = max(len(row) for row in tokens), self._is_real.shape[1]
        ids = np.full((len(tokens), length), PAD_ID, dtype=np.int64)
        is_real = np.zeros((len(tokens), length), dtype=np.bool_)
        for row, unread in enumerate(tokens):
            ids[row, length - len(unread) :] = unread
            is_real[row, length - len(unread) :] = True
        before = self._is_real.sum(axis=1, keepdims=True)
        positions = np.maximum(before + np.cumsum(is_real, axis=1) - 1, 0)
        self._is_real = np.concatenate([self._is_real, is_real], axis=1)
        causal = np.tril(np.ones((length, past + length), dtype=np.bool_), past)
        # A padded query looks at itself, so that its softmax is not empty.
        own = np.eye(length, past + length, past, dtype=np.bool_)
        mask = (causal & self._is_real[:, None, :]) | own
        logits, self._keys, self._values = self._session.run(
            None,
            {
                "input_ids": ids,
                "positions": positions.astype(np.int64),
                "mask": mask[:, None],
                "past_keys": self._keys,
                "past_values": self._values,
            },
        )
        return logits
