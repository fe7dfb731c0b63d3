"""The whole difference between two plans, as changes a person can accept or reject one by one.

`plan.apply` carries a difference out and takes it back: `apply(diff(a, b), a) == b` and
`revert(diff(a, b), b) == a`. Ids are words a client can keep: `plan/goal`, `mon/focus`,
`mon/line/goblet_squat`. They name the days and exercises of the plan before, so the same step has
the same id whatever else changes. A difference says nothing about safety: review the plan it makes.
"""

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from fitsense_training.domain.plan.lines import pair_sessions, same_work
from fitsense_training.domain.plan.model import Prescription, Session, WorkoutPlan
from fitsense_training.domain.vocabulary import ReasonCode, Weekday

Scalar = str | int | tuple[str, ...]
PLAN_FIELDS = (
    "goal",
    "aerobic_min_per_week",
    "aerobic_intensity",
    "progression",
    "stop_signs",
    "reasons",
)
SESSION_FIELDS = ("weekday", "focus", "warm_up_min")


class _Change(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(max_length=80)]
    reason: ReasonCode


class FieldChange(_Change):
    """A value of the plan (`weekday` None) or of a session: its day, focus, warm-up, order."""

    kind: Literal["field"] = "field"
    weekday: Weekday | None
    field: str
    before: Scalar
    after: Scalar

    @property
    def is_history(self) -> bool:
        """Whether it tells why the plan last changed, and asks nobody for other work."""
        return self.weekday is None and self.field == "reasons"


class SessionChange(_Change):
    """A session that is new (`before` None) or gone (`after` None)."""

    kind: Literal["session"] = "session"
    before: Session | None
    after: Session | None

    @property
    def is_history(self) -> bool:
        """Never: a session is work."""
        return False


class LineChange(_Change):
    """A line that is new, gone, dosed otherwise, or exchanged for another exercise.

    `before_follows` and `after_follows` are the exercises a gone and a new line stand behind in
    their own plans; None is the first place.
    """

    kind: Literal["line"] = "line"
    weekday: Weekday
    before: Prescription | None
    after: Prescription | None
    before_follows: str | None = None
    after_follows: str | None = None

    @property
    def is_history(self) -> bool:
        """Whether only the reason of the last change differs, and the work is the same."""
        both = self.before is not None and self.after is not None
        return both and same_work(self.before, self.after)  # pyright: ignore[reportArgumentType]


Change = Annotated[FieldChange | SessionChange | LineChange, Field(discriminator="kind")]


class PlanDiff(BaseModel):
    """Every change between two plans; the plan's own first, then day by day. JSON keeps it whole.

    `changes` that are history go along with whatever is accepted; a person chooses among `choices`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    changes: tuple[Change, ...]

    @property
    def choices(self) -> tuple[Change, ...]:
        """The changes a person may accept or reject."""
        return tuple(change for change in self.changes if not change.is_history)

    @property
    def moves(self) -> dict[Weekday, Weekday]:
        """Sessions that go to another day: the day before and the day after."""
        return {
            change.weekday: Weekday(str(change.after))
            for change in self.changes
            if isinstance(change, FieldChange)
            and change.field == "weekday"
            and change.weekday is not None
        }


def diff(before: WorkoutPlan, after: WorkoutPlan) -> PlanDiff:
    """Everything that differs between two plans; empty where they are equal.

    A session that goes to another day and keeps an exercise is a move, not a loss and a gain; an
    exercise in the place of another is an exchange. Every change has a reason: that of its line,
    else the first one of the new plan.
    """
    why = after.reasons[0]
    changes: list[FieldChange | SessionChange | LineChange] = list(
        _fields(None, PLAN_FIELDS, (before, after), why)
    )
    pairs = [pair for found in pair_sessions(before, after) for pair in _split(*found)]
    for old, new in sorted(pairs, key=_day):
        if old is not None and new is not None:
            changes.extend(_session_changes(old, new, why))
        elif old is not None:
            name = f"{old.weekday}/removed"
            changes.append(SessionChange(id=name, reason=why, before=old, after=None))
        elif new is not None:
            name = f"{new.weekday}/added"
            changes.append(SessionChange(id=name, reason=why, before=None, after=new))
    return PlanDiff(changes=tuple(changes))


Pair = tuple[Session | None, Session | None]


def _split(old: Session | None, new: Session | None) -> Iterator[Pair]:
    """A pair, taken apart where it stands on two days and shares no exercise."""
    if old is None or new is None or old.weekday is new.weekday or set(ids(old)) & set(ids(new)):
        yield old, new
    else:
        yield old, None
        yield None, new


def _day(pair: Pair) -> tuple[int, bool]:
    old, new = pair
    first = old or new
    return (first.weekday.order if first else 7), old is None


def ids(session: Session) -> tuple[str, ...]:
    """The exercises of a session in their order."""
    return tuple(item.exercise_id for item in session.prescriptions)


def _fields(
    weekday: Weekday | None,
    names: tuple[str, ...],
    pair: tuple[BaseModel, BaseModel],
    why: ReasonCode,
) -> Iterator[FieldChange]:
    dumps = [each.model_dump(mode="json", include=set(names)) for each in pair]
    for name in names:
        old, new = (_scalar(dump[name]) for dump in dumps)
        if old != new:
            yield FieldChange(
                id=f"{weekday or 'plan'}/{name}",
                reason=why,
                weekday=weekday,
                field=name,
                before=old,
                after=new,
            )


def _scalar(value: Any) -> Scalar:
    return tuple(value) if isinstance(value, list) else value


def _session_changes(
    old: Session, new: Session, why: ReasonCode
) -> Iterator[FieldChange | LineChange]:
    yield from _fields(old.weekday, SESSION_FIELDS, (old, new), why)
    lines = tuple(_line_changes(old, new, why))
    yield from lines
    if merged(old, lines) != ids(new):
        yield FieldChange(
            id=f"{old.weekday}/order",
            reason=why,
            weekday=old.weekday,
            field="order",
            before=ids(old),
            after=ids(new),
        )


def merged(old: Session, changes: tuple[LineChange, ...]) -> tuple[str, ...]:
    """The exercises of a session after all its line changes, before any reordering."""
    gone = {c.before.exercise_id: c.after for c in changes if c.before is not None}
    names = [gone[name].exercise_id if gone.get(name) else name  # pyright: ignore[reportOptionalMemberAccess]
             for name in ids(old) if gone.get(name, name) is not None]  # fmt: skip
    for change in changes:
        if change.before is None and change.after is not None:
            place = names.index(change.after_follows) + 1 if change.after_follows else 0
            names.insert(place, change.after.exercise_id)
    return tuple(names)


def _line_changes(old: Session, new: Session, why: ReasonCode) -> Iterator[LineChange]:
    olds = {item.exercise_id: item for item in old.prescriptions}
    news = {item.exercise_id: item for item in new.prescriptions}
    swaps = dict(_exchanges(ids(old), ids(new)))
    partners = set(swaps.values())
    for name, item in olds.items():
        other = news.get(swaps.get(name, name))
        if other != item:
            yield _line(old.weekday, item, other, (_previous(old, name), None), why)
    for name, item in news.items():
        if name not in olds and name not in partners:
            yield _line(old.weekday, None, item, (None, _previous(new, name)), why)


def _line(
    weekday: Weekday,
    before: Prescription | None,
    after: Prescription | None,
    follows: tuple[str | None, str | None],
    why: ReasonCode,
) -> LineChange:
    first = before or after
    is_pair = before is not None and after is not None
    return LineChange(
        id=f"{weekday}/line/{first.exercise_id if first else ''}",
        reason=(after.reason if after else None) or why,
        weekday=weekday,
        before=before,
        after=after,
        before_follows=None if is_pair else follows[0],
        after_follows=None if is_pair else follows[1],
    )


def _previous(session: Session, name: str) -> str | None:
    names = ids(session)
    place = names.index(name)
    return names[place - 1] if place else None


def _exchanges(old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Exercises in the place of others: gone and new ones between the same neighbours."""
    for operation, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if operation == "replace":
            gone = [name for name in old[i1:i2] if name not in new]
            come = [name for name in new[j1:j2] if name not in old]
            yield from zip(gone, come, strict=False)


def inverse(found: PlanDiff) -> PlanDiff:
    """The difference that takes another back; every change keeps its id."""
    moves = found.moves
    return PlanDiff(changes=tuple(_inverse(change, moves) for change in found.changes))


def _inverse(
    change: FieldChange | SessionChange | LineChange, moves: Mapping[Weekday, Weekday]
) -> FieldChange | SessionChange | LineChange:
    update: dict[str, Any] = {"before": change.after, "after": change.before}
    if not isinstance(change, SessionChange) and change.weekday is not None:
        update["weekday"] = moves.get(change.weekday, change.weekday)
    if isinstance(change, LineChange):
        update |= {"before_follows": change.after_follows, "after_follows": change.before_follows}
    return change.model_copy(update=update)
