"""Writing an answer token by token, under the grammar of the request: what is served and measured.

Greedy, so a reply is a function of the request. xgrammar says which tokens the rules allow next;
an exercise that already stands in the session is masked as well, which no grammar can say. Where
the grammar leaves one text alone, it is written without asking the student, who reads it with the
next token. Without a grammar the student writes freely.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fitsense_training.constraint import Answer, Logits
from fitsense_training.sampling import Perturb
from fitsense_training.shape import StudentShape
from fitsense_training.tokenizer import PAD_ID
from fitsense_training.words import Words
from fitsense_training.writer import Writer


class OnnxStudent(Writer):
    """A student in ONNX Runtime, in this process."""

    def __init__(
        self, model: Path, words: Words, shape: StudentShape, max_tokens: int, threads: int = 1
    ) -> None:
        """Open the files of a bundle that was verified."""
        import onnxruntime as ort

        super().__init__(words, shape.max_tokens, max_tokens)
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = ort.InferenceSession(
            str(model), options, providers=["CPUExecutionProvider"]
        )
        self._shape = shape

    def _fill(
        self,
        encoded: Sequence[Sequence[int]],
        answers: Sequence[Answer],
        room: int,
        perturb: Perturb | None,
    ) -> None:
        cache = _Cache(self._session, self._shape, len(encoded))
        logits, writing = cache.read(encoded), list(answers)
        while writing:
            logits = logits if perturb is None else perturb(logits)
            for answer, row in zip(writing, logits, strict=True):
                self._constraint.go_on(answer, row, room)
            is_on = [not answer.is_done for answer in writing]
            writing = [answer for answer in writing if not answer.is_done]
            if writing:
                cache.keep(is_on)
                logits = cache.read([answer.unread for answer in writing])
                for answer in writing:
                    answer.unread = []


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
