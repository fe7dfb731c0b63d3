"""Which tokens would name an exercise again, where a name is several tokens long.

The tokenizer of a pretrained model spells exercises in pieces, so what stands already is followed
as text: a token is held back when every name that could still come of it stands in the session, or
may not stand in this place.
"""

import re
from collections.abc import Callable, Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.repeats import SESSION_OPENS

# A name opens a session's rows, or a row after another; the first is left open while it is written.
_NAME = re.compile(r'(?:\[\[|"\],\[)"([a-z0-9_]*)([" ]?)')
_ENDS = ('"', " ")  # of a name: a dose comes, or a load first
_WORD = re.compile(r"[a-z0-9_]+")


class NameWatch:
    """Follows an answer as text; `allowed` are the exercises its grammar can name anywhere.

    `accepts` says whether a text may stand next; a grammar allows other names in other places.
    """

    def __init__(
        self,
        pieces: Sequence[str],
        allowed: Collection[str],
        accepts: Callable[[str], bool] = lambda _: True,
    ) -> None:
        """Watch an answer of which nothing is written yet."""
        self._pieces, self._allowed, self._accepts = pieces, sorted(allowed), accepts
        self._session = ""

    def see(self, token: int) -> None:
        """One more token stands in the answer."""
        self._session = _since_opening(self._session + self._pieces[token])

    def repeats(self, allowed: NDArray[np.bool_]) -> list[int]:
        """Those of the allowed tokens after which the session could only name one again."""
        if not any(is_closed for _, is_closed in _NAME.findall(self._session)):
            return []
        tokens = np.flatnonzero(allowed).tolist()
        return [token for token in tokens if self._is_repeat(self._pieces[token])]

    def _is_repeat(self, piece: str) -> bool:
        names = _NAME.findall(_since_opening(self._session + piece))
        closed = [name for name, is_closed in names if is_closed]
        if len(closed) > len(set(closed)):
            return True
        if not names or names[-1][1]:
            return False
        written = names[-1][0]
        could_be = [name for name in self._allowed if name.startswith(written)]
        fresh = (name for name in could_be if name not in closed)
        return bool(could_be) and not any(self._may_be(name, written, piece) for name in fresh)

    def _may_be(self, name: str, written: str, piece: str) -> bool:
        """Whether a piece that leaves a name at `written` may go on to this one."""
        more = len(piece) - len(written)
        text = f"{piece[: max(0, more)]}{name[max(0, -more) :]}"
        return any(self._accepts(f"{text}{end}") for end in _ENDS)


def names_of(grammar: str) -> frozenset[str]:
    """The exercises that a grammar can name."""
    return frozenset(_WORD.findall(grammar)) & {exercise.id for exercise in load_catalogue()}


def _since_opening(text: str) -> str:
    """The session that is being written; a bracket that may become its opening is kept."""
    place = text.rfind(SESSION_OPENS)
    return text if place < 0 else text[place:]
