"""Fitting the sets of a new week to the budget of each muscle (domain notes F4).

Sets are added where a muscle lacks them and the session has time, taken where a muscle has more
than the goal's range, and kept few for a novice's first weeks. No line leaves its bounds, and none
is added or dropped here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fitsense_training.domain.catalogue import Exercise, load_catalogue
from fitsense_training.domain.plan.model import Prescription, Session
from fitsense_training.domain.safety.bounds import Bounds
from fitsense_training.domain.science.budget import SetBudget, set_budgets
from fitsense_training.domain.science.landmarks import load_volume_rules
from fitsense_training.domain.science.progression import load_progression_rules
from fitsense_training.domain.science.volume import RESISTANCE_ROLES, session_minutes, set_seconds
from fitsense_training.domain.science.week import usable_minutes
from fitsense_training.domain.vocabulary import ExperienceLevel, Muscle, Pattern

LOWER_BODY = frozenset({Pattern.SQUAT, Pattern.HINGE, Pattern.LUNGE, Pattern.CALF})
UPPER_BODY = frozenset(
    {Pattern.H_PUSH, Pattern.V_PUSH, Pattern.H_PULL, Pattern.V_PULL}
    | {Pattern.ISO_ARM, Pattern.ISO_SHOULDER}
)


def fit_budgets(
    sessions: tuple[Session, ...], bounds: Bounds, *, is_new: bool
) -> tuple[Session, ...]:
    """The sessions with sets moved towards the budget of each muscle.

    Somebody new, of whom no load is known, is aimed at the lower bound; others at mid-range.
    """
    week = _Week.of(sessions, bounds)
    week.trim()
    week.fill({m: b.target(is_new=is_new) for m, b in week.budgets.items()})
    if is_new and bounds.profile.experience_level is ExperienceLevel.NOVICE:
        week.go_easy()
    return week.sessions()


def grow(sessions: tuple[Session, ...], bounds: Bounds, weeks: int) -> tuple[Session, ...]:
    """The sessions after so many weeks of growth: a set more a muscle and week, up to mid-range."""
    week = _Week.of(sessions, bounds)
    more = weeks * load_volume_rules().weekly_growth_sets.value
    before = dict(week.done)
    week.fill({m: min(b.middle, before.get(m, 0.0) + more) for m, b in week.budgets.items()})
    return week.sessions()


@dataclass
class _Line:
    """A lift of the week: where it stands, its sets, and what one set takes and gives."""

    session: int
    place: int
    exercise: Exercise
    sets: int
    sets_max: int
    minutes: float


@dataclass
class _Week:
    """The sets of a week while they are being moved."""

    before: tuple[Session, ...]
    budgets: Mapping[Muscle, SetBudget]
    least_sets: int
    minutes_left: list[float]
    sets_left: list[int]
    lines: list[_Line] = field(default_factory=list[_Line])
    done: dict[Muscle, float] = field(default_factory=dict[Muscle, float])

    @staticmethod
    def of(sessions: tuple[Session, ...], bounds: Bounds) -> "_Week":
        """The lifts of these sessions; what is no lift only takes its time."""
        usable = usable_minutes(bounds.profile)
        cap = bounds.rules.session_sets_cap.at(bounds.profile.experience_level)
        week = _Week(
            before=sessions,
            budgets=set_budgets(bounds.profile),
            least_sets=bounds.rules.usual_sets.least,
            minutes_left=[usable - session_minutes(session) for session in sessions],
            sets_left=[cap] * len(sessions),
        )
        for number, session in enumerate(sessions):
            for place, item in enumerate(session.prescriptions):
                week.take_in(number, place, item, bounds)
        return week

    def take_in(self, session: int, place: int, item: Prescription, bounds: Bounds) -> None:
        """Count a line, if it is a lift."""
        exercise = load_catalogue().by_id(item.exercise_id)
        if exercise.role not in RESISTANCE_ROLES:
            return
        dose, minutes = bounds.dose(exercise), (set_seconds(item) + item.rest_s) / 60
        most = min(dose.sets + 1, dose.sets_max)
        self.lines.append(_Line(session, place, exercise, item.sets, most, minutes))
        self._count(self.lines[-1], item.sets)

    def _count(self, line: _Line, sets: int) -> None:
        self.sets_left[line.session] -= sets
        for muscle, weight in line.exercise.muscles.items():
            self.done[muscle] = self.done.get(muscle, 0.0) + weight * sets

    def move(self, line: _Line, sets: int) -> None:
        """Add sets to a line, or take them from it where negative."""
        line.sets += sets
        self.minutes_left[line.session] -= sets * line.minutes
        self._count(line, sets)

    def trim(self) -> None:
        """Take sets from muscles above the goal's range, while every other one keeps its least."""
        for muscle, budget in self.budgets.items():
            while self.done.get(muscle, 0.0) > budget.high:
                spare = [line for line in self.lines if self._can_spare(line, muscle)]
                if not spare:
                    break
                self.move(max(spare, key=lambda line: (line.sets, line.place, line.session)), -1)

    def _can_spare(self, line: _Line, muscle: Muscle) -> bool:
        weights = line.exercise.muscles
        if muscle not in line.exercise.direct or line.sets <= self.least_sets:
            return False
        return all(
            self.done[other] - weight >= self.budgets[other].low
            for other, weight in weights.items()
            if other in self.budgets
        )

    def fill(self, wanted: Mapping[Muscle, float]) -> None:
        """Add sets, one at a time, for the muscle that lacks the largest share of its budget."""
        stuck: set[Muscle] = set()
        while lacking := [m for m in wanted if m not in stuck and self._lack(m, wanted) > 0]:
            muscle = max(lacking, key=lambda m: self._lack(m, wanted))
            open_lines = [line for line in self.lines if self._has_room(line, muscle)]
            if open_lines:
                self.move(min(open_lines, key=lambda line: (line.sets, line.session)), 1)
            else:
                stuck.add(muscle)

    def _lack(self, muscle: Muscle, wanted: Mapping[Muscle, float]) -> float:
        """The share of its budget that a muscle lacks; a set more must not overshoot it."""
        return (
            0.0
            if self.done.get(muscle, 0.0) + 1 > wanted[muscle]
            else (1 - self.done.get(muscle, 0.0) / wanted[muscle])
        )

    def _has_room(self, line: _Line, muscle: Muscle) -> bool:
        return (
            muscle in line.exercise.direct
            and line.sets < line.sets_max
            and self.sets_left[line.session] > 0
            and self.minutes_left[line.session] >= line.minutes
            and all(
                self.done[other] + 1 <= self.budgets[other].high
                for other in line.exercise.direct
                if other in self.budgets
            )
        )

    def go_easy(self) -> None:
        """No more than eight hard sets of a region in a session of a first-ever week (B3.8)."""
        most = int(load_progression_rules().first_week_region_sets.value)
        for number in range(len(self.before)):
            for region in (LOWER_BODY, UPPER_BODY):
                lines = [
                    line
                    for line in self.lines
                    if line.session == number and line.exercise.pattern in region
                ]
                while sum(line.sets for line in lines) > most:
                    line = max(lines, key=lambda line: (line.sets, line.place))
                    if line.sets == 1:
                        break
                    self.move(line, -1)

    def sessions(self) -> tuple[Session, ...]:
        """The sessions with the sets as they are now."""
        sets = {(line.session, line.place): line.sets for line in self.lines}
        return tuple(
            session.model_copy(
                update={
                    "prescriptions": tuple(
                        item.model_copy(update={"sets": sets.get((number, place), item.sets)})
                        for place, item in enumerate(session.prescriptions)
                    )
                }
            )
            for number, session in enumerate(self.before)
        )
