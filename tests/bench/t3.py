"""T3: ten kills -9 of a run over a provider with 7 % faults."""

import json
import subprocess
import sys

from fitsense_training.settings import Settings, quiet_environment
from tests.bench.goal import Goal, Measured


def measure(settings: Settings) -> Measured:
    """What is lost, what is twice, and what was paid for again."""
    done = subprocess.run(
        [
            sys.executable, "-m", "tests.providers.crashes",
            "--users", "400", "--kills", "10", "--concurrency", "64",
        ],
        env=quiet_environment(settings), capture_output=True, check=True, timeout=500,
    )  # fmt: skip
    told = json.loads(done.stdout.splitlines()[-1])
    text = (
        f"{told['rows']}/{told['count_queries']} rows, {told['duplicates']} twice, "
        f"{told['kills_landed']} kills landed, {told['repeats']} calls repeated "
        f"(<= {told['repeats_allowed']}), {told['faults']} faults, "
        f"{'the same bytes' if told['is_identical'] else 'other bytes'} as without a kill"
    )
    return Measured(text, told["holds"], told)


GOAL = Goal("T3", "0 lost, 0 twice, repeats <= kills x 64", measure)
