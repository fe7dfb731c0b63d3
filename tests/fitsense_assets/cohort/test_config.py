"""A recipe that cannot be is refused before anything is drawn, with the name of the field."""

import functools
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from pydantic import BaseModel

from fitsense_assets.defs.cohort.assets import CohortRun, profiles
from fitsense_assets.defs.resources import Home
from fitsense_assets.lib.cohort.config import CohortConfig, make_config, parse_config
from fitsense_training.domain.errors import BadInput

Place = tuple[str | int, ...]


def changed(**deep: object) -> dict[str, Any]:
    """The default recipe as plain fields, changed at dotted places given with `__`."""
    fields = make_config().model_dump(mode="json")
    for place, value in deep.items():
        *path, last = place.split("__")
        block = fields
        for name in path:
            block = block[name]
        block[last] = value
    return fields


def test_the_default_recipe_holds():
    assert parse_config(changed()) == make_config()


def test_the_window_ends_on_the_last_day():
    config = make_config(lookback_days=28)

    assert (config.end_date - config.first_day).days == 27


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"users": 0}, "users is wrong"),
        ({"users": "many"}, "users is wrong"),
        ({"seed": -1}, "seed is wrong"),
        ({"lookback_days": 7}, "lookback_days is wrong"),
        ({"colour": "red"}, "colour is wrong"),
    ],
)
def test_a_wrong_field_is_named(fields: dict[str, object], message: str):
    with pytest.raises(BadInput, match=message):
        make_config(**fields)


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("population__sex__shares", {"female": 0.5, "male": 0.4}, "sum to 1"),
        ("population__age__rows", [[10, 99, 1.0]], "between 13 and 100"),
        ("population__age__rows", [[13, 40, 0.5], [30, 80, 0.5]], "begin after"),
        ("population__height_cm__mean", {"female": 162}, "no line for male, unspecified"),
        ("training__equipment__shares__novice", {"spaceship": 1.0}, "unknown sets"),
        ("training__minutes__shares", {"30": 0.5, "45": 0.2}, "sum to 1"),
        ("training__minutes__shares", {"500": 0.5, "45": 0.5}, "training.minutes.shares.500"),
        ("training__goal__factors__giants", {"mobility": 2}, "goal.factors.giants is wrong"),
        ("health__conditions__cold", {"shares": [0, 0, 0, 0]}, "health.conditions.cold is wrong"),
        ("health__conditions__obesity", {"shares": [0, 0, 0, 0]}, "BMI"),
        ("health__reproductive__shares", {"pregnancy_t1": 0.6, "postpartum": 0.6}, "at a time"),
        ("health__severity", {"mild": 0.2}, "sum to 1"),
        ("strength__patterns", {"squat": 1.2}, "no line for core"),
        ("strength__patterns__cartwheel", 1.0, "no pattern cartwheel"),
        ("logs__pain_share", 1.2, "logs.pain_share is wrong"),
        ("logs__missed_share", [0.4, 0.1], "logs.missed_share is wrong.*low to high"),
        ("asking__operations", {"swap": 0.1}, "sum to 1"),
        ("split", {"test_share": 0.7, "val_share": 0.4}, "nobody to train on"),
        ("end_date", "0001-01-01", "end_date is wrong"),
    ],
)
def test_a_recipe_that_cannot_be_is_refused(place: str, value: object, message: str):
    with pytest.raises(BadInput, match=message):
        parse_config(changed(**{place: value}))


# ---------- every field


def fields(block: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every field of the recipe, blocks of fields walked into."""
    for name, field in block.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from fields(kind, (*path, name))
        else:
            yield (*path, name)


def numbers(value: Any, path: Place = ()) -> Iterator[Place]:
    """The path of every number below a value."""
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in pairs:
            yield from numbers(inner, (*path, key))
    elif isinstance(value, int | float):
        yield path


def spoiled(path: Place, value: object) -> dict[str, Any]:
    """The default recipe with another value at a path."""
    whole = changed()
    block: Any = whole
    for key in path[:-1]:
        block = block[key]
    block[path[-1]] = value
    return whole


def is_named(path: Place, place: Place, value: object) -> bool:
    """Whether the recipe with a value at a place is refused by the name of the field at path."""
    try:
        parse_config(spoiled(place, value))
    except BadInput as error:
        return f"config: {'.'.join(map(str, path))}" in str(error)
    return False


FIELDS = [*fields(CohortConfig)]


def test_every_field_is_looked_at():
    assert len(FIELDS) > 80
    assert {path[0] for path in FIELDS} == set(changed())


@pytest.mark.parametrize("value", [None, "nonsense", [[]]], ids=["nothing", "a word", "a list"])
def test_every_field_refuses_what_it_cannot_be_by_name(value: object):
    takes_words = {path for path in FIELDS if path[-1] == "source" and isinstance(value, str)}

    assert [path for path in FIELDS if not is_named(path, path, value)] == sorted(
        takes_words, key=FIELDS.index
    )


@pytest.mark.parametrize("value", [-1e30, 1e30, math.nan, math.inf])
def test_every_number_has_bounds(value: float):
    whole = changed()
    places = [
        (path, (*path, *rest))
        for path in FIELDS
        for rest in numbers(functools.reduce(lambda block, name: block[name], path, whole))
    ]

    assert len(places) > 300
    assert [place for path, place in places if not is_named(path, place, value)] == []


def test_every_field_that_is_left_out_is_named():
    unheard: list[Place] = []
    for path in FIELDS:
        whole = changed()
        block: Any = functools.reduce(lambda block, name: block[name], path[:-1], whole)
        del block[path[-1]]
        try:
            parse_config(whole)
        except BadInput as error:
            if f"config: {'.'.join(path)} is wrong" in str(error):
                continue
        unheard.append(path)

    assert unheard == []


@pytest.mark.parametrize(
    ("wrong", "name"),
    [({"users": -5}, "users"), ({"seed": -1}, "seed"), ({"lookback_days": 9}, "lookback_days")],
)
def test_a_wrong_run_is_refused_by_name_before_anything_is_written(
    wrong: dict[str, int], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FITSENSE_HOME", str(tmp_path))
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("cohort", ["c0001"])
        with pytest.raises(BadInput, match=f"{name} is wrong"):
            dg.materialize(
                [profiles],
                instance=instance,
                partition_key="c0001",
                resources={"home": Home()},
                run_config=dg.RunConfig(ops={"profiles": CohortRun.model_validate(wrong)}),
            )

    assert list(tmp_path.iterdir()) == []
