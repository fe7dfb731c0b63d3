"""What the children of the supervisor hold in memory once all of them answer."""

import socket
import threading
import time
from collections.abc import Callable, Mapping

import psutil

READY_WITHIN_S = 180.0
POLL_S = 1.0
# A port answers a moment before its process has read all it needs.
SETTLE_S = 10.0
MB = 1_000_000


def tell_when_ready(
    host: str,
    ports: Mapping[str, int],
    commands: Mapping[str, str],
    tell: Callable[[str], None],
) -> threading.Thread:
    """Watch beside the supervisor, and say one line when all of them have settled."""
    watch = threading.Thread(
        target=_watch, args=(host, ports, commands, tell), name="memory", daemon=True
    )
    watch.start()
    return watch


def memory_line(processes: Mapping[str, tuple[int, int]]) -> str:
    """Bytes and processes of each child in one line; memory that is shared counts for each."""
    parts = [
        f"{name} {count_bytes / MB:.0f} MB in {count} {'process' if count == 1 else 'processes'}"
        for name, (count_bytes, count) in processes.items()
    ]
    total = sum(count_bytes for count_bytes, _ in processes.values())
    return f"ready, idle memory: {', '.join(parts)}; {total / MB:.0f} MB together"


def memory_of(command: str) -> tuple[int, int]:
    """Bytes and processes below this process that came from one command."""
    for child in psutil.Process().children(recursive=True):
        if _is_of(child, command):
            sizes = [_size(process) for process in (child, *child.children(recursive=True))]
            return sum(sizes), len(sizes)
    return 0, 0


def _watch(
    host: str,
    ports: Mapping[str, int],
    commands: Mapping[str, str],
    tell: Callable[[str], None],
) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while not all(_answers(host, port) for port in ports.values()):
        if time.monotonic() > deadline:
            return
        time.sleep(POLL_S)
    time.sleep(SETTLE_S)
    tell(memory_line({name: memory_of(command) for name, command in commands.items()}))


def _answers(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(POLL_S)
        return probe.connect_ex((host, port)) == 0


def _is_of(process: psutil.Process, command: str) -> bool:
    try:
        return command in " ".join(process.cmdline())
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def _size(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0
