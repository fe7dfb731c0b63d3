"""A child process that is killed without warning, some time into its work."""

import os
import signal
import subprocess
import sys


def killed_after(code: str, *arguments: object, delay_s: float) -> int:
    """Run Python code, kill it `delay_s` after it said `ready`, and return its exit code."""
    child = subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert child.stdout is not None
    # Closed whatever is found: a pipe left open fails the test after this one.
    with child.stdout as said:
        assert said.readline() == "ready\n"
        try:
            child.wait(delay_s)
        except subprocess.TimeoutExpired:
            os.kill(child.pid, signal.SIGKILL)
    return child.wait()
