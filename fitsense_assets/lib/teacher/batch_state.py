"""The batches that a provider works on for us, on the disk beside the replies.

A batch goes through three states, each written down before the next step is taken: planned (no
file yet), asked for (its file is uploaded), open (the provider has told its id). Its rows are on
the tab from the first state to the last.
"""

import contextlib
import fcntl
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from fitsense_assets.lib.teacher.endpoint import Endpoint
from fitsense_assets.lib.teacher.journal import Journal
from fitsense_training.domain.errors import BadInput


@dataclass(frozen=True)
class Row:
    """One question in a batch: its number on the tab and the most it can cost."""

    number: int
    usd: Decimal


@dataclass(frozen=True)
class OpenBatch:
    """A batch that is not over, its rows by journal key."""

    number: int
    rows: dict[str, Row]
    file_id: str | None = None
    batch_id: str | None = None

    @property
    def name(self) -> str:
        """What it is called in the provider's lists."""
        return f"fitsense-{self.number:05d}"

    @property
    def usd(self) -> Decimal:
        """The most that it can cost."""
        return sum((row.usd for row in self.rows.values()), Decimal(0))


class OpenBatches:
    """The open batches of one endpoint."""

    def __init__(self, journal: Journal, endpoint: Endpoint) -> None:
        """Keep them in this journal's file."""
        self._journal = journal
        self._endpoint = f"{endpoint.model} at {endpoint.api_base or 'its usual address'}"

    @contextlib.contextmanager
    def alone(self) -> Generator[None]:
        """Be the only one that carries batches of this journal.

        The system drops the lock when the process dies.

        Raises:
            BadInput: another run does.
        """
        path = self._journal.path.with_suffix(".batches.lock")
        with path.open("wb") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                message = "another run waits for batches of this home: wait for it to end"
                raise BadInput(message) from error
            yield

    def load(self) -> list[OpenBatch]:
        """What earlier runs have left open."""
        with self._journal.together() as db:
            batches = db.execute(
                "SELECT number, file_id, batch_id FROM batches WHERE endpoint = ? ORDER BY number",
                (self._endpoint,),
            ).fetchall()
            rows = {
                number: db.execute(
                    "SELECT key, number, usd FROM attempts WHERE batch = ? ORDER BY number",
                    (number,),
                ).fetchall()
                for number, *_ in batches
            }
        return [
            OpenBatch(number, _rows(rows[number]), file_id, batch_id)
            for number, file_id, batch_id in batches
        ]

    def plan(self, costs: Mapping[str, Decimal]) -> OpenBatch:
        """Put the rows of a new batch on the tab, with the most that each can cost."""
        with self._journal.together() as db:
            added = db.execute("INSERT INTO batches (endpoint) VALUES (?)", (self._endpoint,))
            number = added.lastrowid or 0
            db.executemany(
                "INSERT INTO attempts (key, usd, batch) VALUES (?, ?, ?)",
                [(key, str(usd), number) for key, usd in costs.items()],
            )
            rows = db.execute("SELECT key, number, usd FROM attempts WHERE batch = ?", (number,))
            return OpenBatch(number, _rows(rows))

    def uploaded(self, batch: OpenBatch, file_id: str) -> OpenBatch:
        """Its file is with the provider: from now on it may have been created."""
        with self._journal.together() as db:
            db.execute("UPDATE batches SET file_id = ? WHERE number = ?", (file_id, batch.number))
        return replace(batch, file_id=file_id)

    def created(self, batch: OpenBatch, batch_id: str) -> OpenBatch:
        """The provider works on it."""
        with self._journal.together() as db:
            db.execute("UPDATE batches SET batch_id = ? WHERE number = ?", (batch_id, batch.number))
        return replace(batch, batch_id=batch_id)

    def finish(self, batch: OpenBatch, unsure: Iterable[int] = ()) -> None:
        """It is over: only rows that may have been charged without a reply stay on the tab."""
        with self._journal.together() as db:
            db.executemany(
                "UPDATE attempts SET batch = NULL WHERE number = ?",
                [(number,) for number in unsure],
            )
            db.execute("DELETE FROM attempts WHERE batch = ?", (batch.number,))
            db.execute("DELETE FROM batches WHERE number = ?", (batch.number,))


def _rows(found: Iterable[tuple[str, int, str]]) -> dict[str, Row]:
    return {key: Row(number, Decimal(usd)) for key, number, usd in found}
