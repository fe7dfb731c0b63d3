"""Which tokens would name an exercise again, where a name is several tokens long.

The tokenizer of a pretrained model spells exercises in pieces, so what stands already is followed
as text: a token is held back when every name that could still come of it stands in the session, or
may not stand in this place.
"""

import functools
import re
from collections.abc import Callable, Sequence

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.text.shorthand import NUMBER, NUMBER_SIGN
from fitsense_training.repeats import SESSION_OPENS

# A name opens a session's rows, or a row after another, behind its number where it has one; it is
# left open while it is written. A number alone names nothing.
_NAME = re.compile(rf'(?:\[\[|"\],\[)"(?:{NUMBER}:)?(?!{NUMBER_SIGN})([a-z0-9_]*)([" ]?)')
_ENDS = ('"', " ")  # of a name: a dose comes, or a load first


class NameWatch:
    """Follows an answer as text; `names` are those it might name.

    `accepts` says whether a text may stand next; a grammar allows other names in other places.
    """

    def __init__(
        self,
        pieces: Sequence[str],
        names: Sequence[str],
        accepts: Callable[[str], bool] = lambda _: True,
    ) -> None:
        """Watch an answer of which nothing is written yet."""
        self._pieces, self._names, self._accepts = pieces, names, accepts
        self._session = ""

    def see(self, token: int) -> None:
        """One more token stands in the answer."""
        self._session = _since_opening(self._session + self._pieces[token])

    def is_repeat(self, token: int) -> bool:
        """Whether, after a token that the grammar allows, the session could only name one again."""
        if not any(is_closed for _, is_closed in _NAME.findall(self._session)):
            return False
        piece = self._pieces[token]
        names = _NAME.findall(_since_opening(self._session + piece))
        closed = [name for name, is_closed in names if is_closed]
        if len(closed) > len(set(closed)):
            return True
        if not names or names[-1][1]:
            return False
        written = names[-1][0]
        could_be = [name for name in self._names if name.startswith(written)]
        fresh = (name for name in could_be if name not in closed)
        return bool(could_be) and not any(self._may_be(name, written, piece) for name in fresh)

    def _may_be(self, name: str, written: str, piece: str) -> bool:
        """Whether a piece that leaves a name at `written` may go on to this one."""
        more = len(piece) - len(written)
        text = f"{piece[: max(0, more)]}{name[max(0, -more) :]}"
        return any(self._accepts(f"{text}{end}") for end in _ENDS)


@functools.cache
def all_names() -> tuple[str, ...]:
    """The names of all exercises, in order; which of them may stand where, the grammar says."""
    return tuple(sorted(exercise.id for exercise in load_catalogue()))


def _since_opening(text: str) -> str:
    """The session that is being written; a bracket that may become its opening is kept."""
    place = text.rfind(SESSION_OPENS)
    return text if place < 0 else text[place:]
