"""Exercises of other apps, by our names: "Bench Press (Barbell)" is our barbell_bench_press.

A name is matched whole or not at all: with its equipment before it, after it, or as an alias. What
is not known is told, never guessed at: a wrong match would raise somebody's loads.
"""

import functools
import re
from collections.abc import Iterator
from typing import Final

from fitsense_api.imports.aliases import ALIASES
from fitsense_training.domain.catalogue import load_catalogue

_QUALIFIED: Final = re.compile(r"^(?P<name>[^()]+)\((?P<tool>[^()]+)\)\s*$")
_TOOLS: Final = {
    "resistance band": "band",
    "bands": "band",
    "dumbbells": "dumbbell",
    "cable straight bar": "cable",
    "plate loaded": "machine",
}


def exercise_id_of(name: str) -> str | None:
    """Our exercise of another app's name, None where there is none that is surely the same."""
    known = _known()
    return next((known[each] for each in _spellings(name) if each in known), None)


def plain(name: str) -> str:
    """A name without case, signs and the s of a plural."""
    words = re.sub(r"[^a-z0-9]+", " ", name.lower().replace("'", "")).split()
    return " ".join(_singular(word) for word in words)


def _singular(word: str) -> str:
    keeps = len(word) < 4 or word.endswith(("ss", "us")) or word in ("triceps", "biceps", "abs")
    return word.rstrip("s") if word.endswith("s") and not keeps else word


def _spellings(name: str) -> Iterator[str]:
    found = _QUALIFIED.match(name.strip())
    if found is None:
        yield plain(name)
        return
    tool = plain(found["tool"])
    tool = _TOOLS.get(tool, tool)
    yield f"{tool} {plain(found['name'])}"
    yield f"{plain(found['name'])} {tool}"
    if tool == "bodyweight":
        yield plain(found["name"])


@functools.cache
def _known() -> dict[str, str]:
    """Every spelling we know; our own names win over what other apps say."""
    known = {plain(spelling): exercise_id for spelling, exercise_id in ALIASES.items()}
    for exercise in load_catalogue():
        for spelling in (*exercise.aliases, exercise.name, exercise.id):
            known[plain(spelling)] = exercise.id
    return known
