"""A service that a command starts is asked once its student can answer, if it has one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fitsense_assets.cli import serving
from fitsense_training.domain.errors import FitSenseError


class Child:
    """A process that lives, or ended with a code."""

    def __init__(self, returncode: int | None = None) -> None:
        self.returncode = returncode

    def poll(self) -> int | None:
        return self.returncode


def states(monkeypatch: pytest.MonkeyPatch, *told: str | None) -> Iterator[str | None]:
    """What the service says of itself, one poll after another; the last again and again."""
    left = iter(told)
    monkeypatch.setattr(serving, "POLL_S", 0)
    monkeypatch.setattr(serving, "_state_of", lambda _: next(left, told[-1]))
    return left


def wait(child: Any) -> None:
    serving._wait_until_ready("http://service", child, Path("service.log"))  # pyright: ignore[reportPrivateUsage]


def test_a_student_that_is_being_opened_is_waited_for(monkeypatch: pytest.MonkeyPatch):
    left = states(monkeypatch, None, "coach_only", "coach_only", "ready", "later")

    wait(Child())

    assert [*left] == ["later"]


def test_a_service_without_a_student_is_ready_with_its_coach(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(serving, "STUDENT_WITHIN_S", 0)
    states(monkeypatch, None, "coach_only")

    wait(Child())


def test_a_service_that_ended_is_not_waited_for(monkeypatch: pytest.MonkeyPatch):
    states(monkeypatch, None)

    with pytest.raises(FitSenseError, match=r"code 3: see service\.log"):
        wait(Child(3))
