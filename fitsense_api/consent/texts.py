"""What is agreed to, word for word. A text never changes: a new wording is a new version."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Purpose(StrEnum):
    """What somebody can agree to."""

    GUARDIAN = "guardian"


class Relation(StrEnum):
    """Who may agree for a person under 18."""

    PARENT = "parent"
    GUARDIAN = "guardian"


@dataclass(frozen=True)
class ConsentText:
    """One wording."""

    purpose: Purpose
    version: str
    text: str


TEXTS: Final = (
    ConsentText(
        Purpose.GUARDIAN,
        "1",
        "I am a parent or legal guardian of the person who uses this account, and I am 18 or over. "
        "I agree that they receive workout plans here, and that what they tell of their body, "
        "health and training is kept for that. I know that nobody with a medical training has "
        "reviewed these plans, that people under 18 get light plans without maximal lifts and "
        "without any goal of losing weight, and that somebody should watch their technique. "
        "I can take this back at any time; no plan is given from then on.",
    ),
)


def current_text(purpose: Purpose) -> ConsentText:
    """The wording that is shown today: the last one written."""
    return next(each for each in reversed(TEXTS) if each.purpose is purpose)
