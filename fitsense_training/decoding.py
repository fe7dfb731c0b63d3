"""Writing an answer token by token, under the grammar of the request: what is served and measured.

Greedy, so a reply is a function of the request. xgrammar says which tokens the rules allow next;
an exercise that already stands in the session is masked as well, which no grammar can say. Without
a grammar the student writes freely.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fitsense_training.conversations import encode_prompt
from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.text.grammar import render_grammar
from fitsense_training.domain.text.prompt import render_prompt
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
SESSION_OPENS = "[["
BITS = 32


@dataclass
class Answer:
    """One answer being written: its tokens, and what may follow."""

    matcher: "xgrammar.GrammarMatcher | None"
    mask: NDArray[np.int32]
    tokens: list[int] = field(default_factory=list[int])
    exercises: set[int] = field(default_factory=set[int])
    last_char: str = ""
    is_done: bool = False


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
        names = {exercise.id for exercise in load_catalogue()}
        self._exercises = {i for i, piece in enumerate(self._pieces) if piece in names}

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
        cache = _Cache(self._session, self._shape, encoded)
        logits = cache.read()
        for _ in range(room):
            chosen = [
                self._choose(answer, row) for answer, row in zip(answers, logits, strict=True)
            ]
            if all(answer.is_done for answer in answers):
                break
            logits = cache.step(chosen)
        return [self._tokenizer.decode(answer.tokens) for answer in answers]

    def _begin(self, grammar: str | None) -> Answer:
        mask = np.full(-(-self._count // BITS), -1, dtype=np.int32)
        if grammar is None:
            return Answer(None, mask)
        import xgrammar

        compiled = self._compiler.compile_grammar(grammar)
        return Answer(xgrammar.GrammarMatcher(compiled), mask)

    def _choose(self, answer: Answer, logits: Logits) -> int:
        """Take the best allowed token; a finished answer is padded."""
        if answer.is_done:
            return PAD_ID
        token = int(np.argmax(self._allowed(answer, logits)))
        if answer.matcher is not None and not answer.matcher.accept_token(token):
            token = EOS_ID  # nothing may follow: the reply is cut, and will not parse
        answer.is_done = token == EOS_ID
        if not answer.is_done:
            self._remember(answer, token)
        return token

    def _allowed(self, answer: Answer, logits: Logits) -> Logits:
        if answer.matcher is None:
            return logits
        answer.matcher.fill_next_token_bitmask(answer.mask.reshape(1, -1))
        bits = np.unpackbits(answer.mask.view(np.uint8), bitorder="little")[: self._count]
        masked = np.where(bits.astype(np.bool_), logits[: self._count], -np.inf)
        if answer.exercises:
            fresh = masked.copy()
            fresh[list(answer.exercises)] = -np.inf
            if fresh.max() > -np.inf:
                return fresh
        return masked

    def _remember(self, answer: Answer, token: int) -> None:
        answer.tokens.append(token)
        if token in self._exercises:
            answer.exercises.add(token)
        text = answer.last_char + self._pieces[token]
        if SESSION_OPENS in text:
            answer.exercises.clear()
        answer.last_char = text[-1:]


class _Cache:
    """Keys and values of a batch. Prompts are padded on the left, so that all end together."""

    def __init__(self, session: Any, shape: StudentShape, encoded: Sequence[list[int]]) -> None:
        self._session = session
        longest = max(len(ids) for ids in encoded)
        self._ids = np.full((len(encoded), longest), PAD_ID, dtype=np.int64)
        self._is_real = np.zeros((len(encoded), longest), dtype=np.bool_)
        for row, ids in enumerate(encoded):
            self._ids[row, longest - len(ids) :] = ids
            self._is_real[row, longest - len(ids) :] = True
        self._next = np.array([len(ids) for ids in encoded], dtype=np.int64)
        size = (shape.count_layers, len(encoded), shape.count_kv_heads, 0, shape.head_dim)
        self._keys = np.zeros(size, dtype=np.float32)
        self._values = np.zeros(size, dtype=np.float32)

    def read(self) -> Logits:
        """Read the prompts: logits after their last token, shape (rows, vocabulary)."""
        length = self._ids.shape[1]
        positions = np.maximum(np.cumsum(self._is_real, axis=1) - 1, 0)
        causal = np.tril(np.ones((length, length), dtype=np.bool_))
        mask = causal & self._is_real[:, None, :]
        # A padded query looks at itself, so that its softmax is not empty.
        mask |= np.eye(length, dtype=np.bool_)
        return self._run(self._ids, positions, mask[:, None])

    def step(self, tokens: Sequence[int]) -> Logits:
        """Read one more token of each row."""
        ids = np.array(tokens, dtype=np.int64)[:, None]
        self._is_real = np.concatenate(
            [self._is_real, np.ones((len(tokens), 1), dtype=np.bool_)], axis=1
        )
        logits = self._run(ids, self._next[:, None], self._is_real[:, None, None, :])
        self._next += 1
        return logits

    def _run(
        self, ids: NDArray[np.int64], positions: NDArray[np.int64], mask: NDArray[np.bool_]
    ) -> Logits:
        logits, self._keys, self._values = self._session.run(
            None,
            {
                "input_ids": ids,
                "positions": positions,
                "mask": mask,
                "past_keys": self._keys,
                "past_values": self._values,
            },
        )
        return logits
