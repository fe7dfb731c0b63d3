"""The journal: every paid reply, kept word for word, so that no question is paid for twice.

One SQLite file, rows as JSON. A reply is written down before anybody tries to read it. Beside the
replies lie the attempts that have no answer yet, and the batches that providers work on.
"""

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Generator, Iterable
from dataclasses import asdict, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from fitsense_assets.lib.teacher.teacher import CacheState, Reply
from fitsense_training.domain.errors import CorruptArtifact
from fitsense_training.storage import telling_full

Kept = tuple[str, Reply, tuple[int, ...]]
_TABLES = (
    "CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, reply TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS dropped (key TEXT NOT NULL, reply TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS attempts (number INTEGER PRIMARY KEY AUTOINCREMENT, "
    "key TEXT NOT NULL, usd TEXT NOT NULL, batch INTEGER)",
    "CREATE TABLE IF NOT EXISTS batches (number INTEGER PRIMARY KEY AUTOINCREMENT, "
    "endpoint TEXT NOT NULL, file_id TEXT, batch_id TEXT)",
    "CREATE TABLE IF NOT EXISTS settled (usd TEXT NOT NULL)",
)


class Journal:
    """Replies by the hash of everything that was sent."""

    def __init__(self, path: Path) -> None:
        """Open or make the journal at a path."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._db = self.connect()
        try:
            self._db.execute("PRAGMA journal_mode=WAL")
            for table in _TABLES:
                self._db.execute(table)
        except sqlite3.DatabaseError as error:
            self._db.close()
            message = f"{path} is no reply journal: move it away and run again"
            raise CorruptArtifact(message) from error

    def connect(self) -> sqlite3.Connection:
        """Another connection to the same file; each statement is its own transaction."""
        return sqlite3.connect(self.path, isolation_level=None, timeout=30)

    def find(self, key: str, query_id: str) -> Reply | None:
        """The reply written down under this key, told as a hit, or None."""
        row = self._db.execute("SELECT reply FROM replies WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        body: dict[str, Any] = json.loads(row[0])
        # Replies of the time before first_cost_usd told their first cost as cost_usd.
        first_cost_usd = body.get("first_cost_usd") or body["cost_usd"]
        body["cache_state"] = CacheState.HIT
        return replace(
            Reply(**body), query_id=query_id, cost_usd=0.0, first_cost_usd=first_cost_usd
        )

    def keep(self, key: str, reply: Reply) -> None:
        """Write a reply down; the first one under a key stays."""
        self.keep_all([(key, reply, ())])

    def keep_all(self, replies: Iterable[Kept]) -> None:
        """Write many down at once, and take the attempts that they answer off the tab.

        All of them are on the disk afterwards, or none.
        """
        rows: list[tuple[str, str]] = []
        answered: list[tuple[int]] = []
        for key, reply, numbers in replies:
            rows.append((key, json.dumps(asdict(reply), ensure_ascii=False)))
            answered.extend((number,) for number in numbers)
        with self.together():
            self._db.executemany("INSERT OR IGNORE INTO replies VALUES (?, ?)", rows)
            self._db.executemany("DELETE FROM attempts WHERE number = ?", answered)

    @contextlib.contextmanager
    def together(self) -> Generator[sqlite3.Connection]:
        """One transaction: what the block does is on the disk afterwards, or nothing of it.

        Raises:
            OutOfSpace: there is no room for it; all that was written down stays.
        """
        with telling_full(f"replies down in {self.path}"):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")

    def forget(self, keys: Iterable[str]) -> int:
        """Put replies aside so that they are asked for anew; the number of those that were there.

        They stay in `dropped`, word for word, and what they cost still counts as spent.
        """
        count = 0
        with self.together() as db:
            for key in keys:
                db.execute("INSERT INTO dropped SELECT * FROM replies WHERE key = ?", (key,))
                count += db.execute("DELETE FROM replies WHERE key = ?", (key,)).rowcount
        return count

    def settle(self, usd: Decimal) -> int:
        """Say what the attempts without an answer cost in truth, as the provider's bill has it.

        They are off the tab then; rows of open batches stay on it. Returns their number.
        """
        with self.together() as db:
            db.execute("INSERT INTO settled VALUES (?)", (str(usd),))
            return db.execute("DELETE FROM attempts WHERE batch IS NULL").rowcount

    @property
    def count(self) -> int:
        """How many replies are written down."""
        return self._db.execute("SELECT COUNT(*) FROM replies").fetchone()[0]

    @property
    def spent(self) -> Decimal:
        """Everything that was ever paid for what is written down here, in US dollars."""
        bodies = self._db.execute(
            "SELECT json_extract(reply, '$.cost_usd') FROM replies "
            "UNION ALL SELECT json_extract(reply, '$.cost_usd') FROM dropped "
            "UNION ALL SELECT usd FROM settled"
        )
        return sum((Decimal(str(cost or 0)) for (cost,) in bodies), Decimal(0))

    def left_of(self, budget_usd: Decimal) -> Decimal:
        """What is left of a budget; less than nothing after it was lowered."""
        return budget_usd - self.spent - self.set_aside

    @property
    def set_aside(self) -> Decimal:
        """The most that attempts without an answer can have cost, in US dollars."""
        amounts = self._db.execute("SELECT usd FROM attempts")
        return sum((Decimal(usd) for (usd,) in amounts), Decimal(0))

    @property
    def count_unanswered(self) -> tuple[int, int]:
        """Attempts that broke off or are in the air, and rows of open batches."""
        row = self._db.execute("SELECT COUNT(*) - COUNT(batch), COUNT(batch) FROM attempts")
        return row.fetchone()

    @property
    def answered_tokens(self) -> tuple[int, float]:
        """How many replies tell their length, and how long they are in the mean."""
        row = self._db.execute(
            "SELECT COUNT(*), COALESCE(AVG(tokens), 0) FROM (SELECT "
            "json_extract(reply, '$.completion_tokens') AS tokens FROM replies) WHERE tokens > 0"
        )
        return row.fetchone()

    @property
    def open_batches(self) -> list[tuple[int, str | None, int]]:
        """Number, the provider's id if it is known, and rows of each batch that is not over."""
        return self._db.execute(
            "SELECT b.number, b.batch_id, COUNT(a.number) FROM batches b "
            "LEFT JOIN attempts a ON a.batch = b.number GROUP BY b.number ORDER BY b.number"
        ).fetchall()

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()


def journal_key(*sent: str) -> str:
    """One key for everything that makes a reply what it is: model, settings, messages."""
    return hashlib.blake2b(json.dumps(sent).encode(), digest_size=16).hexdigest()
