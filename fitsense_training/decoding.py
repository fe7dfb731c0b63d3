"""Writing an answer token by token, under the grammar of the request: what is served and measured.

Greedy, so a reply is a function of the request. xgrammar says which tokens the rules allow next;
an exercise that already stands in the session is masked as well, which no grammar can say. Where
the grammar leaves one text alone, it is written without asking the student, who reads it with the
next token. Without a grammar the student writes freely.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fitsense_training.constraint import Answer, Logits
from fitsense_training.row_cache import RowCache
from fitsense_training.sampling import Perturb
from fitsense_training.serving_contract import OUTPUTS
from fitsense_training.shape import StudentShape
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
        providers = ["CPUExecutionProvider"]
        self._session: Any = ort.InferenceSession(str(model), options, providers=providers)
        self._shape = shape

    def _fill(
        self,
        encoded: Sequence[Sequence[int]],
        answers: Sequence[Answer],
        room: int,
        perturb: Perturb | None,
    ) -> None:
        cache = RowCache(self._shape, len(encoded))
        logits, writing = self._read(cache, encoded), list(answers)
        while writing:
            logits = logits if perturb is None else perturb(logits)
            for answer, row in zip(writing, logits, strict=True):
                self._constraint.go_on(answer, row, room)
            order = cache.keep([not answer.is_done for answer in writing])
            writing = [writing[row] for row in order]
            if writing:
                logits = self._read(cache, [answer.unread for answer in writing])
                for answer in writing:
                    answer.unread = []

    def _read(self, cache: RowCache, tokens: Sequence[Sequence[int]]) -> Logits:
        """Read more tokens of each row: logits after the last, shape (rows, vocabulary)."""
        logits, new = self._session.run(OUTPUTS, cache.inputs(tokens))
        cache.add(new)
        return logits
