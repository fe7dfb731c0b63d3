"""How fast a student writes and what it weighs, in a process of its own.

Run by the evaluation as `python -m fitsense_training.speed`, with a bundle folder and requests as
JSON on standard input: a process that holds nothing else is the only honest scale for memory. One
thread; figures are volatile and never part of a content hash.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from fitsense_training.bundle import open_student, read_manifest
from fitsense_training.domain.errors import FitSenseError
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.validator import template_for
from fitsense_training.memory import keep_out_of_collections

BATCHES = (1, 8)
COUNT = 96
_KB = 1024


class BatchStudent(Protocol):
    """A student that writes several replies at once."""

    def replies(self, requests: Sequence[PlanRequest]) -> list[str]:
        """One reply for each request, under its grammar."""
        ...

    def count_tokens(self, request: PlanRequest, reply: str) -> int:
        """How many tokens a reply took it to write."""
        ...


def measure_speed(folder: Path, requests: Sequence[PlanRequest]) -> dict[str, float]:
    """Tokens a second and milliseconds a plan at each batch size, and megabytes held.

    Raises:
        FitSenseError: the process that measures failed, with what it said.
    """
    asked = [request for request in requests if template_for(request) is None][:COUNT]
    order = {
        "folder": str(folder),
        "requests": [request.model_dump(mode="json", exclude_defaults=True) for request in asked],
    }
    done = subprocess.run(
        [sys.executable, "-m", "fitsense_training.speed"],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise FitSenseError(f"the speed of {folder} could not be measured: {done.stderr[-600:]}")
    return json.loads(done.stdout)


def figures_of(student: BatchStudent, requests: Sequence[PlanRequest]) -> dict[str, float]:
    """Tokens a second, by the clock and by the CPU, and the times of single plans."""
    if not requests:
        return {}
    student.replies(requests[:1])  # the first call allocates what later ones find
    return dict(pair for size in BATCHES for pair in _at(student, requests, size))


def _at(
    student: BatchStudent, requests: Sequence[PlanRequest], size: int
) -> Iterator[tuple[str, float]]:
    count = 0
    wall_ms: list[float] = []
    cpu_ms: list[float] = []
    for start in range(0, len(requests), size):
        began, began_cpu = time.perf_counter(), time.process_time()
        asked = requests[start : start + size]
        replies = student.replies(asked)
        wall_ms.append((time.perf_counter() - began) * 1000)
        cpu_ms.append((time.process_time() - began_cpu) * 1000)
        count += sum(map(student.count_tokens, asked, replies))
    yield f"batch_{size}.tokens_per_s", count / (sum(wall_ms) / 1000)
    yield f"batch_{size}.tokens_per_cpu_s", count / max(sum(cpu_ms) / 1000, 1e-9)
    yield f"batch_{size}.cpu_ms_p50", percentile(cpu_ms, 50)
    for percent in (50, 95):
        yield f"batch_{size}.latency_ms_p{percent}", percentile(wall_ms, percent)


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that this share of values does not exceed, by nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def _answer(order: dict[str, Any]) -> dict[str, float]:
    before = _held_mb()
    folder = Path(order["folder"])
    student = _open(folder)
    keep_out_of_collections()
    opened = _held_mb()
    requests = [PlanRequest.model_validate(request) for request in order["requests"]]
    figures = figures_of(student, requests)
    files = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {
        **figures,
        "memory.student_mb": opened - before,
        "memory.peak_mb": _held_mb(),
        "memory.bundle_mb": files / _KB / _KB,
    }


def _open(folder: Path) -> BatchStudent:
    """As it is served; a student without an ONNX step in transformers, which costs more memory."""
    if read_manifest(folder).is_embeddable:
        return open_student(folder)
    from fitsense_training.bases.writing import open_anywhere

    return open_anywhere(folder)


def _held_mb() -> float:
    """The most this process has held so far.

    Linux counts what stood there before a new program was started into `ru_maxrss`, but not into
    its own record of the process.
    """
    record = Path("/proc/self/status")
    if record.exists():
        lines = dict(line.split(":", 1) for line in record.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) / _KB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KB


def main() -> None:
    """Measure what standard input asks for, and print the figures as JSON."""
    json.dump(_answer(json.load(sys.stdin)), sys.stdout)


if __name__ == "__main__":
    main()
