"""Sessions and lines of a plan as pieces of a grammar: a frame, or word for word as they were."""

import json
from collections.abc import Iterable

from fitsense_training.domain.plan.model import Prescription, Session
from fitsense_training.domain.text.ebnf import Option, one_of, quote
from fitsense_training.domain.text.shorthand import Kept, short_line
from fitsense_training.domain.text.wire import write_name, write_row
from fitsense_training.domain.vocabulary import SessionFocus, Weekday


def session_head(weekday: Weekday, focus: SessionFocus, warm_up_min: int) -> str:
    """How a session opens, as text."""
    return f'["{weekday}","{focus}",{warm_up_min},['


def session_body(head: str, row: str, count: tuple[int, int]) -> Option:
    """A session of between so many rows."""
    least, most = count
    return head, f"{row} ({quote(',')} {row}){{{least - 1},{most - 1}}} {quote(']]')}"


def session_in_order(head: str, lines: Iterable[Iterable[Option]]) -> Option:
    """A session of these lines one after another, each in one of its forms."""
    rows = f" {quote(',')} ".join(one_of(forms) for forms in lines)
    return head, f"{rows} {quote(']]')}"


def same_session(session: Session, kept: Kept) -> Option:
    """A session as it was; what was changed before is history."""
    day = session.weekday
    rows = (same_row(item, day, kept)[0] for item in session.prescriptions)
    return f"{session_head(day, session.focus, session.warm_up_min)}{','.join(rows)}]]", ""


def same_row(item: Prescription, day: Weekday, kept: Kept) -> Option:
    """A line as it was, without the reason of an earlier change."""
    return row_of(item.model_copy(update={"reason": None}), day, kept)


def row_of(item: Prescription, day: Weekday, kept: Kept) -> Option:
    """A line with its reason, as a student writes it: what stays by its number alone."""
    number = kept.numbers.get((day, item.exercise_id))
    if number in kept.lines:
        return short_line(number), ""
    _, *rest = write_row(item)
    return f'{row_head(item, number)}",{json.dumps(rest, separators=(",", ":"))[1:]}', ""


def row_head(item: Prescription, number: str | None) -> str:
    """`["goblet_squat 24kg`, or `["#tue3` for a line that was told by number."""
    return f'["{write_name(item)}' if number is None else f'["{number}'
