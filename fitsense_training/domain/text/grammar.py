"""The grammar of one request: EBNF that lets exactly what the rules allow be written.

It fixes days, focus, warm-up, stop signs and aerobic work, and leaves to the writer which allowed
exercises to take, how many, and the dose within its bounds. What the prompt says stays can only be
named (`shorthand.py`); another line or session that the request does not touch only copied. Where
no line comes in or goes, all stand in their order. That no exercise stands twice in a session is
left to the decoder, which masks names already written.
"""

import json
from collections.abc import Iterable

from fitsense_training.domain.catalogue import Exercise, load_catalogue
from fitsense_training.domain.plan.model import Prescription, Session
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.additions import added_lines
from fitsense_training.domain.safety.aerobic_minutes import (
    adapted_aerobic_minutes,
    starting_aerobic_minutes,
)
from fitsense_training.domain.safety.bounds import (
    Bounds,
    aerobic_intensity,
    bounds_of,
    may_superset,
    warm_up_minutes,
)
from fitsense_training.domain.safety.change import is_plan_wide, lays_out_anew, without_dropped
from fitsense_training.domain.safety.dose_bounds import EFFORT_ROLES
from fitsense_training.domain.safety.inclusions import (
    asked_away,
    missing_inclusions,
    options,
    required_inclusions,
)
from fitsense_training.domain.safety.minimal_change import is_touched, must_shrink
from fitsense_training.domain.safety.reasons import request_reasons
from fitsense_training.domain.safety.sessions import prescribe, with_moves
from fitsense_training.domain.safety.validator import template_for
from fitsense_training.domain.science.supersets import LETTERS
from fitsense_training.domain.science.week import Day, exercises_max, is_resistance, lay_out_week
from fitsense_training.domain.text.choices import choices_of, stand_ins_of
from fitsense_training.domain.text.doses import changed_dose, fewer_sets, may_stay, new_dose
from fitsense_training.domain.text.ebnf import QUOTE, Option, Rules, any_of, one_of, quote
from fitsense_training.domain.text.rows import (
    row_head,
    row_of,
    same_row,
    same_session,
    session_body,
    session_head,
    session_in_order,
)
from fitsense_training.domain.text.shorthand import Kept, behind_number, kept_in, short_session
from fitsense_training.domain.text.variants import known_loads
from fitsense_training.domain.text.wire import write_dose, write_manner
from fitsense_training.domain.vocabulary import (
    OperationKind,
    ProgressionMethod,
    PromptType,
    Weekday,
)

EXTRA_ROWS = 3
SUPERSETS_MAX = 2  # of a session that is written anew
ROWS_MAX = 16
COMMA = '","'  # between the strings of a row
Reasons = Iterable[str] | None


def render_grammar(request: PlanRequest, prompt: str) -> str:
    """EBNF with the start rule `root` for the answer to a request, as its prompt tells it."""
    template = template_for(request)
    if template is not None:
        return f"root ::= {quote(json.dumps({'t': template}, separators=(',', ':')))}\n"
    return _Writer(request, kept_in(prompt)).write()


class _Writer:
    """Writes the grammar of one request."""

    def __init__(self, request: PlanRequest, kept: Kept) -> None:
        self.request, self.kept = request, kept
        self.bounds: Bounds = bounds_of(request)
        self.rules = Rules()
        self.doses: dict[tuple[object, ...], tuple[str, str]] = {}
        self.known_kg = known_loads(request)
        self.gone = asked_away(request, self.bounds)
        self.is_wide = is_plan_wide(request)
        self.added_ids = frozenset(
            op.exercise_id or "" for op in request.operations if op.kind is OperationKind.ADD
        )
        self.is_fresh = request.current_plan is None or lays_out_anew(request)
        plan = request.current_plan and with_moves(request.current_plan, request.operations)
        self.moves = any(operation.move for operation in request.operations)
        self.before = {session.weekday: session for session in plan.sessions} if plan else {}
        self.added = added_lines(request, plan) if plan else {}
        self.is_short_of = plan is not None and any(
            missing_inclusions(without_dropped(request, plan), self.bounds, load_catalogue())
        )

    def write(self) -> str:
        sessions = self._fresh() if self.is_fresh else self._changed()
        plan = self.request.current_plan
        minutes = starting_aerobic_minutes(self.bounds.profile)
        if plan is not None and not self.is_fresh:
            minutes = adapted_aerobic_minutes(self.request, plan.aerobic_min_per_week)
        head = f'{{"g":"{self.request.profile.main_goal}","s":['
        aerobic = f'],"a":"{minutes} {aerobic_intensity(self.bounds)}","p":"'
        signs = json.dumps(list(self.bounds.limits.stop_signs), separators=(",", ":"))
        root = [
            quote(head),
            *sessions,
            quote(aerobic),
            any_of(self._progressions()),
            quote(f'","x":{signs},"w":["'),
            any_of(request_reasons(self.request)),
            quote('"]}'),
        ]
        return self.rules.write(" ".join(root))

    def _progressions(self) -> tuple[ProgressionMethod, ...]:
        plan = self.request.current_plan
        if self.request.prompt_type is PromptType.SAFETY_ADJUSTMENT:
            return (ProgressionMethod.HOLD,)
        if self.request.progress is not None:
            hold, grow = ProgressionMethod.HOLD, ProgressionMethod.DOUBLE_PROGRESSION
            return (grow, hold, ProgressionMethod.DELOAD)
        if plan is None or self.is_fresh:
            return (ProgressionMethod.FIND_LOAD, ProgressionMethod.DOUBLE_PROGRESSION)
        return (plan.progression,)

    # ---------- a week laid out anew

    def _fresh(self) -> list[str]:
        parts: list[str] = []
        for day in lay_out_week(self.request.profile):
            separator = [quote(",")] if parts else []
            parts += [*separator, self._day(day)]
        return parts

    def _day(self, day: Day) -> str:
        choices = choices_of(day, self.bounds, self.known_kg, self.gone, self.added_ids)
        known = {exercise.id for exercise in choices}
        old = self.before.get(day.weekday)
        staying = [
            item
            for item in (old.prescriptions if old else ())
            if item.exercise_id in known and may_stay(item, self.request, self.bounds)
        ]
        row = self.rules.name("f", one_of(self._new_rows(choices, None)))
        takes_out = any(op.kind is OperationKind.REMOVE for op in self.request.operations)
        least = 2 if is_resistance(day.focus) and not takes_out else 1
        most = exercises_max(self.request.profile.session_minutes)
        most = max(least, most + len(required_inclusions(self.bounds)) + len(self.added_ids))
        warm_up = warm_up_minutes(self.bounds)
        body = session_body(session_head(day.weekday, day.focus, warm_up), row, (least, most))
        is_same = old is not None and (old.focus, old.warm_up_min) == (day.focus, warm_up)
        if old is not None and is_same and len(staying) == len(old.prescriptions):
            return one_of((same_session(old, self.kept), body))
        return one_of((body,))

    # ---------- a plan changed line by line

    def _changed(self) -> list[str]:
        sessions = list(self.before.values())
        may_drop = self.request.progress is not None and len(sessions) > 1
        parts: list[str] = []
        for index, session in enumerate(sessions):
            body = self._session(session)
            if index:
                body = f"{quote(',')} {body}"
            last = may_drop and index == len(sessions) - 1
            parts.append(f"({body})?" if last else body)
        return parts

    def _session(self, session: Session) -> str:
        """The session line by line; its day alone if it stays."""
        day = session.weekday
        if day in self.kept.sessions:
            return quote(short_session(day))
        required = [options(code, self.bounds)[0] for code in required_inclusions(self.bounds)]
        comes_in = [prescribe(exercise.id, self.bounds) for exercise in required]
        is_tight = self.moves or must_shrink(session, comes_in, self.bounds)
        if not (is_tight or self.is_short_of or self.kept.gone.get(day)):
            lines = self._in_order(session)
            if lines and all(lines):
                return one_of((session_in_order(self._head(session), lines),))
        return self._at_will(session, required, is_tight=is_tight)

    def _in_order(self, session: Session) -> list[list[Option]]:
        """The forms of each line that the prompt numbers, in its order: nothing comes or goes."""
        day = session.weekday
        old, added = self._left(session), self.added.get(day, ())
        forms = {item.exercise_id: self._old_rows(item, day, is_tight=False) for item in old}
        forms |= {item.exercise_id: [row_of(item, day, self.kept)] for item in added}
        return [forms.get(name, []) for where, name in self.kept.numbers if where == day]

    def _at_will(self, session: Session, required: list[Exercise], *, is_tight: bool) -> str:
        """Any number of lines in any order: kept, changed, replaced, or what is required."""
        items, day = session.prescriptions, session.weekday
        added = self.added.get(day, ())
        touched = [
            load_catalogue().by_id(item.exercise_id)
            for item in items
            if is_touched(item, self.request, self.bounds)
        ]
        taken = {item.exercise_id for item in items}
        new = [e for e in [*stand_ins_of(touched, self.bounds), *required] if e.id not in taken]
        left, head = self._left(session), self._head(session)
        stays = head == session_head(day, session.focus, session.warm_up_min)
        stays = stays and len(left) == len(items)
        stays = stays and all(may_stay(item, self.request, self.bounds) for item in items)
        same = same_session(session, self.kept)
        if stays and not (touched or new or added or is_tight or self.is_wide):
            return one_of((same,))
        rows = [row for item in left for row in self._old_rows(item, day, is_tight=is_tight)]
        coming = self._new_rows(dict.fromkeys(new), request_reasons(self.request))
        for number in self.kept.gone.get(day, ()):
            rows += [(behind_number(text, number), behind) for text, behind in coming]
        rows += coming
        rows += [row_of(item, day, self.kept) for item in added]
        row = self.rules.name("c", one_of(rows))
        count = (max(1, len(items) - EXTRA_ROWS), min(ROWS_MAX, len(items) + EXTRA_ROWS))
        body = session_body(head, row, count)
        return one_of((same, body) if stays else (body,))

    def _head(self, session: Session) -> str:
        warm_up_min = max(session.warm_up_min, self.bounds.limits.caps.warm_up_min)
        return session_head(session.weekday, session.focus, warm_up_min)

    def _left(self, session: Session) -> list[Prescription]:
        """What may be left of a session; it is not asked away whole: its last line stays."""
        allowed = [i for i in session.prescriptions if i.exercise_id in self.bounds.allowed]
        return [i for i in allowed if i.exercise_id not in self.gone] or allowed

    def _old_rows(self, item: Prescription, day: Weekday, *, is_tight: bool) -> list[Option]:
        """The forms a line may take: as it was, or changed as far as the request goes."""
        number = self.kept.numbers.get((day, item.exercise_id))
        rows = [same_row(item, day, self.kept)] if may_stay(item, self.request, self.bounds) else []
        if number in self.kept.lines:
            return rows
        manner = "".join(f',"{flag}"' for flag in write_manner(item))
        head, tail = row_head(item, number) + COMMA, quote(QUOTE + manner)
        flags = self._why(request_reasons(self.request), is_optional=True)
        if not self.is_wide and not is_touched(item, self.request, self.bounds):
            why = self._why(request_reasons(self.request), is_optional=False)
            fewer = (head, f"{fewer_sets(item)} {tail} {why} {quote(']')}")
            return [*rows, fewer] if is_tight and item.sets > 1 else rows
        if load_catalogue().by_id(item.exercise_id).role in EFFORT_ROLES:
            return rows or [(head, f"{quote(write_dose(item))} {tail} {flags} {quote(']')}")]
        is_told = number is not None
        behind, dose = changed_dose(item, self.request, self.bounds, is_told=is_told)
        flags = "" if self.is_wide else flags
        dose, ending = self.rules.name("d", dose), f"{tail} {flags} {quote(']')}"
        changed = f"{behind} {quote(COMMA)} {dose} {self.rules.name('t', ending)}"
        opens = f'["{number}' if is_told else f'["{item.exercise_id}'
        return [*rows, (opens, changed)]

    # ---------- lines that come in

    def _why(self, reasons: Iterable[str], *, is_optional: bool) -> str:
        body = f"{quote(',' + QUOTE + 'why:')} {any_of(reasons)} {quote(QUOTE)}"
        name = self.rules.name("w", body)
        return f"{name}?" if is_optional else name

    def _new_rows(self, exercises: Iterable[Exercise], reasons: Reasons) -> list[Option]:
        """One alternative per group of exercises that share a dose."""
        letters = LETTERS[:SUPERSETS_MAX] if may_superset(self.bounds) else ()
        ends = any_of((QUOTE, *(f'{QUOTE},"ss:{letter}"' for letter in letters)))
        why = "" if reasons is None else self._why(reasons, is_optional=self.is_wide)
        tail = f"{ends} {why} {quote(']')}"
        groups: dict[tuple[str, str], list[str]] = {}
        for exercise in exercises:
            groups.setdefault(self._new_dose(exercise), []).append(exercise.id)
        return [
            (
                "[" + QUOTE,
                f"{self.rules.name('e', self.rules.any_of_words('n', ids))} "
                f"{quote(behind + COMMA)} {self.rules.name('d', dose)} {tail}",
            )
            for (behind, dose), ids in groups.items()
        ]

    def _new_dose(self, exercise: Exercise) -> tuple[str, str]:
        """The dose of an exercise that comes in; many have the same, which is written once."""
        kind = (exercise.role, exercise.load_kind_default, exercise.is_loadable)
        key = (self.bounds.dose(exercise), *kind, self.known_kg.get(exercise.id))
        if key not in self.doses:
            self.doses[key] = new_dose(exercise, self.bounds, self.known_kg)
        return self.doses[key]
