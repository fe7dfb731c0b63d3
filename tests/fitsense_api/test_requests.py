"""Every request is timed, refused ones as well."""

import json
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from tests.fitsense_api.kit import a_service, a_sqlite


def seconds_by_status(text: str) -> dict[str, float]:
    families = {each.name: each for each in text_string_to_metric_families(text)}
    samples = families["fitsense_request_seconds"].samples
    sums = [sample for sample in samples if sample.name.endswith("_sum")]
    return {sample.labels["status"]: sample.value for sample in sums}


def test_refusals_take_their_time_in_histogram_and_log(tmp_path: Path):
    with a_service(a_sqlite(tmp_path), plans_per_minute=1) as service:
        # No route; nobody known, before any handler; a body refused; one too many.
        service.client.get("/nowhere")
        service.client.get("/v1/workouts")
        for _ in range(2):
            service.client.post("/v1/plans", json={})
        times = seconds_by_status(service.client.get("/metrics").text)
        lines = [json.loads(line) for line in service.log.getvalue().splitlines()]

    assert set(times) == {"404", "401", "422", "429"}
    assert min(times.values()) > 0
    assert min(line["latency_ms"] for line in lines if line["event"] == "request") > 0
