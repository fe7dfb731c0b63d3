"""A new home, and several processes that come to it at once."""

import subprocess
import sys
from pathlib import Path

import pytest

from fitsense_assets.cli.home import prepare_home
from fitsense_assets.cli.memory import memory_line, memory_of
from fitsense_training.domain.errors import BadInput
from fitsense_training.settings import Settings

OPEN = """
from fitsense_assets.cli.home import open_instance
from fitsense_training.settings import load_settings
open_instance(load_settings()).dispose()
"""


@pytest.mark.slow
def test_processes_that_open_a_new_home_at_once_do_not_stumble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FITSENSE_HOME", str(tmp_path / "home"))

    children = [
        subprocess.Popen([sys.executable, "-c", OPEN], stderr=subprocess.PIPE) for _ in range(3)
    ]
    said = [child.communicate(timeout=120)[1].decode() for child in children]

    assert [child.returncode for child in children] == [0, 0, 0], said


def test_a_home_that_cannot_be_made_says_what_to_set(tmp_path: Path):
    (tmp_path / "file").write_text("")

    with pytest.raises(BadInput, match="set FITSENSE_HOME to a folder of yours"):
        prepare_home(Settings(home=tmp_path / "file" / "home"))


def test_the_memory_of_a_child_counts_all_that_came_from_it():
    command = f"{sys.executable} -c input()"
    child = subprocess.Popen([*command.split()], stdin=subprocess.PIPE)

    count_bytes, count = memory_of(command)

    child.communicate(b"\n")
    assert count == 1
    assert count_bytes > 0
    assert memory_of(command) == (0, 0)


def test_the_memory_line_names_each_child_and_the_sum():
    line = memory_line({"dagster": (480_000_000, 5), "api": (90_000_000, 1)})

    assert line == (
        "ready, idle memory: dagster 480 MB in 5 processes, api 90 MB in 1 process; 570 MB together"
    )
