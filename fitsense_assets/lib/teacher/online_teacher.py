"""A large model as teacher, asked call by call: hosted, or self-hosted with an API base.

Many questions are in the air at once, as many as the endpoint's pace allows. A reply goes to the
journal, word for word, before it is parsed; a reply that is cut off, unreadable or unsafe is told
so, twice at most, and each of these turns is a paid reply of its own.
"""

from collections.abc import Iterable, Iterator

from fitsense_assets.lib.teacher.calling import Gateway
from fitsense_assets.lib.teacher.clock import Clock
from fitsense_assets.lib.teacher.endpoint import Endpoint
from fitsense_assets.lib.teacher.engine import Stream, run_stream
from fitsense_assets.lib.teacher.journal import Journal
from fitsense_assets.lib.teacher.online import OnlineLine
from fitsense_assets.lib.teacher.teacher import Question, Reply
from fitsense_assets.lib.teacher.turns import Turns

WINDOW_PER_PLACE = 4


class OnlineTeacher:
    """Asks one model through a gateway."""

    def __init__(
        self,
        endpoint: Endpoint,
        journal: Journal | None,
        gateway: Gateway,
        clock: Clock | None = None,
    ) -> None:
        """Ask this endpoint through this gateway; without a journal nothing is remembered."""
        # The same name whichever gateway: who answers is the same, only the delivery differs.
        self.name = f"litellm/{endpoint.model}"
        self._endpoint, self._journal, self._gateway = endpoint, journal, gateway
        self._clock = clock or Clock()
        self._line: OnlineLine | None = None

    @property
    def price(self) -> str:
        """What a token costs."""
        return self._endpoint.price.text

    @property
    def in_flight(self) -> int:
        """Questions that the model has and has not answered yet."""
        return self._line.in_flight if self._line else 0

    def reply(self, question: Question) -> Reply:
        """The model's reply, from the journal where it was paid for before."""
        return next(iter(list(self.replies([question]))))

    def replies(self, questions: Iterable[Question]) -> Iterator[Reply]:
        """The replies in the order of the questions."""
        line = self._line = OnlineLine(self._endpoint, self._journal, self._gateway, self._clock)
        turns = Turns(self._endpoint, self._journal, line)
        window = self._endpoint.concurrency * WINDOW_PER_PLACE
        return run_stream(Stream(turns.answer, questions, window), line.stop, line.close)
