"""Which plan was followed when: what was planned in a week, and when training was last eased."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from fitsense_api.planned.repository import FollowedRevision
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.vocabulary import ReasonCode, Weekday

DELOAD_WEEK: Final = timedelta(days=7)
DELOAD_LEAST: Final = timedelta(days=5)
_WEEKDAYS: Final = tuple(Weekday)


@dataclass(frozen=True)
class Followed:
    """A plan from the moment it was accepted to the one that ended it; None goes on."""

    begins: datetime
    ends: datetime | None
    weekdays: frozenset[Weekday]
    is_deload: bool


def timeline(revisions: Sequence[FollowedRevision]) -> list[Followed]:
    """The plans that were followed, one after the other, by when they were accepted."""
    ordered = sorted(revisions, key=lambda each: each.decided_at)
    next_ones = [*(each.decided_at for each in ordered), None][1:]
    found: list[Followed] = []
    for each, next_at in zip(ordered, next_ones, strict=True):
        plan = WorkoutPlan.model_validate(each.plan)
        ends = [moment for moment in (next_at, each.removed_at) if moment is not None]
        weekdays = frozenset(session.weekday for session in plan.sessions)
        is_deload = ReasonCode.DELOAD.value in each.reasons
        found.append(Followed(each.decided_at, min(ends, default=None), weekdays, is_deload))
    return found


def count_planned(followed: Sequence[Followed], first: date, until: date) -> int | None:
    """The sessions planned from a day to before another; None where no plan was followed.

    Days count whole, from the one a plan was accepted on: a session on that day was still to come.
    """
    days = [first + timedelta(days=n) for n in range((until - first).days)]
    asked = [plan for day in days if (plan := _plan_of(followed, day)) is not None]
    if not asked:
        return None
    return sum(
        _weekday(day) in plan.weekdays
        for day in days
        if (plan := _plan_of(followed, day)) is not None
    )


def eased_until(followed: Sequence[Followed], now: datetime) -> datetime | None:
    """The end of the last deload week; who left it within five days had none."""
    for plan in reversed(followed):
        ends = plan.ends or now
        is_running = plan.ends is None
        if plan.is_deload and (is_running or ends - plan.begins >= DELOAD_LEAST):
            whole = plan.begins + DELOAD_WEEK
            return whole if is_running else min(whole, ends)
    return None


def _plan_of(followed: Sequence[Followed], day: date) -> Followed | None:
    """The plan of a day: the last that was accepted on it or before, unless it ended before."""
    began = [plan for plan in followed if plan.begins.date() <= day]
    if not began or (began[-1].ends is not None and began[-1].ends.date() <= day):
        return None
    return began[-1]


def _weekday(day: date) -> Weekday:
    return _WEEKDAYS[day.weekday()]
