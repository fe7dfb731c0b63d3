"""The journal: every paid reply, kept word for word, so that no question is paid for twice.

One SQLite file, rows as JSON. A reply is written down before anybody tries to read it.
"""

import hashlib
import json
import sqlite3
from dataclasses import asdict, replace
from pathlib import Path

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
        except sqlite3.DatabaseError as error:
            self._db.close()
            message = f"{path} is no reply journal: move it away and run again"
            raise CorruptArtifact(message) from error

    def find(self, key: str, query_id: str) -> Reply | None:
        """The reply written down under this key, told as a hit, or None."""
        row = self._db.execute("SELECT reply FROM replies WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        found = Reply(**json.loads(row[0]))
        return replace(found, query_id=query_id, cache_state=CacheState.HIT, cost_usd=0.0)

    def keep(self, key: str, reply: Reply) -> None:
        """Write a reply down; the first one under a key stays."""
        body = json.dumps(asdict(reply), ensure_ascii=False)
        self._db.execute("INSERT OR IGNORE INTO replies VALUES (?, ?)", (key, body))

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()


def journal_key(*sent: str) -> str:
    """One key for everything that makes a reply what it is: model, settings, messages."""
    return hashlib.blake2b(json.dumps(sent).encode(), digest_size=16).hexdigest()
