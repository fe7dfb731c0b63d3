"""`fitsense orphans`: what killed registrations left behind, as a table, and its removal."""

from rich.console import Console
from rich.table import Table

from fitsense_assets.lib.registry.orphans import Orphan, find_orphans, remove_orphans
from fitsense_assets.lib.registry.store import Registry
from fitsense_training.settings import Settings


def show_orphans(settings: Settings, *, removes: bool) -> None:
    """Print the orphans, and remove them where that was asked for."""
    registry, console = Registry.of(settings), Console()
    orphans = find_orphans(registry)
    if not orphans:
        console.print("Every recorded student has its version: there is nothing to remove.")
        return
    console.print(_table(orphans))
    if removes:
        remove_orphans(registry, orphans)
        console.print(f"{len(orphans)} removed.")
    else:
        console.print("Nobody is served these. `fitsense orphans --remove` deletes them for good.")


def _table(orphans: list[Orphan]) -> Table:
    table = Table(show_edge=False)
    for name in ("release", "run", "state"):
        table.add_column(name)
    table.add_column("MB", justify="right")
    for each in orphans:
        size = f"{each.count_bytes / 1e6:.1f}"
        table.add_row(each.release, each.run_id, each.status.lower(), size)
    return table
