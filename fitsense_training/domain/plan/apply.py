"""Carrying out a difference between plans, whole or in part, and taking it back.

What is left out of a part stays as the plan has it. The plan that comes out keeps to the schema of
plans, and nothing more: review it before anybody trains by it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from pydantic import ValidationError

from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.plan.diff import (
    Change,
    FieldChange,
    LineChange,
    PlanDiff,
    SessionChange,
    ids,
    inverse,
)
from fitsense_training.domain.plan.model import Prescription, Session, WorkoutPlan
from fitsense_training.domain.vocabulary import Weekday


def apply(found: PlanDiff, plan: WorkoutPlan, accept: Collection[str] | None = None) -> WorkoutPlan:
    """The plan with the changes of a difference, or with those whose ids are accepted.

    Raises:
        BadInput: an id is not of this difference, the plan is not the one it was made for, or what
            is accepted makes no plan by itself, such as two sessions on one day.
    """
    return _carry_out(found, plan, _chosen(found, accept))


def revert(found: PlanDiff, plan: WorkoutPlan, ids: Collection[str] | None = None) -> WorkoutPlan:
    """The plan without the changes of a difference, or without those with these ids.

    `revert(found, apply(found, plan, ids), ids)` is the plan again.

    Raises:
        BadInput: as `apply`; also where the plan has been changed in the same places since.
    """
    return _carry_out(inverse(found), plan, _chosen(found, ids))


def _chosen(found: PlanDiff, accept: Collection[str] | None) -> frozenset[str]:
    """The ids to carry out: the accepted ones, and history where anything at all is accepted."""
    known = {change.id for change in found.changes}
    if accept is None:
        return frozenset(known)
    if unknown := sorted(set(accept) - known):
        raise BadInput(f"{', '.join(unknown)} is no change of this difference: {_some(known)}")
    if not accept:
        return frozenset()
    return frozenset(accept) | {change.id for change in found.changes if change.is_history}


def _some(known: Collection[str]) -> str:
    return f"choose from {', '.join(sorted(known)[:8])}" if known else "it has none"


def _carry_out(found: PlanDiff, plan: WorkoutPlan, chosen: frozenset[str]) -> WorkoutPlan:
    days = {session.weekday: session for session in plan.sessions}
    sessions = [_session(session, _of(found, day, days), chosen) for day, session in days.items()]
    kept = [session for session in sessions if session is not None]
    kept += _added(found, chosen)
    fields: dict[str, object] = dict(plan)
    for change in _accepted(found.changes, chosen):
        if isinstance(change, FieldChange) and change.weekday is None:
            _must_match(change.before, plan.model_dump(mode="json")[change.field], change)
            fields[change.field] = change.after
        elif isinstance(change, SessionChange) and change.before is not None:
            _must_match(change.before, days.get(change.before.weekday), change)
            kept = [session for session in kept if session != change.before]
        else:
            _must_have_a_day(change, found, days)
    fields["sessions"] = tuple(sorted(kept, key=lambda session: session.weekday.order))
    return _checked(fields)


def _checked(fields: dict[str, object]) -> WorkoutPlan:
    try:
        return WorkoutPlan.model_validate(fields)
    except ValidationError as error:
        message = error.errors(include_input=False)[0]["msg"]
        raise BadInput(
            f"what is accepted makes no plan by itself ({message}): accept or reject the changes "
            "of a session together"
        ) from error


def _accepted(changes: Iterable[Change], chosen: frozenset[str]) -> Iterable[Change]:
    return (change for change in changes if change.id in chosen)


def _added(found: PlanDiff, chosen: frozenset[str]) -> list[Session]:
    return [
        change.after
        for change in _accepted(found.changes, chosen)
        if isinstance(change, SessionChange) and change.after is not None
    ]


def _must_match(wanted: object, present: object, change: Change) -> None:
    if isinstance(present, list):
        present = tuple(present)
    if wanted != present:
        raise BadInput(
            f"{change.id} does not fit: this is not the plan it was made for; make the difference "
            "anew from the plan as it is"
        )


def _must_have_a_day(change: Change, found: PlanDiff, days: dict[Weekday, Session]) -> None:
    if isinstance(change, SessionChange) or change.weekday is None:
        return
    is_there = change.weekday in days or found.moves.get(change.weekday) in days
    _must_match(True, is_there, change)


@dataclass(frozen=True)
class _Row:
    """A place of a session: the line that stands there, and the one that is to stand there."""

    before: Prescription | None
    after: Prescription | None
    id: str

    def result(self, chosen: frozenset[str]) -> Prescription | None:
        return self.after if self.id in chosen else self.before

    def is_named(self, name: str) -> bool:
        return any(
            item is not None and item.exercise_id == name for item in (self.before, self.after)
        )


Part = tuple[FieldChange | LineChange, ...]


def _of(found: PlanDiff, day: Weekday, days: dict[Weekday, Session]) -> Part:
    """The changes of the session that stands on a day, moved already or still to be moved."""
    sources = {day} | {old for old, new in found.moves.items() if new is day and old not in days}
    return tuple(
        change
        for change in found.changes
        if not isinstance(change, SessionChange) and change.weekday in sources
    )


def _session(session: Session, changes: Part, chosen: frozenset[str]) -> Session | None:
    if not changes:
        return session
    fields: dict[str, object] = dict(session)
    order: tuple[str, ...] = ()
    for change in _accepted(changes, chosen):
        if not isinstance(change, FieldChange):
            continue
        if change.field == "order":
            order = tuple(change.after) if isinstance(change.after, tuple) else ()
            continue
        _must_match(change.before, session.model_dump(mode="json")[change.field], change)
        fields[change.field] = change.after
    rows = _rows(session, tuple(c for c in changes if isinstance(c, LineChange)), chosen)
    items = (row.result(chosen) for row in _reordered(rows, order))
    fields["prescriptions"] = tuple(item for item in items if item is not None)
    try:
        return Session.model_validate(fields)
    except ValidationError as error:
        message = error.errors(include_input=False)[0]["msg"]
        raise BadInput(
            f"what is accepted leaves no session on {session.weekday} ({message}): accept or "
            "reject the changes of that day together"
        ) from error


def _rows(session: Session, changes: tuple[LineChange, ...], chosen: frozenset[str]) -> list[_Row]:
    """The lines of a session, each with its change, and the new lines in their places.

    A change that is not chosen still marks its place, because a chosen one may stand behind it.
    """
    of_line = {c.before.exercise_id: c for c in changes if c.before is not None}
    rows: list[_Row] = []
    for item in session.prescriptions:
        change = of_line.get(item.exercise_id)
        if change is None:
            rows.append(_Row(item, item, ""))
            continue
        if change.id in chosen:
            _must_match(change.before, item, change)
        rows.append(_Row(item, change.after, change.id))
    for change in changes:
        _must_stand(change, session, chosen)
        if change.before is None and change.after is not None:
            _insert(rows, change, session)
    return rows


def _must_stand(change: LineChange, session: Session, chosen: frozenset[str]) -> None:
    """A chosen change finds the line it is about, and none in the place of a new line."""
    if change.id not in chosen:
        return
    present = ids(session)
    if change.before is not None:
        _must_match(True, change.before.exercise_id in present, change)
    elif change.after is not None:
        _must_match(False, change.after.exercise_id in present, change)


def _insert(rows: list[_Row], change: LineChange, session: Session) -> None:
    if change.after is None or change.after.exercise_id in ids(session):
        return  # it stands there already, and is not chosen
    place = 0
    if change.after_follows is not None:
        found = [i for i, row in enumerate(rows) if row.is_named(change.after_follows)]
        place = found[0] + 1 if found else len(rows)
    rows.insert(place, _Row(None, change.after, change.id))


def _reordered(rows: list[_Row], order: tuple[str, ...]) -> list[_Row]:
    """The rows in an order of exercises; one that is not in it stays behind the one before it."""
    ranks = {name: rank for rank, name in enumerate(order)}
    keys: list[int] = []
    for row in rows:
        names = [item.exercise_id for item in (row.after, row.before) if item is not None]
        rank = next((ranks[name] for name in names if name in ranks), None)
        keys.append(rank if rank is not None else (keys[-1] if keys else -1))
    return [row for _, row in sorted(zip(keys, rows, strict=True), key=lambda pair: pair[0])]
