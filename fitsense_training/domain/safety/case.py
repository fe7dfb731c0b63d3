"""What every rule looks at: the request, the plan, and the bounds that hold."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from fitsense_training.domain.catalogue import Catalogue, Exercise
from fitsense_training.domain.plan.model import Prescription, Session, WorkoutPlan
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.rulebook import GoalRule, Limits, load_rulebook
from fitsense_training.domain.safety.bounds import Bounds
from fitsense_training.domain.safety.findings import Finding
from fitsense_training.domain.science.volume import SetCounter
from fitsense_training.domain.vocabulary import Severity


@dataclass(frozen=True)
class Case:
    """One plan under review. Every exercise id in it is in the catalogue (SCH03 comes first)."""

    request: PlanRequest
    plan: WorkoutPlan
    bounds: Bounds
    catalogue: Catalogue

    @property
    def profile(self) -> Profile:
        """The person."""
        return self.request.profile

    @property
    def limits(self) -> Limits:
        """The numbers that hold for everybody."""
        return load_rulebook().limits

    @property
    def rules_of_goal(self) -> GoalRule:
        """What the person's main goal asks for."""
        return load_rulebook().goals[self.profile.main_goal]

    @property
    def counter(self) -> SetCounter:
        """How the hard sets of this person are counted."""
        return SetCounter(self.catalogue, self.profile.experience_level)

    def exercises(self) -> tuple[tuple[Session, Prescription, Exercise], ...]:
        """Every prescription with its session and exercise."""
        return self._exercises

    @cached_property
    def _exercises(self) -> tuple[tuple[Session, Prescription, Exercise], ...]:
        # Two dozen rules walk through them.
        return tuple(
            (session, item, self.catalogue.by_id(item.exercise_id))
            for session, item in self.plan.items()
        )


Broken = tuple[str, str]
"""Where in the plan, and the numbers that broke the rule."""


@dataclass(frozen=True)
class Rule:
    """One rule: its id, how grave a breach is, what it asks for, and the function that looks."""

    id: str
    severity: Severity
    sentence: str
    find: Callable[[Case], Iterator[Broken]]

    def findings(self, case: Case) -> Iterator[Finding]:
        """A finding for every breach."""
        for place, detail in self.find(case):
            yield Finding(self.id, self.severity, place, detail)


def place(session: Session, item: Prescription | None = None) -> str:
    """`mon` or `mon/goblet_squat`."""
    return session.weekday if item is None else f"{session.weekday}/{item.exercise_id}"
