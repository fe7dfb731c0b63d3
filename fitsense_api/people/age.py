"""How old somebody is."""

from datetime import date


def age_on(born: date, on: date) -> int:
    """Full years between birth and a day; who was born on 29 February turns a year on 1 March."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
