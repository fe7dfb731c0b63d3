"""A large model as teacher through its provider's batch API: half the price, within a day.

The questions, journal keys, corrections and replies are those of `OnlineTeacher`: what one has
paid for the other finds. A run may be killed and started again at any time; it goes on waiting
for the batches that are open.
"""

from collections.abc import Iterable, Iterator

from fitsense_assets.lib.teacher.batch_line import ROWS_MAX, BatchLine, half_price
from fitsense_assets.lib.teacher.batch_provider import BatchProvider, LitellmBatches
from fitsense_assets.lib.teacher.clock import Clock
from fitsense_assets.lib.teacher.endpoint import Endpoint
from fitsense_assets.lib.teacher.engine import Stream, run_stream
from fitsense_assets.lib.teacher.journal import Journal
from fitsense_assets.lib.teacher.teacher import Question, Reply
from fitsense_assets.lib.teacher.turns import Turns

WINDOW = 4 * ROWS_MAX


class BatchTeacher:
    """Asks one model in batches."""

    def __init__(
        self,
        endpoint: Endpoint,
        journal: Journal,
        provider: BatchProvider | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Ask this endpoint; `provider` stands in for litellm in tests."""
        # The same name as online: who answered is the same, only the delivery differs.
        self.name = f"litellm/{endpoint.model}"
        self._endpoint, self._journal = endpoint, journal
        self._provider = provider or LitellmBatches(endpoint)
        self._clock = clock or Clock()
        self._line: BatchLine | None = None

    @property
    def price(self) -> str:
        """What a token costs in a batch."""
        return half_price(self._endpoint).price.text

    @property
    def in_flight(self) -> int:
        """Questions that the model has and has not answered yet."""
        return self._line.in_flight if self._line else 0

    def reply(self, question: Question) -> Reply:
        """The model's reply, which may take a day."""
        return next(iter(list(self.replies([question]))))

    def replies(self, questions: Iterable[Question]) -> Iterator[Reply]:
        """The replies in the order of the questions."""
        line = self._line = BatchLine(self._endpoint, self._journal, self._provider, self._clock)
        turns = Turns(self._endpoint, self._journal, line)
        stream = Stream(turns.answer, questions, WINDOW, waits=False)
        return run_stream(stream, line.stop, line.close)
