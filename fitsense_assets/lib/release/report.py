"""What a release is, as Markdown for the UI."""

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.markdown import table
from fitsense_assets.lib.release.diff import diff_markdown, diff_releases
from fitsense_assets.lib.release.manifest import TABLE, FilePin, Pins


def pins_table(pins: Pins) -> str:
    """One line per pinned table."""
    rows = [
        (cohort, name, pin.version[:12], pin.count_rows, len(pin.files), _size(pin.files))
        for cohort, held in pins.cohorts.items()
        for name, pin in held.tables.items()
    ]
    return table(("cohort", "table", "version", "rows", "files", "MB"), rows)


def _size(files: tuple[FilePin, ...]) -> float:
    return sum(file.count_bytes for file in files) / 1e6


def since_previous(lake: Lake, pins: Pins) -> str:
    """What changed since the release before, if that is pinned."""
    if pins.previous is None or not lake.exists(TABLE, pins.previous):
        return "There is no release before this one."
    return diff_markdown(diff_releases(lake, pins.previous, pins.release))
