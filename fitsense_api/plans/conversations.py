"""What conversations have told so far: a port, and a bounded memory as its adapter.

A flag stays until the questions that settle it are answered, also when the next message speaks of
something else. Only levels and categories are kept, never words.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

from fitsense_training.domain.safety.triage.conversation import ConversationState

KEPT_MAX = 20_000
KEPT_S = 7 * 24 * 3600.0


class Conversations(Protocol):
    """Where the states of conversations are kept.

    A key holds whatever tells its owner apart from others; the desk passes it on as it is.
    """

    async def turn(self, key: str, text: str) -> ConversationState:
        """The state once this turn is heard; turns of one conversation come one after another."""
        ...


class RememberedConversations:
    """States in the memory of this process; calm ones are forgotten before flagged ones."""

    def __init__(self, now: Callable[[], float], kept_max: int = KEPT_MAX) -> None:
        self._now, self._kept_max = now, kept_max
        self._calm: OrderedDict[str, tuple[float, ConversationState]] = OrderedDict()
        self._flagged: OrderedDict[str, tuple[float, ConversationState]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._calm) + len(self._flagged)

    async def turn(self, key: str, text: str) -> ConversationState:
        """The state once this turn is heard. Nothing here waits, so turns cannot overtake."""
        _, before = (
            self._calm.pop(key, None) or self._flagged.pop(key, None) or (0.0, ConversationState())
        )
        state = before.after(text) if text else before
        place = self._flagged if state.flags else self._calm
        place[key] = (self._now(), state)
        self._forget()
        return state

    def _forget(self) -> None:
        for place in (self._calm, self._flagged):
            while place and next(iter(place.values()))[0] < self._now() - KEPT_S:
                place.popitem(last=False)
        while len(self) > self._kept_max:
            (self._calm or self._flagged).popitem(last=False)
