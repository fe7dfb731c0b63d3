"""What stays is left out of collections, and what has gone since is not kept by that."""

import ctypes
import gc
import weakref
from collections.abc import Iterator

import pytest

from fitsense_training.memory import keep_freed_memory, keep_out_of_collections


class Loaded:
    """Something that refers to itself, so that only a collection can free it."""

    def __init__(self) -> None:
        """Close the circle."""
        self.itself = self


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    """Leave the collector as it was."""
    yield
    gc.unfreeze()


def test_what_stays_is_collected_no_more():
    keep_out_of_collections()

    assert gc.get_freeze_count() > 0


def test_what_has_gone_since_is_freed_the_next_time():
    before = Loaded()
    gone = weakref.ref(before)
    keep_out_of_collections()
    del before
    gc.collect()
    assert gone() is not None

    keep_out_of_collections()

    assert gone() is None


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())

    keep_freed_memory()
