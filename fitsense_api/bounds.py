"""What holds for every text and every moment that people send.

PostgreSQL keeps no NUL, and no calendar reaches beyond its ends: what lies there is told at the
edge, in words, and on every database alike.
"""

from datetime import UTC, date, datetime
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, StringConstraints

from fitsense_training.domain.errors import BadInput

NO_NUL: Final = r"^[^\x00]*$"
YEAR_MIN: Final = 1970
YEAR_MAX: Final = 2100

Notes = Annotated[str, StringConstraints(max_length=2000, pattern=NO_NUL)]


def _near(moment: datetime) -> datetime:
    """ValueError for a moment in years that no log is of."""
    if not datetime(YEAR_MIN, 1, 1, tzinfo=UTC) <= moment < datetime(YEAR_MAX, 1, 1, tzinfo=UTC):
        raise ValueError(f"moments are kept from {YEAR_MIN} to {YEAR_MAX - 1}: check the year")
    return moment


# A check and no bound of the field: as bounds JSON Schema knows numbers alone.
Moment = Annotated[AwareDatetime, AfterValidator(_near)]


def refuse_far_day(day: date) -> None:
    """BadInput for a day in years that no log is of."""
    if not YEAR_MIN <= day.year < YEAR_MAX:
        raise BadInput(f"days are kept from {YEAR_MIN} to {YEAR_MAX - 1}: check the year of {day}")
