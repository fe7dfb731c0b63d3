"""Moving the champion alias: decide, write the dossier, move, read back; and all the way back.

The order is the promise: the dossier is on disk and in MLflow before the alias moves, so a killed
promotion leaves a decision without effect, never an effect without a decision.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from fitsense_assets.lib.registry.dossier import Dossier
from fitsense_assets.lib.registry.lease import hold_lease
from fitsense_assets.lib.registry.policy import Outcome
from fitsense_assets.lib.registry.store import Registry
from fitsense_training.domain.errors import BadInput, CorruptArtifact
from fitsense_training.registration import CHAMPION, MODEL, VersionTag

DOSSIER_FOLDER = "promotion"
TAG_MAX_CHARS = 4000


@dataclass(frozen=True)
class Moved:
    """Where the champion alias was, and where it is now."""

    before: str | None
    after: str | None


def settle(registry: Registry, dossier: Dossier, now: datetime) -> Moved:
    """Carry a decision out: record it, then move the alias if it says so.

    Refuses a dossier that was written against another champion than today's.
    """
    with hold_lease(registry.lease_path):
        before = registry.champion()
        if before == dossier.challenger:
            return Moved(before, before)
        if before != dossier.champion:
            raise BadInput(
                f"the champion changed from {dossier.champion} to {before} while version "
                f"{dossier.challenger} was judged: materialize registered_student again"
            )
        _record(registry, dossier)
        if dossier.verdict.outcome is Outcome.PROMOTE:
            _move(registry, dossier.challenger, before, now)
        return Moved(before, registry.champion())


def promote(registry: Registry, number: str, now: datetime, *, is_forced: bool = False) -> Moved:
    """Make a version the champion because a person says so.

    A version that the policy kept out is refused unless forced.
    """
    with hold_lease(registry.lease_path):
        tags = registry.version(number).tags
        decision = tags.get(VersionTag.DECISION)
        if decision != Outcome.PROMOTE and not is_forced:
            reasons = tags.get(VersionTag.DECISION_WHY, "it was never judged")
            raise BadInput(
                f"version {number} was not found fit ({decision or 'no decision'}): {reasons}. "
                "Force it only if you answer for it."
            )
        before = registry.champion()
        if before != number:
            _move(registry, number, before, now)
        return Moved(before, number)


def rollback(registry: Registry, now: datetime) -> Moved:
    """Give the alias back to the champion before this one."""
    with hold_lease(registry.lease_path):
        before = registry.champion()
        if before is None:
            raise BadInput(
                "there is no champion to roll back: materialize registered_student first"
            )
        previous = registry.version(before).tags.get(VersionTag.PREVIOUS_CHAMPION)
        if not previous:
            raise BadInput(f"version {before} is the first champion: there is none to go back to")
        registry.version(previous)
        registry.client.set_model_version_tag(
            MODEL, before, VersionTag.ROLLED_BACK_AT, now.isoformat(timespec="seconds")
        )
        _point(registry, previous)
        return Moved(before, previous)


def why(registry: Registry, number: str) -> str:
    """What was decided about a version, in lines for a person."""
    version = registry.version(number)
    tags = version.tags
    lines = [
        f"{MODEL} version {number}: release {tags.get(VersionTag.RELEASE, 'unknown')}, "
        f"cohorts {tags.get(VersionTag.COHORTS, 'unknown')}",
        f"decision: {tags.get(VersionTag.DECISION, 'none yet')}",
        *(f"  {line}" for line in tags.get(VersionTag.DECISION_WHY, "").splitlines()),
    ]
    words = {
        VersionTag.PROMOTED_AT: "promoted at",
        VersionTag.PREVIOUS_CHAMPION: "took over from version",
        VersionTag.ROLLED_BACK_AT: "rolled back at",
    }
    lines += [f"{text}: {tags[tag]}" for tag, text in words.items() if tags.get(tag)]
    lines.append("is the champion" if registry.champion() == number else "is not the champion")
    return "\n".join(lines)


def _record(registry: Registry, dossier: Dossier) -> None:
    """The dossier as artifacts of the challenger's run, and the decision as tags of its version."""
    version = registry.version(dossier.challenger)
    with TemporaryDirectory() as folder:
        for name, text in (
            ("dossier.json", dossier.to_json()),
            ("dossier.html", dossier.to_html()),
        ):
            path = Path(folder) / name
            path.write_text(text, encoding="utf-8")
            registry.client.log_artifact(str(version.run_id), str(path), DOSSIER_FOLDER)
    reasons = "\n".join(dossier.verdict.reasons)[:TAG_MAX_CHARS]
    for key, value in (
        (VersionTag.DECISION, str(dossier.verdict.outcome)),
        (VersionTag.DECISION_WHY, reasons),
        (VersionTag.FAILED_GATES, "\n".join(dossier.verdict.failed_gates)[:TAG_MAX_CHARS]),
    ):
        registry.client.set_model_version_tag(MODEL, dossier.challenger, key, value)


def _move(registry: Registry, number: str, before: str | None, now: datetime) -> None:
    tags = {
        VersionTag.PREVIOUS_CHAMPION: before or "",
        VersionTag.PROMOTED_AT: now.isoformat(timespec="seconds"),
    }
    for key, value in tags.items():
        registry.client.set_model_version_tag(MODEL, number, key, value)
    _point(registry, number)


def _point(registry: Registry, number: str) -> None:
    registry.client.set_registered_model_alias(MODEL, CHAMPION, number)
    found = registry.champion()
    if found != number:
        raise CorruptArtifact(
            f"the champion reads back as {found}, not {number}: look at {registry.uri}"
        )
