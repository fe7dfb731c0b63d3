"""What an evaluation has measured so far, one case a line: a killed one goes on where it was.

The first line says what was being measured; a journal of anything else is begun anew. A line that
a kill tore in two is dropped, and its case asked again.
"""

import json
import os
from pathlib import Path
from typing import IO, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from fitsense_training.evaluate import Measured


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    query_id: str
    measured: Measured


class EvaluationJournal:
    """The journal of one evaluation; a context manager that closes its file."""

    def __init__(self, path: Path, subject: dict[str, str]) -> None:
        """Open the journal of a subject (bundle, prompts, code); read what is there of it."""
        self._known: dict[str, Measured] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        head = json.dumps(subject, sort_keys=True)
        kept = [line for line in _whole_lines(path) if _is_line(line)] if _is_of(path, head) else []
        for text in kept:
            line = _Line.model_validate_json(text)
            self._known[line.query_id] = line.measured
        _rewrite(path, [head, *kept])
        self._out: IO[str] = path.open("a", encoding="utf-8")

    def __enter__(self) -> Self:
        """Hand the open journal out."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._out.close()

    def __len__(self) -> int:
        """How many cases stand in it."""
        return len(self._known)

    def known(self, query_id: str) -> Measured | None:
        """What was measured of a case, if it was."""
        return self._known.get(query_id)

    def keep(self, query_id: str, measured: Measured) -> None:
        """Write down what was measured of a case; a kill after this loses nothing of it."""
        self._out.write(_Line(query_id=query_id, measured=measured).model_dump_json() + "\n")
        self._out.flush()
        self._known[query_id] = measured


def _whole_lines(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    return lines[1:-1]  # after the head, without what stands behind the last line end


def _is_of(path: Path, head: str) -> bool:
    if not path.exists():
        return False
    with path.open(encoding="utf-8", errors="replace") as source:
        return source.readline().rstrip("\n") == head


def _is_line(text: str) -> bool:
    try:
        _Line.model_validate_json(text)
    except ValidationError:
        return False
    return True


def _rewrite(path: Path, lines: list[str]) -> None:
    """The file with exactly these lines, whole or as it was."""
    fresh = path.with_suffix(".tmp")
    fresh.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    with fresh.open("rb") as written:
        os.fsync(written.fileno())
    fresh.replace(path)
