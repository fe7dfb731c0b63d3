"""One set as another app wrote it, before it is one of ours; and how such a file is read."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fitsense_api.bounds import YEAR_MAX, YEAR_MIN
from fitsense_api.db.models.workouts import SetKind
from fitsense_training.domain.errors import BadInput

LINES_MAX: Final = 50_000
FIELD_CHARS_MAX: Final = 4_000


@dataclass(frozen=True)
class ForeignSet:
    """One set of their file. Times are those on the wall of whoever trained."""

    line: int
    started_at: datetime
    ended_at: datetime | None
    title: str
    exercise: str
    kind: SetKind
    reps: float | None = None
    weight: float | None = None
    unit: str | None = None
    seconds: float | None = None
    distance_m: float | None = None
    rpe: float | None = None
    rest_s: int | None = None
    notes: str = ""
    workout_notes: str = ""


@dataclass(frozen=True)
class Line:
    """One line of a file: where it stands, and its cells by the name of their column."""

    number: int
    cells: Mapping[str, str]

    def text(self, *columns: str) -> str:
        """The first of these columns that the file has, without blanks around it."""
        return next((self.cells[name].strip() for name in columns if name in self.cells), "")

    def number_in(self, *columns: str) -> float | None:
        """The number in a column, None where the cell is empty; BadInput names the line."""
        cell = self.text(*columns)
        if not cell:
            return None
        try:
            # Some phones write 8,5 for 8.5.
            number = float(cell.replace(",", "."))
        except ValueError:
            number = float("nan")
        if not 0 <= number < 1e9:
            raise self.wrong(f"{columns[0]} holds {cell[:40]!r}, which is no number")
        return number

    def moment(self, column: str, cell: str, forms: Iterable[str], example: str) -> datetime:
        """The time on the wall in a cell, written in one of these forms."""
        for form in forms:
            try:
                # Newer phones put a narrow blank before AM and PM.
                found = datetime.strptime(cell.replace("\u202f", " "), form)  # noqa: DTZ007
            except ValueError:
                continue
            if YEAR_MIN < found.year < YEAR_MAX:
                return found
        raise self.wrong(f"{column} holds {self.text(column)[:40]!r}, not a time as {example}")

    def wrong(self, why: str) -> BadInput:
        """What to raise where this line cannot be read."""
        return BadInput(
            f"line {self.number}: {why}; mend it, or take the line out, then send again"
        )


@dataclass(frozen=True)
class Header:
    """The names of the columns, and what stands between them."""

    columns: tuple[str, ...]
    delimiter: str


def header_of(text: str) -> Header:
    """The columns of a file; a byte order mark before them is no part of the first."""
    first = text.removeprefix("\ufeff").partition("\n")[0].rstrip("\r")
    delimiter = max(",;\t", key=first.count)
    names = next(csv.reader([first], delimiter=delimiter), [])
    return Header(tuple(name.strip() for name in names), delimiter)


def lines_of(text: str, header: Header) -> Iterator[Line]:
    """The lines after the header, empty ones left out.

    Raises:
        BadInput: a line has another number of cells than the header, an open quote, or too long a
            cell, or there are too many lines; the sentence names the line.
    """
    source = io.StringIO(text.removeprefix("\ufeff"), newline="")
    reader = csv.reader(source, delimiter=header.delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            number, begins = begins, reader.line_num + 1
            if number > 1 and any(cell.strip() for cell in cells):
                yield _line(number, cells, header)
    except csv.Error as error:
        raise BadInput(
            f"line {begins}: this is no CSV ({error}); export the file again, or mend the line"
        ) from error


def _line(number: int, cells: list[str], header: Header) -> Line:
    if number > LINES_MAX:
        raise BadInput(f"the file has more than {LINES_MAX} lines: split it and send the parts")
    if len(cells) != len(header.columns):
        raise BadInput(
            f"line {number}: there are {len(cells)} cells under {len(header.columns)} columns; "
            "export the file again, or mend the line"
        )
    if any(len(cell) > FIELD_CHARS_MAX or "\0" in cell for cell in cells):
        raise BadInput(f"line {number}: a cell is too long or no text; shorten or remove it")
    return Line(number, dict(zip(header.columns, cells, strict=True)))
