"""The champion, by hand: promote, roll back, explain."""

from datetime import UTC, datetime

from fitsense_assets.lib.registry import promote
from fitsense_assets.lib.registry.store import Registry
from fitsense_training.settings import Settings


def promote_version(settings: Settings, version: str, *, is_forced: bool) -> str:
    """Make a version the champion; BadInput when the policy kept it out and nobody forces it."""
    now = datetime.now(tz=UTC)
    moved = promote.promote(Registry.of(settings), version, now, is_forced=is_forced)
    return _say(moved)


def roll_back(settings: Settings) -> str:
    """Give the alias back; BadInput when there is nobody to give it to."""
    return _say(promote.rollback(Registry.of(settings), datetime.now(tz=UTC)))


def explain_version(settings: Settings, version: str) -> str:
    """What was decided about a version."""
    return promote.why(Registry.of(settings), version)


def _say(moved: promote.Moved) -> str:
    if moved.before == moved.after:
        return f"the champion is version {moved.after}, as before"
    return f"the champion was {moved.before or 'nobody'} and is now version {moved.after}"
