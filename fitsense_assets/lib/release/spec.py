"""The spec of a release in the lake: which cohorts it is made of, and why, written once."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from fitsense_assets.lib.cohort.spec import TABLE as COHORTS
from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.prompt_set.recipe import reserved_cohort
from fitsense_training.domain.errors import BadInput, CorruptArtifact, UnknownName

TABLE = "release_specs"
FILE = "spec.json"
PREFIX = "r"
REVIEWED = "reviewed_responses"
_KEY = re.compile(r"r\d{4}")


@dataclass(frozen=True)
class ReleaseSpec:
    """A release before it is pinned; `previous` is the release before it, if there was one."""

    release: str
    cohorts: tuple[str, ...]
    reason: str
    previous: str | None = None


def add_release(lake: Lake, key: str, cohorts: Sequence[str], reason: str) -> ReleaseSpec:
    """Write a release's spec; the same cohorts and reason again are no harm.

    Raises:
        BadInput: the key is malformed, no cohort or reason is given, a cohort is not reviewed
            yet, or the release is there with another spec.
        UnknownName: there is no such cohort.
    """
    if not _KEY.fullmatch(key):
        raise BadInput(f"{key!r} is no release key: use r and four digits, such as r0001")
    reason = " ".join(reason.split())
    wanted = tuple(sorted(set(cohorts)))
    if lake.exists(TABLE, key):
        found = read_release(lake, key)
        if (found.cohorts, found.reason) != (wanted, reason):
            raise BadInput(f"release {key} exists with other cohorts or reason: use a new key")
        return found
    _refuse_unready(lake, wanted)
    if not reason:
        raise BadInput(f"release {key} needs a reason: say in a few words why it is made")
    earlier = [known for known in lake.keys(TABLE) if known < key]
    spec = ReleaseSpec(key, wanted, reason, earlier[-1] if earlier else None)
    with lake.write(TABLE, key) as draft:
        draft.write_text(FILE, json.dumps(vars(spec), indent=1, sort_keys=True))
    return spec


def _refuse_unready(lake: Lake, cohorts: Sequence[str]) -> None:
    if not cohorts:
        raise BadInput("a release needs a cohort: materialize reviewed_responses of one first")
    if reserved_cohort() in cohorts:
        raise BadInput(
            f"cohort {reserved_cohort()} is the fixed evaluation's own, and no release may hold "
            "it: add a cohort under another key"
        )
    known, ready = lake.keys(COHORTS), ready_cohorts(lake)
    for cohort in cohorts:
        if cohort not in known:
            raise UnknownName(f"there is no cohort {cohort!r} (there are: {', '.join(known)})")
        if cohort not in ready:
            raise BadInput(f"cohort {cohort} is not reviewed: materialize {REVIEWED} for it first")


def read_release(lake: Lake, key: str) -> ReleaseSpec:
    """A release's spec.

    Raises:
        UnknownName: there is no such release.
        CorruptArtifact: the spec cannot be read.
    """
    text = lake.read_text(TABLE, key, FILE)
    try:
        spec = ReleaseSpec(**json.loads(text))
        return replace(spec, cohorts=tuple(spec.cohorts))
    except (ValueError, TypeError) as error:
        raise CorruptArtifact(f"the spec of release {key} is no spec: add it again") from error


def ready_cohorts(lake: Lake) -> list[str]:
    """The cohorts whose replies are all reviewed, sorted."""
    reviewed = set(lake.keys(REVIEWED))
    return [c for c in lake.keys(COHORTS) if c in reviewed and c != reserved_cohort()]


def next_release_key(lake: Lake) -> str:
    """The key of the release to come."""
    return next_key(PREFIX, lake.keys(TABLE))


def next_key(prefix: str, known: Iterable[str]) -> str:
    """The key after the greatest known one: r0001 where there is none, r0008 after r0007."""
    places = [re.fullmatch(rf"{re.escape(prefix)}(\d+)", key) for key in known]
    return f"{prefix}{1 + max((int(place[1]) for place in places if place), default=0):04d}"
