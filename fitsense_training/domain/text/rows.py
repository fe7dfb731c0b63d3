"""Sessions and lines of a plan as pieces of a grammar: a frame, or word for word as they were."""

import json

from fitsense_training.domain.plan.model import Prescription, Session
from fitsense_training.domain.text.ebnf import Option, quote
from fitsense_training.domain.text.wire import write_row, write_session
from fitsense_training.domain.vocabulary import SessionFocus, Weekday


def session_head(weekday: Weekday, focus: SessionFocus, warm_up_min: int) -> str:
    """How a session opens, as text."""
    return f'["{weekday}","{focus}",{warm_up_min},['


def session_body(head: str, row: str, count: tuple[int, int]) -> Option:
    """A session of between so many rows."""
    least, most = count
    return head, f"{row} ({quote(',')} {row}){{{least - 1},{most - 1}}} {quote(']]')}"


def same_session(session: Session) -> Option:
    """A session as it was; what was changed before is history."""
    rows = tuple(item.model_copy(update={"reason": None}) for item in session.prescriptions)
    same = write_session(session.model_copy(update={"prescriptions": rows}))
    return json.dumps(same, separators=(",", ":")), ""


def same_row(item: Prescription) -> Option:
    """A line as it was, without the reason of an earlier change."""
    return row_of(item.model_copy(update={"reason": None}))


def row_of(item: Prescription) -> Option:
    """A line with its reason."""
    return json.dumps(write_row(item), separators=(",", ":")), ""
