"""Orders: what automation decided to make, written down once, so that no decision is doubled.

An order is a partition of the lake whose key is what caused it: the content that is due, or the
minute a schedule fired. Whoever comes second, be it another daemon or the same one after a kill,
finds the order there, or is refused while it is being written.
"""

import json
from collections.abc import Iterable
from datetime import datetime

from fitsense_assets.lib.cohort.config import make_config
from fitsense_assets.lib.cohort.spec import TABLE as COHORTS
from fitsense_assets.lib.cohort.spec import add_cohort
from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.manifest import TABLE as MANIFESTS
from fitsense_assets.lib.release.spec import TABLE as RELEASES
from fitsense_assets.lib.release.spec import add_release, next_key, next_release_key, read_release

RELEASE_ORDERS = "release_orders"
COHORT_ORDERS = "cohort_orders"
FILE = "order.json"
LOOKBACK_DAYS = 90


def order_release(lake: Lake, cause: str, cohorts: Iterable[str], reason: str) -> str:
    """The key of the release for this cause; its spec is added the first time.

    Raises:
        BadInput: another process is placing the same order.
    """
    if lake.exists(RELEASE_ORDERS, cause):
        return _ordered(lake, RELEASE_ORDERS, cause)
    wanted = tuple(sorted(cohorts))
    with lake.write(RELEASE_ORDERS, cause) as draft:
        release = _left_behind(lake, wanted, reason) or next_release_key(lake)
        add_release(lake, release, wanted, reason)
        draft.write_text(FILE, json.dumps({"key": release, "reason": reason}))
    return release


def order_cohort(lake: Lake, at: datetime, users: int, known: Iterable[str]) -> str:
    """The key of the cohort that is due at a minute; its spec is added the first time.

    `known` are keys that Dagster knows besides those of the lake.

    Raises:
        BadInput: another process is placing the same order.
    """
    cause = at.strftime("%Y%m%dT%H%M")
    if not lake.exists(COHORT_ORDERS, cause):
        with lake.write(COHORT_ORDERS, cause) as draft:
            taken = {*known, *lake.keys(COHORTS), *_all_ordered(lake)}
            draft.write_text(FILE, json.dumps({"key": next_key("c", taken), "users": users}))
    key = _ordered(lake, COHORT_ORDERS, cause)
    if not lake.exists(COHORTS, key):
        config = make_config(users=users, seed=seed_of(key), lookback_days=LOOKBACK_DAYS)
        add_cohort(lake, key, config)
    return key


def seed_of(key: str) -> int:
    """The seed of a cohort that nobody chose one for: the number in its key."""
    return int("".join(char for char in key if char.isdigit()) or 1)


def _left_behind(lake: Lake, cohorts: tuple[str, ...], reason: str) -> str | None:
    """The spec of the same release that a kill left without an order, if there is one."""
    specs = lake.keys(RELEASES)
    if not specs or lake.exists(MANIFESTS, specs[-1]):
        return None
    spec = read_release(lake, specs[-1])
    return spec.release if (spec.cohorts, spec.reason) == (cohorts, reason) else None


def _ordered(lake: Lake, table: str, cause: str) -> str:
    return str(json.loads(lake.read_text(table, cause, FILE))["key"])


def _all_ordered(lake: Lake) -> set[str]:
    return {_ordered(lake, COHORT_ORDERS, cause) for cause in lake.keys(COHORT_ORDERS)}
