"""The CSV of the Hevy app: one line a set, the workout repeated on each.

"title","start_time","end_time","description","exercise_title","superset_id","exercise_notes",
"set_index","set_type","weight_kg","reps","distance_km","duration_seconds","rpe"

Who uses pounds and miles has weight_lbs and distance_miles in their place.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from fitsense_api.db.models.workouts import SetKind
from fitsense_api.imports.foreign import ForeignSet, Header, Line

SOURCE: Final = "hevy"
_NEEDED: Final = {"start_time", "exercise_title", "set_type", "reps"}
_KINDS: Final = {
    "normal": SetKind.WORKING,
    "warmup": SetKind.WARM_UP,
    "dropset": SetKind.DROP,
    "failure": SetKind.FAILURE,
}
_MONTHS: Final = (
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
)  # fmt: skip
_FORMS: Final = ("%d %m %Y, %H:%M", "%d %m %Y, %I:%M %p", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M")


def is_hevy(header: Header) -> bool:
    """Whether the columns are those of this app."""
    return set(header.columns) >= _NEEDED


def hevy_sets(lines: Iterable[Line]) -> Iterator[ForeignSet]:
    """The sets of a file."""
    return map(_set, lines)


def _set(line: Line) -> ForeignSet:
    kind = line.text("set_type").lower() or "normal"
    if kind not in _KINDS:
        known = ", ".join(_KINDS)
        raise line.wrong(f"set_type holds {kind[:40]!r}, which is none of {known}")
    kilometres, miles = line.number_in("distance_km"), line.number_in("distance_miles")
    started_at = _moment(line, "start_time")
    ended_at = _moment(line, "end_time") if line.text("end_time") else None
    return ForeignSet(
        line=line.number,
        started_at=started_at,
        ended_at=ended_at if ended_at and ended_at >= started_at else None,
        title=line.text("title"),
        exercise=line.text("exercise_title"),
        kind=_KINDS[kind],
        reps=line.number_in("reps"),
        weight=line.number_in("weight_kg", "weight_lbs"),
        unit="kg" if "weight_kg" in line.cells else "lb",
        seconds=line.number_in("duration_seconds"),
        distance_m=miles * 1609.344 if miles else kilometres and kilometres * 1000,
        rpe=line.number_in("rpe"),
        notes=line.text("exercise_notes"),
        workout_notes=line.text("description"),
    )


def _moment(line: Line, column: str) -> datetime:
    """`22 Dec 2025, 08:00`, and the forms of files that went through a spreadsheet."""
    cell = line.text(column).replace("\u202f", " ")
    day, _, rest = cell.partition(" ")
    month, _, rest = rest.partition(" ")
    if month[:3].lower() in _MONTHS:
        cell = f"{day} {_MONTHS.index(month[:3].lower()) + 1} {rest}"
    return line.moment(column, cell, _FORMS, "22 Dec 2025, 08:00")
