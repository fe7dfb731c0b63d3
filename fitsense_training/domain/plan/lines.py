"""Which lines differ between two plans: the quick look that coach, rules and scoring share.

The whole difference, that can be accepted and taken back piece by piece, is `plan.diff`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from fitsense_training.domain.plan.model import Prescription, Session, WorkoutPlan
from fitsense_training.domain.vocabulary import ReasonCode, Weekday


class ChangeKind(StrEnum):
    """What happened to a line of a plan."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class LineDifference:
    """One line that differs; `before` is None for an added line, `after` for a removed one."""

    kind: ChangeKind
    weekday: Weekday
    exercise_id: str
    before: Prescription | None
    after: Prescription | None
    reason: ReasonCode | None


def same_work(first: Prescription, second: Prescription) -> bool:
    """Whether two lines ask for the same work, whatever their reasons."""
    if first.reason is second.reason:
        return first == second
    return first.model_copy(update={"reason": second.reason}) == second


def pair_sessions(
    before: WorkoutPlan, after: WorkoutPlan
) -> Iterator[tuple[Session | None, Session | None]]:
    """Sessions of both plans side by side: same weekday first, what is left in order."""
    old = {session.weekday: session for session in before.sessions}
    new = {session.weekday: session for session in after.sessions}
    for weekday in old.keys() & new.keys():
        yield old[weekday], new[weekday]
    left = [session for day, session in old.items() if day not in new]
    right = [session for day, session in new.items() if day not in old]
    for index in range(max(len(left), len(right))):
        yield (
            left[index] if index < len(left) else None,
            right[index] if index < len(right) else None,
        )


def kept_lines(
    before: WorkoutPlan, after: WorkoutPlan
) -> Iterator[tuple[Session, Prescription, Prescription]]:
    """Exercises that stand in both sessions of a pair: the new session, line before, line now."""
    for old, new in pair_sessions(before, after):
        was = {item.exercise_id: item for item in old.prescriptions} if old else {}
        for item in new.prescriptions if new else ():
            if new and item.exercise_id in was:
                yield new, was[item.exercise_id], item


def differing_lines(before: WorkoutPlan, after: WorkoutPlan) -> tuple[LineDifference, ...]:
    """Every line that differs, by weekday and place in the session."""
    found: list[LineDifference] = []
    for old, new in pair_sessions(before, after):
        found.extend(_session_changes(old, new))
    return tuple(sorted(found, key=lambda change: (change.weekday.order, change.exercise_id)))


def _session_changes(old: Session | None, new: Session | None) -> Iterator[LineDifference]:
    olds = {item.exercise_id: item for item in old.prescriptions} if old else {}
    news = {item.exercise_id: item for item in new.prescriptions} if new else {}
    weekday = _weekday(old, new)
    for name, item in olds.items():
        if name not in news:
            yield LineDifference(ChangeKind.REMOVED, weekday, name, item, None, None)
    for name, item in news.items():
        before = olds.get(name)
        if before is None:
            yield LineDifference(ChangeKind.ADDED, weekday, name, None, item, item.reason)
        elif not same_work(before, item):
            yield LineDifference(ChangeKind.CHANGED, weekday, name, before, item, item.reason)


def _weekday(old: Session | None, new: Session | None) -> Weekday:
    session = new if new is not None else old
    if session is None:
        raise ValueError("a pair of sessions has at least one side")
    return session.weekday


def without_reasons(plan: WorkoutPlan) -> WorkoutPlan:
    """A plan without the reasons of its last change, which are history once it is followed."""
    if all(item.reason is None for _, item in plan.items()):
        return plan
    sessions = tuple(
        session.model_copy(
            update={
                "prescriptions": tuple(
                    item.model_copy(update={"reason": None}) for item in session.prescriptions
                )
            }
        )
        for session in plan.sessions
    )
    return plan.model_copy(update={"sessions": sessions})
