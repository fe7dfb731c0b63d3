"""A recipe that cannot be is refused before anything is drawn, with the name of the field."""

from typing import Any

import pytest

from fitsense_assets.lib.cohort.config import make_config, parse_config
from fitsense_training.domain.errors import BadInput


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
        ("training__equipment__shares__novice", {"spaceship": 1.0}, "unknown sets"),
        ("training__minutes__shares", {"30": 0.5}, "sum to 1"),
        ("health__conditions__obesity", {"shares": [0, 0, 0, 0]}, "BMI"),
        ("health__severity", {"mild": 0.2}, "sum to 1"),
        ("logs__pain_share", 1.2, "logs.pain_share is wrong"),
        ("asking__operations", {"swap": 0.1}, "sum to 1"),
        ("split", {"test_share": 0.7, "val_share": 0.4}, "nobody to train on"),
    ],
)
def test_a_recipe_that_cannot_be_is_refused(place: str, value: object, message: str):
    with pytest.raises(BadInput, match=message):
        parse_config(changed(**{place: value}))
