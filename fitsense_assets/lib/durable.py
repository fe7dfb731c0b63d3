"""Files that survive a power cut; whole folders moved or removed, on disks and object stores."""

import contextlib
import hashlib
import os
import shutil

from upath import UPath


def is_local(path: UPath) -> bool:
    """Whether the path lies on a disk, where folders can be renamed and synced."""
    return path.protocol in ("", "file")


def sha256_of(path: UPath) -> str:
    """The sha256 of a file, read in pieces."""
    with path.open("rb") as source:
        digest = hashlib.sha256()
        while chunk := source.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def sync_file(path: UPath) -> None:
    """Make the bytes of a written file survive a power cut."""
    if is_local(path):
        with path.open("rb") as written:
            os.fsync(written.fileno())


def sync_folder(path: UPath) -> None:
    """Make renames and new names in a folder survive a power cut."""
    if not is_local(path):
        return
    handle = os.open(str(path), os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def copy_tree(source: UPath, target: UPath, last: str) -> None:
    """Copy a folder over another where none can be renamed.

    The file named `last` is the mark of completeness: it goes first and comes back at the end.
    """
    with contextlib.suppress(FileNotFoundError):
        (target / last).unlink()
    names = [p.relative_to(source).as_posix() for p in source.rglob("*") if p.is_file()]
    for path in list(target.rglob("*")) if target.exists() else []:
        if path.is_file() and path.relative_to(target).as_posix() not in names:
            path.unlink()
    for name in sorted(names, key=lambda name: (name == last, name)):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes((source / name).read_bytes())


def remove_tree(path: UPath) -> None:
    """Remove a folder and all in it, if it is there."""
    if not path.exists():
        return
    if is_local(path):
        shutil.rmtree(str(path))
    else:
        path.rmdir(recursive=True)
