"""Whose a plan job is: of whoever started it, where they were known."""

from pathlib import Path

from fitsense_api.plans import examples
from tests.fitsense_api.kit import a_program, a_service, a_sqlite, a_token, a_user

JOBS = "/v1/plans/jobs"


def test_a_persons_job_does_not_exist_for_anybody_else(tmp_path: Path):
    with a_service(a_sqlite(tmp_path)) as service:
        ada, bob = a_user(service), a_user(service, "bob@example.org")
        program = a_program(service, a_token(ada, "read", "plan")["token"])
        address = ada.client.post(JOBS, json=examples.JOB).headers["location"]

        for stranger in (bob.client, program, service.client):
            for method, path in (
                ("GET", address),
                ("GET", f"{address}/events"),
                ("DELETE", address),
            ):
                assert stranger.request(method, path).status_code == 404
        assert "event: end" in ada.client.get(f"{address}/events").text
        assert ada.client.get(address).json()["state"] == "done"
        assert ada.client.delete(address).json()["state"] == "done"


def test_a_job_of_a_program_is_its_own(tmp_path: Path):
    with a_service(a_sqlite(tmp_path)) as service:
        ada = a_user(service)
        watch, other = (
            a_program(service, a_token(ada, "plan", name=name)["token"]) for name in ("watch", "pc")
        )
        address = watch.post(JOBS, json=examples.JOB).headers["location"]

        assert watch.get(address).status_code == 200
        assert other.get(address).status_code == 404


def test_a_strangers_job_is_for_whoever_knows_its_id(tmp_path: Path):
    with a_service(a_sqlite(tmp_path)) as service:
        address = service.client.post(JOBS, json=examples.JOB).headers["location"]

        assert len(address.removeprefix(f"{JOBS}/")) == 24
        assert service.client.get(address).status_code == 200
        assert a_user(service).client.get(address).status_code == 200
