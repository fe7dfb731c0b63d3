"""The lake: partitions of Parquet, JSONL and report files that are whole or not there.

A partition is a folder `<root>/<table>/<partition key>/` with a `manifest.json` that lists every
file with its sha256 and size. A new version is drafted beside the tables, under `.writing/`,
synced, and renamed into place; the old version waits under `.replaced/` until the new one is
there. A killed run leaves the old partition or the new one: readers look in both places. On an
object store, where folders cannot be renamed, files are copied with the manifest last.
Readers verify what they read.
"""

import fcntl
import hashlib
import json
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from upath import UPath

from fitsense_assets.lib.durable import (
    copy_tree,
    is_local,
    remove_tree,
    sha256_of,
    sync_file,
    sync_folder,
)
from fitsense_training.domain.errors import BadInput, CorruptArtifact, UnknownName
from fitsense_training.storage import telling_full

if TYPE_CHECKING:
    import polars as pl

MANIFEST = "manifest.json"
WRITING = ".writing"
REPLACED = ".replaced"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


@dataclass(frozen=True)
class FileEntry:
    """One file of a partition."""

    name: str
    sha256: str
    count_bytes: int
    is_volatile: bool = False


@dataclass(frozen=True)
class Manifest:
    """What a complete partition holds; `version` is the hash of its content alone."""

    version: str
    files: tuple[FileEntry, ...]
    count_rows: int
    facts: dict[str, Any] = field(default_factory=dict[str, Any])


class Draft:
    """A partition being written: put files into `folder`, then it is sealed on leaving."""

    def __init__(self, folder: UPath) -> None:
        """Draft in an existing temporary folder."""
        self.folder = folder
        self.count_rows = 0
        self.facts: dict[str, Any] = {}
        # Files that may differ between equal runs (timings): verified, but not part of `version`.
        self.volatile: set[str] = set()
        self.manifest: Manifest | None = None

    def write_text(self, name: str, text: str) -> None:
        """Write one text file."""
        (self.folder / name).write_bytes(text.encode())

    def write_frame(self, name: str, frame: "pl.DataFrame") -> None:
        """Write one Parquet file and count its rows."""
        with (self.folder / name).open("wb") as out:
            frame.write_parquet(out, compression="zstd", compression_level=1, statistics=True)
        self.count_rows += frame.height

    def write_folder(self, name: str, source: Path) -> None:
        """Copy a folder of this machine into the partition."""
        for path in sorted(source.rglob("*")):
            if path.is_file():
                target = self.folder / name / path.relative_to(source).as_posix()
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())

    @property
    def sealed(self) -> Manifest:
        """The manifest, once the block that wrote the draft has ended well."""
        if self.manifest is None:
            raise BadInput("the draft is not sealed yet: ask after the `with` block has ended")
        return self.manifest


class Lake:
    """All partitions under one root, local or remote."""

    def __init__(self, root: str) -> None:
        """Open the lake at a folder or fsspec URL; it is made on first write."""
        self.root = UPath(root)

    def folder(self, table: str, key: str) -> UPath:
        """Where a partition lies (whether or not it exists)."""
        target = self._place(table, key)
        if not (target / MANIFEST).exists():
            replaced = self._aside(REPLACED, table, key)
            if (replaced / MANIFEST).exists():
                return replaced
        return target

    def exists(self, table: str, key: str) -> bool:
        """Whether the partition is complete."""
        return (self.folder(table, key) / MANIFEST).exists()

    def keys(self, table: str) -> list[str]:
        """Keys of complete partitions, sorted."""
        found: set[str] = set()
        for base in (self.root / _named(table), self.root / REPLACED / table):
            if base.exists():
                found |= {e.name for e in base.iterdir() if (e / MANIFEST).exists()}
        return sorted(found)

    def manifest(self, table: str, key: str) -> Manifest:
        """The manifest of a complete partition.

        Raises:
            UnknownName: there is no such partition.
            CorruptArtifact: the manifest cannot be read.
        """
        path = self.folder(table, key) / MANIFEST
        if not path.exists():
            known = ", ".join(self.keys(table)) or "none yet"
            raise UnknownName(f"{table} has no partition {key!r} (there are: {known})")
        try:
            raw = json.loads(path.read_bytes())
            files = tuple(FileEntry(**entry) for entry in raw["files"])
            found = Manifest(raw["version"], files, raw["count_rows"], raw["facts"])
        except (ValueError, KeyError, TypeError) as error:
            raise _corrupt(path, table, key) from error
        if found.version != _version(files):
            raise _corrupt(path, table, key)
        return found

    def verify(self, table: str, key: str) -> Manifest:
        """The manifest, after every file's bytes were found to match it."""
        manifest = self.manifest(table, key)
        for entry in manifest.files:
            path = self.folder(table, key) / entry.name
            if not path.exists() or sha256_of(path) != entry.sha256:
                raise _corrupt(path, table, key)
        return manifest

    def read_frame(self, table: str, key: str, columns: list[str] | None = None) -> "pl.DataFrame":
        """All Parquet rows of a partition, verified, in file order."""
        import polars as pl  # heavy: only readers of frames pay for it

        return pl.concat(self.read_parts(table, key, columns))

    def read_parts(
        self, table: str, key: str, columns: list[str] | None = None
    ) -> Iterator["pl.DataFrame"]:
        """The same rows one file at a time, so that memory stays flat."""
        import polars as pl  # heavy: only readers of frames pay for it

        manifest = self.verify(table, key)
        names = [entry.name for entry in manifest.files if entry.name.endswith(".parquet")]
        if not names:
            raise CorruptArtifact(f"{table} {key} holds no Parquet file: materialize it again")
        for name in names:
            with (self.folder(table, key) / name).open("rb") as source:
                yield pl.read_parquet(source, columns=columns)

    def read_text(self, table: str, key: str, name: str) -> str:
        """One text file of a partition, verified."""
        if name not in {entry.name for entry in self.verify(table, key).files}:
            raise UnknownName(f"{table} {key} holds no file {name!r}")
        return (self.folder(table, key) / name).read_bytes().decode()

    @contextmanager
    def write(self, table: str, key: str) -> Generator[Draft]:
        """Write a whole partition; it replaces the old one only when the block ends well.

        `draft.sealed` is the manifest afterwards.

        Raises:
            BadInput: another run is writing the same partition.
            OutOfSpace: there is no room for it; the old partition stays.
        """
        temporary = self._aside(WRITING, table, key)
        with telling_full(f"{table} {key}"), self._alone(table, key):
            self.recover(table, key)
            temporary.mkdir(parents=True)
            draft = Draft(temporary)
            try:
                yield draft
                draft.manifest = _seal(draft)
                self._publish(table, key)
            finally:
                remove_tree(temporary)

    def recover(self, table: str, key: str) -> None:
        """Finish or undo what a kill left of a write, and drop its draft."""
        target, replaced = self._place(table, key), self._aside(REPLACED, table, key)
        remove_tree(self._aside(WRITING, table, key))
        if (replaced / MANIFEST).exists() and not (target / MANIFEST).exists():
            remove_tree(target)
            target.parent.mkdir(parents=True, exist_ok=True)
            replaced.rename(target)
        remove_tree(replaced)

    def _publish(self, table: str, key: str) -> None:
        """Put the sealed draft in place; the old partition is there until the new one is."""
        draft, target = self._aside(WRITING, table, key), self._place(table, key)
        if not self._is_local:
            copy_tree(draft, target, last=MANIFEST)
            return
        replaced = self._aside(REPLACED, table, key)
        for path in (target, replaced):
            path.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            target.rename(replaced)
        draft.rename(target)
        sync_folder(target.parent)
        remove_tree(replaced)

    @contextmanager
    def _alone(self, table: str, key: str) -> Generator[None]:
        """Hold the partition's lock; the system drops it when the process dies."""
        if not self._is_local:
            yield
            return
        lock = self.root / WRITING / _named(table) / f"{_named(key)}.lock"
        lock.parent.mkdir(parents=True, exist_ok=True)
        with lock.open("wb") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                message = f"{table} {key} is being written by another run: wait for it to end"
                raise BadInput(message) from error
            yield

    @property
    def _is_local(self) -> bool:
        return is_local(self.root)

    def _place(self, table: str, key: str) -> UPath:
        return self.root / _named(table) / _named(key)

    def _aside(self, side: str, table: str, key: str) -> UPath:
        return self.root / side / _named(table) / _named(key)


def _named(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise BadInput(f"{name[:70]!r} is no name of a table or partition: use letters and digits")
    return name


def _corrupt(path: UPath, table: str, key: str) -> CorruptArtifact:
    return CorruptArtifact(f"{path} is not what was written: materialize {table} {key} again")


def _seal(draft: Draft) -> Manifest:
    paths = sorted(
        (path.relative_to(draft.folder).as_posix(), path)
        for path in draft.folder.rglob("*")
        if path.is_file()
    )
    files = tuple(
        FileEntry(n, sha256_of(path), path.stat().st_size, n in draft.volatile) for n, path in paths
    )
    manifest = Manifest(_version(files), files, draft.count_rows, draft.facts)
    body = {
        "version": manifest.version,
        "count_rows": manifest.count_rows,
        "facts": manifest.facts,
        "files": [vars(entry) for entry in files],
    }
    (draft.folder / MANIFEST).write_bytes(json.dumps(body, indent=1, sort_keys=True).encode())
    for folder in {draft.folder, *(path.parent for _, path in paths)}:
        for path in folder.iterdir():
            if path.is_file():
                sync_file(path)
        sync_folder(folder)
    return manifest


def _version(files: tuple[FileEntry, ...]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for entry in files:
        if not entry.is_volatile:
            digest.update(f"{entry.name} {entry.sha256}\n".encode())
    return digest.hexdigest()
