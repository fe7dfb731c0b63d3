"""S1: from a clone to a served plan, in an empty folder."""

import os
import subprocess
import tempfile
import time
from pathlib import Path

from fitsense_training.settings import Settings
from tests.bench.goal import Goal, Measured

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 15 * 60


def measure(settings: Settings) -> Measured:
    """Wall seconds of `git clone` and `make demo` with no .venv and no installation."""
    del settings
    environment = {k: v for k, v in os.environ.items() if not k.startswith("FITSENSE_")}
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        started = time.monotonic()
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        done = subprocess.run(
            ["make", "demo"],
            cwd=clone,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.monotonic() - started
    is_served = done.returncode == 0 and "answered by" in done.stdout
    text = f"{seconds / 60:.1f} min, {'a plan was served' if is_served else 'no plan was served'}"
    return Measured(text, is_served and seconds <= LIMIT_S, {"wall_s": seconds})


GOAL = Goal("S1", "<= 15 min to a served plan", measure)
