"""How old somebody is, and how old one has to be."""

from datetime import date
from typing import Final

from fitsense_training.domain.errors import BadInput

AGE_MIN: Final = 13
ADULT_AGE: Final = 18


def age_on(born: date, on: date) -> int:
    """Full years between birth and a day; who was born on 29 February turns a year on 1 March."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def refuse_children(born: date, on: date) -> None:
    """BadInput where somebody is not born yet, or under 13: nothing of a child is kept."""
    if born > on:
        raise BadInput("date_of_birth lies in the future: check the year")
    if age_on(born, on) < AGE_MIN:
        raise BadInput(
            f"this service is for people of {AGE_MIN} and over: nothing was kept, no plan can be "
            "given, and POST /v1/account/deletion removes the account"
        )
