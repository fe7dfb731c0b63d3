"""What is counted, for Prometheus: by route, planner, outcome and state, never by person.

The meters of one service stand in a registry of their own, so two services in one process (as in
tests) do not add up; Litestar's plugin keeps its meters in a global one.
"""

from collections.abc import Callable
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from fitsense_api.student.batcher import BatchDone

REQUEST_S: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120)
ROWS: Final = (1, 2, 4, 8, 16, 32)


class Meters:
    """Every meter of the inference service."""

    def __init__(self) -> None:
        registry = CollectorRegistry()
        self.registry = registry
        ProcessCollector(registry=registry)
        self.requests = Histogram(
            "fitsense_request_seconds",
            "From the first byte read to the first byte sent.",
            ("method", "route", "status"),
            buckets=REQUEST_S,
            registry=registry,
        )
        self.answers = Histogram(
            "fitsense_answer_seconds",
            "An answer, by who wrote it.",
            ("planner", "prompt_type"),
            buckets=REQUEST_S,
            registry=registry,
        )
        self.guarded = Counter(
            "fitsense_guard_outcomes",
            "Answers by the step they left the guard at.",
            ("path",),
            registry=registry,
        )
        self.findings = Counter(
            "fitsense_findings",
            "Rules that answers still bend when they are shown.",
            ("rule_id",),
            registry=registry,
        )
        self.triaged = Counter(
            "fitsense_triaged",
            "Requests by the level and the topic policy their words call for.",
            ("level", "policy"),
            registry=registry,
        )
        self.refusals = Counter(
            "fitsense_refusals", "Requests that found no place.", ("line",), registry=registry
        )
        self.failures = Counter(
            "fitsense_planner_failures",
            "Proposals that never came.",
            ("planner", "error"),
            registry=registry,
        )
        self.batch_rows = Histogram(
            "fitsense_batch_rows",
            "Requests written together.",
            buckets=ROWS,
            registry=registry,
        )
        self.tokens = Counter(
            "fitsense_student_tokens",
            "Tokens the embedded student wrote; over the seconds, its speed.",
            registry=registry,
        )
        self.busy = Counter("fitsense_student_busy_seconds", "Time it wrote.", registry=registry)
        self.model = Gauge(
            "fitsense_model_info",
            "The model that is asked.",
            ("planner", "version", "release"),
            registry=registry,
        )

    def watch(self, name: str, sentence: str, read: Callable[[], float]) -> None:
        """Measure a state whenever it is asked for."""
        Gauge(name, sentence, registry=self.registry).set_function(read)

    def count_batch(self, batch: BatchDone) -> None:
        """Count one batch; called in the student's thread."""
        self.batch_rows.observe(batch.count_rows)
        self.tokens.inc(batch.count_tokens)
        self.busy.inc(batch.seconds)

    def show(self) -> bytes:
        """Everything, in the text format."""
        return generate_latest(self.registry)
