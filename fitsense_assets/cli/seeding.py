"""Handing people from the lake to the service, over a pipe: the two know only the record."""

import subprocess
import sys
from itertools import islice

from tqdm import tqdm

from fitsense_assets.lib.cohort.seed import count_people, read_people
from fitsense_assets.lib.lake import Lake
from fitsense_training.domain.errors import BadInput
from fitsense_training.settings import Settings, quiet_environment


def seed_service(settings: Settings, cohort: str, users: int | None, password: str | None) -> None:
    """Send a cohort's people to `python -m fitsense_api seed`.

    Raises:
        BadInput: the cohort is not built, or the service refused them and said why.
    """
    lake = Lake(settings.lake_root)
    total = min(count_people(lake, cohort), users or sys.maxsize)
    command = [sys.executable, "-m", "fitsense_api", "seed"]
    environment = quiet_environment(settings)
    if password is not None:  # not as an argument, which every process of the machine can read
        environment["FITSENSE_API_SEED_PASSWORD"] = password
    with subprocess.Popen(  # noqa: S603 - our own module
        command, stdin=subprocess.PIPE, text=True, env=environment
    ) as service:
        assert service.stdin is not None, "asked for a pipe"
        try:
            people = islice(read_people(lake, cohort), total)
            for person in tqdm(people, total=total, desc=f"{cohort} to the service", unit="user"):
                service.stdin.write(person.model_dump_json() + "\n")
            service.stdin.close()
        except BrokenPipeError:
            pass  # it has said why it stopped, and its exit code tells below
    if service.returncode != 0:
        raise BadInput("the service did not take everybody: mend what it says and run it again")
