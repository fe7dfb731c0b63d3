"""The grammar of one request: EBNF that lets exactly what the rules allow be written.

It fixes days, focus, warm-up, stop signs and aerobic work, and leaves to the writer which allowed
exercises to take, how many, and the dose within its bounds. Lines of the current plan that the
request does not touch can only be copied. That no exercise stands twice in a session is left to
the decoder, which masks names already written.
"""

import json
from collections.abc import Collection, Iterable

from fitsense_training.domain.catalogue import Exercise, load_catalogue
from fitsense_training.domain.plan.model import RIR_MAX, Load, Prescription, Session
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.bounds import (
    EFFORT_ROLES,
    Bounds,
    DoseBounds,
    aerobic_intensity,
    aerobic_minutes,
    bounds_of,
    request_reasons,
    warm_up_minutes,
)
from fitsense_training.domain.safety.change import is_plan_wide, is_touched, must_shrink
from fitsense_training.domain.safety.inclusions import (
    asked_away,
    options,
    required_inclusions,
    stand_ins,
)
from fitsense_training.domain.safety.repair import SECONDS_TO_HALVE
from fitsense_training.domain.safety.sessions import prescribe
from fitsense_training.domain.safety.shortlist import shortlist
from fitsense_training.domain.safety.validator import template_for
from fitsense_training.domain.science.week import (
    Day,
    exercises_max,
    is_resistance,
    lay_out_week,
    load_splits,
)
from fitsense_training.domain.text.variants import known_loads, lays_out_anew, load_options
from fitsense_training.domain.text.wire import write_dose, write_load
from fitsense_training.domain.vocabulary import (
    DoseKind,
    ExerciseRole,
    LoadKind,
    OperationKind,
    ProgressionMethod,
    PromptType,
    SessionFocus,
)

UNIT = {DoseKind.REPS: "", DoseKind.SECONDS: "sec", DoseKind.DISTANCE: "m"}
EXTRA_ROWS = 3
QUOTE = chr(34)


def render_grammar(request: PlanRequest) -> str:
    """EBNF with the start rule `root` for the answer to a request."""
    template = template_for(request)
    if template is not None:
        return f"root ::= {_quote(json.dumps({'t': template}, separators=(',', ':')))}\n"
    return _Writer(request).write()


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _any(texts: Iterable[str]) -> str:
    return "(" + " | ".join(_quote(text) for text in dict.fromkeys(texts)) + ")"


class _Writer:
    """Collects the rules of one grammar; equal rules are written once."""

    def __init__(self, request: PlanRequest) -> None:
        self.request = request
        self.bounds: Bounds = bounds_of(request)
        self.rules: dict[str, str] = {}
        self.known_kg = known_loads(request)
        self.gone = asked_away(request, self.bounds)

    def write(self) -> str:
        sessions = self._fresh() if self._is_fresh() else self._changed()
        plan = self.request.current_plan
        minutes = aerobic_minutes(self.bounds)
        if plan is not None and not self._is_fresh():
            minutes = plan.aerobic_min_per_week
        head = f'{{"g":"{self.request.profile.main_goal}","s":['
        aerobic = f'],"a":"{minutes} {aerobic_intensity(self.bounds)}","p":"'
        signs = json.dumps(list(self.bounds.limits.stop_signs), separators=(",", ":"))
        root = [
            _quote(head),
            *sessions,
            _quote(aerobic),
            _any(self._progressions()),
            _quote(f'","x":{signs},"w":["'),
            _any(request_reasons(self.request)),
            _quote('"]}'),
        ]
        rules = "".join(f"{name} ::= {body}\n" for body, name in self.rules.items())
        return f"root ::= {' '.join(root)}\n{rules}"

    def _is_fresh(self) -> bool:
        return self.request.current_plan is None or lays_out_anew(self.request)

    def _rule(self, prefix: str, body: str) -> str:
        """The name of the rule with this body."""
        return self.rules.setdefault(body, f"{prefix}{len(self.rules)}")

    def _progressions(self) -> tuple[ProgressionMethod, ...]:
        plan = self.request.current_plan
        if self.request.prompt_type is PromptType.SAFETY_ADJUSTMENT:
            return (ProgressionMethod.HOLD,)
        if self.request.progress is not None:
            hold, grow = ProgressionMethod.HOLD, ProgressionMethod.DOUBLE_PROGRESSION
            return (grow, hold, ProgressionMethod.DELOAD)
        if plan is None or self._is_fresh():
            return (ProgressionMethod.FIND_LOAD, ProgressionMethod.DOUBLE_PROGRESSION)
        return (plan.progression,)

    def _fresh(self) -> list[str]:
        most = exercises_max(self.request.profile.session_minutes)
        takes_out = any(op.kind is OperationKind.REMOVE for op in self.request.operations)
        parts: list[str] = []
        for day in lay_out_week(self.request.profile):
            rows = self._rule("f", " | ".join(self._new_rows(self._choices(day), None)))
            least = 2 if is_resistance(day.focus) and not takes_out else 1
            extra = len(required_inclusions(self.bounds))
            count = f"({_quote(',')} {rows}){{{least - 1},{max(least, most + extra) - 1}}}"
            head = _session_head(day.weekday, day.focus, warm_up_minutes(self.bounds))
            separator = [_quote(",")] if parts else []
            parts += [*separator, _quote(head), rows, count, _quote("]]")]
        return parts

    def _choices(self, day: Day) -> list[Exercise]:
        """What may stand on a day: its patterns, what is required, what is swapped in."""
        found = _exercises(day, self.bounds, self.known_kg)
        swapped = [e for e in found if e.id in self.gone]
        left = [e for e in found if e.id not in self.gone]
        new = [e for e in self._stand_ins(swapped) if e.id not in self.gone and e not in left]
        return [*left, *new] or found

    def _stand_ins(self, replaced: list[Exercise]) -> list[Exercise]:
        required = [e for exercise in replaced for e in stand_ins(exercise, self.bounds)]
        return [*_substitutes(replaced, self.bounds), *required]

    def _changed(self) -> list[str]:
        plan = self.request.current_plan
        sessions = plan.sessions if plan is not None else ()
        may_drop = self.request.progress is not None and len(sessions) > 1
        parts: list[str] = []
        for index, session in enumerate(sessions):
            body = self._session(session)
            if index:
                body = f"{_quote(',')} {body}"
            last = may_drop and index == len(sessions) - 1
            parts.append(f"({body})?" if last else body)
        return parts

    def _session(self, session: Session) -> str:
        rows: list[str] = []
        replaced: list[Exercise] = []
        missing = [options(c, self.bounds)[0] for c in required_inclusions(self.bounds)]
        lines = [prescribe(exercise.id, self.bounds) for exercise in missing]
        is_tight = must_shrink(session, lines, self.bounds)
        for item in session.prescriptions:
            exercise = load_catalogue().by_id(item.exercise_id)
            if item.exercise_id in self.bounds.allowed - self.gone:
                rows.append(self._kept_row(item, exercise, is_tight=is_tight))
            if is_touched(item, self.request, self.bounds):
                replaced.append(exercise)
        taken = {item.exercise_id for item in session.prescriptions}
        new = [*self._stand_ins(replaced), *missing]
        reasons = request_reasons(self.request)
        rows += self._new_rows([e for e in dict.fromkeys(new) if e.id not in taken], reasons)
        row = self._rule("c", " | ".join(dict.fromkeys(rows)))
        count = len(session.prescriptions)
        least, most = max(1, count - EXTRA_ROWS), min(16, count + EXTRA_ROWS)
        more = f"({_quote(',')} {row}){{{least - 1},{most - 1}}}"
        warm_up = max(session.warm_up_min, self.bounds.limits.caps.warm_up_min)
        head = _session_head(session.weekday, session.focus, warm_up)
        return f"{_quote(head)} {row} {more} {_quote(']]')}"

    def _kept_row(self, item: Prescription, exercise: Exercise, *, is_tight: bool) -> str:
        head = f'["{item.exercise_id}","'
        wide = is_plan_wide(self.request)
        if not wide and not is_touched(item, self.request, self.bounds):
            copy = _quote(f'{head}{write_dose(item)}"]')
            return f"{copy} | {self._fewer_sets(item)}" if is_tight and item.sets > 1 else copy
        flags = "" if wide else self._why(request_reasons(self.request), is_optional=True)
        if exercise.role in EFFORT_ROLES:
            return f"{_quote(head + write_dose(item))} {_quote(QUOTE)} {flags} {_quote(']')}"
        dose = self.bounds.dose(exercise)
        sets = _any(str(n) for n in range(1, min(item.sets + 1, dose.sets_max) + 1))
        sizes = _any(_sizes(item, dose))
        efforts = self._efforts(item, dose)
        return f"{_quote(head)} {sets} {sizes} {efforts} {_quote(QUOTE)} {flags} {_quote(']')}"

    def _fewer_sets(self, item: Prescription) -> str:
        """A line that makes room for what is required: the same work in fewer sets."""
        sets, rest = write_dose(item).split("x", 1)
        fewer = _any(str(n) for n in range(1, int(sets)))
        why = self._why(request_reasons(self.request), is_optional=False)
        head, tail = _quote(f'["{item.exercise_id}","'), _quote(f'x{rest}"')
        return f"{head} {fewer} {tail} {why} {_quote(']')}"

    def _efforts(self, item: Prescription, dose: DoseBounds) -> str:
        """` r2 90s rpe8` and its neighbours: reserve, rest and load that fit each other."""
        rest = min(max(item.rest_s, dose.rest_min_s), dose.rest_max_s)
        top = min(max(item.rir or 0, dose.rir_min) + 3, RIR_MAX)
        reserves = range(dose.rir_min, top + 1)
        if item.load.kind is LoadKind.KG:
            loads = _any(write_load(load) for load in load_options(item, self.request, self.bounds))
            return f"{_any(f' r{rir} {rest}s ' for rir in reserves)} {loads}"
        if item.load.kind is LoadKind.RPE:
            return _any(f" r{rir} {rest}s rpe{max(1, 10 - rir)}" for rir in reserves)
        return _any(f" r{rir} {rest}s {write_load(item.load)}" for rir in reserves)

    def _why(self, reasons: Iterable[str], *, is_optional: bool) -> str:
        body = f"{_quote(chr(44) + QUOTE + 'why:')} {_any(reasons)} {_quote(QUOTE)}"
        name = self._rule("w", body)
        return f"{name}?" if is_optional else name

    def _new_rows(self, exercises: Iterable[Exercise], reasons: Iterable[str] | None) -> list[str]:
        """One alternative per group of exercises that share a dose."""
        tail = _quote(QUOTE + "]")
        if reasons is not None:
            why = self._why(reasons, is_optional=is_plan_wide(self.request))
            tail = f"{_quote(QUOTE)} {why} {_quote(']')}"
        groups: dict[str, list[str]] = {}
        for exercise in exercises:
            groups.setdefault(self._new_dose(exercise), []).append(exercise.id)
        head, comma = _quote("[" + QUOTE), _quote(f"{QUOTE},{QUOTE}")
        return [
            f"{head} {self._rule('e', _any(ids))} {comma} {self._rule('d', dose)} {tail}"
            for dose, ids in groups.items()
        ]

    def _new_dose(self, exercise: Exercise) -> str:
        dose = self.bounds.dose(exercise)
        size = f"x{dose.low}-{dose.high}{UNIT[dose.kind]}"
        if dose.rir is None:
            load = write_load(self.bounds.load(exercise, None, None))
            sizes = [size]
            if exercise.role is ExerciseRole.CONDITIONING:  # a short session takes a part of it
                parts = (2, 4) if dose.low // 2 >= SECONDS_TO_HALVE else (2,)
                sizes += [f"x{dose.low // n}-{dose.high // n}{UNIT[dose.kind]}" for n in parts]
            return f"{_quote(str(dose.sets))} {_any(sizes)} {_quote(f' r- {dose.rest_s}s {load}')}"
        sets = _any(str(n) for n in range(1, min(dose.sets + 1, dose.sets_max) + 1))
        known = self.known_kg.get(exercise.id) or None

        def effort(rir: int) -> str:
            load: Load = self.bounds.load(exercise, rir, known)
            return f" r{rir} {dose.rest_s}s {write_load(load)}"

        reserves = range(dose.rir_min, (dose.rir or 0) + 2)
        return f"{sets} {_quote(size)} {_any(effort(rir) for rir in reserves)}"


def _session_head(weekday: str, focus: SessionFocus, warm_up_min: int) -> str:
    return f'["{weekday}","{focus}",{warm_up_min},['


def _sizes(item: Prescription, dose: DoseBounds) -> Iterable[str]:
    low = min(max(item.dose_low, dose.low_min), dose.high_max)
    high = min(max(item.dose_high, low), dose.high_max)
    yield f"x{low}-{high}{UNIT[dose.kind]}"
    if dose.kind is DoseKind.REPS and high < dose.high_max:
        yield f"x{low + 1}-{high + 1}"


def _exercises(day: Day, bounds: Bounds, known: Collection[str]) -> list[Exercise]:
    """Allowed exercises for a day: its patterns, what stands in for them, what is required."""
    splits = load_splits()
    found: dict[str, Exercise] = {}
    for pattern in dict.fromkeys(day.slots):
        for candidate in (pattern, *splits.instead_of.get(pattern, ())):
            group = shortlist(bounds, candidate, known)
            found |= {exercise.id: exercise for exercise in group}
            if group:
                break
    for code in required_inclusions(bounds):
        found |= {exercise.id: exercise for exercise in options(code, bounds)[:1]}
    return list(found.values())


def _substitutes(replaced: Iterable[Exercise], bounds: Bounds) -> list[Exercise]:
    splits = load_splits()
    found: dict[str, Exercise] = {}
    for exercise in replaced:
        for pattern in (exercise.pattern, *splits.instead_of.get(exercise.pattern, ())):
            found |= {e.id: e for e in shortlist(bounds, pattern, ())}
    return list(found.values())
