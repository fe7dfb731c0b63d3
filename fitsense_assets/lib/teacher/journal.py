"""The journal: every paid reply, kept word for word, so that no question is paid for twice.

One SQLite file, rows as JSON. A reply is written down before anybody tries to read it.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from fitsense_assets.lib.teacher.teacher import CacheState, Reply
from fitsense_training.domain.errors import CorruptArtifact


class Journal:
    """Replies by the hash of everything that was sent."""

    def __init__(self, path: Path) -> None:
        """Open or make the journal at a path."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._db = sqlite3.connect(path, isolation_level=None, timeout=30)
        try:
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, reply TEXT NOT NULL)"
            )
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS dropped (key TEXT NOT NULL, reply TEXT NOT NULL)"
            )
        except sqlite3.DatabaseError as error:
            self._db.close()
            message = f"{path} is no reply journal: move it away and run again"
            raise CorruptArtifact(message) from error

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
        self.keep_all([(key, reply)])

    def keep_all(self, replies: Iterable[tuple[str, Reply]]) -> None:
        """Write many down at once: all of them are on the disk afterwards, or none."""
        rows = [(key, json.dumps(asdict(reply), ensure_ascii=False)) for key, reply in replies]
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._db.executemany("INSERT OR IGNORE INTO replies VALUES (?, ?)", rows)
            self._db.execute("COMMIT")
        except sqlite3.Error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def forget(self, keys: Iterable[str]) -> int:
        """Put replies aside so that they are asked for anew; the number of those that were there.

        They stay in `dropped`, word for word, and what they cost still counts as spent.
        """
        count = 0
        self._db.execute("BEGIN IMMEDIATE")
        for key in keys:
            self._db.execute("INSERT INTO dropped SELECT * FROM replies WHERE key = ?", (key,))
            count += self._db.execute("DELETE FROM replies WHERE key = ?", (key,)).rowcount
        self._db.execute("COMMIT")
        return count

    @property
    def count(self) -> int:
        """How many replies are written down."""
        return self._db.execute("SELECT COUNT(*) FROM replies").fetchone()[0]

    @property
    def spent(self) -> Decimal:
        """Everything that was ever paid for what is written down here, in US dollars."""
        bodies = self._db.execute(
            "SELECT json_extract(reply, '$.cost_usd') FROM replies "
            "UNION ALL SELECT json_extract(reply, '$.cost_usd') FROM dropped"
        )
        return sum((Decimal(str(cost or 0)) for (cost,) in bodies), Decimal(0))

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()


def journal_key(*sent: str) -> str:
    """One key for everything that makes a reply what it is: model, settings, messages."""
    return hashlib.blake2b(json.dumps(sent).encode(), digest_size=16).hexdigest()
