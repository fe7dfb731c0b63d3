"""Asking: one person's requests, each complete in itself.

A request for a change starts from the plan the person has; its profile is the person after the
change, as `PlanRequest` wants it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fitsense_assets.lib.cohort.config import CohortConfig
from fitsense_assets.lib.cohort.dice import Dice
from fitsense_assets.lib.cohort.history import DELOAD_DUE_DAYS, History
from fitsense_assets.lib.cohort.notes import load_notes, plain_note
from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.profile import ConditionRecord, Profile, changed
from fitsense_training.domain.request import (
    Operation,
    Pain,
    PlanRequest,
    Progress,
    after_operations,
    possible_moves,
)
from fitsense_training.domain.science.volume import RESISTANCE_ROLES
from fitsense_training.domain.vocabulary import (
    AgeBand,
    BodyRegion,
    Condition,
    ConditionSeverity,
    Equipment,
    ExperienceLevel,
    Goal,
    OperationKind,
    PromptType,
    Sex,
    Weekday,
)

PAIN_LEVELS = {1: 0.06, 2: 0.1, 3: 0.14, 4: 0.2, 5: 0.18, 6: 0.16, 7: 0.1, 8: 0.06}
SEVERITIES = {
    ConditionSeverity.MILD: 0.6,
    ConditionSeverity.MODERATE: 0.36,
    ConditionSeverity.SEVERE: 0.04,
}
PREGNANCIES = (Condition.PREGNANCY_T1, Condition.PREGNANCY_T2, Condition.PREGNANCY_T3)
OF_AGE_40 = (Condition.OSTEOPOROSIS, Condition.KNEE_OSTEOARTHRITIS, Condition.GLAUCOMA)
NOT_FOR_MINORS = (
    *OF_AGE_40,
    Condition.HYPERTENSION,
    Condition.TYPE_2_DIABETES,
    Condition.CARDIAC_DISEASE,
    Condition.ANTICOAGULANTS,
    Condition.GLP1_USE,
)
# The second of two wishes; a week that is laid out anew comes before what is taken out of it.
SECOND = (OperationKind.SWAP, OperationKind.REMOVE)
FIRST = (OperationKind.CHANGE_DAYS, OperationKind.CHANGE_MINUTES, OperationKind.LIGHTER)
ADHERENCE_WEEKS = 2


@dataclass(frozen=True)
class Asked:
    """A request, and what its note holds: `injection`, `red_flag` or nothing special."""

    request: PlanRequest
    labels: tuple[str, ...] = ()


class Person:
    """Somebody with a profile, a history and, unless screening forbids it, a plan."""

    def __init__(
        self,
        rules: CohortConfig,
        profile: Profile,
        history: History,
        plan: WorkoutPlan | None,
        dice: Dice,
    ) -> None:
        """Ask as this person would; the dice decide what."""
        self._rules, self._profile, self._history = rules, profile, history
        self._plan, self._dice = plan, dice

    def asks(self) -> Iterator[Asked]:
        """The person's requests; without a plan only the first."""
        lifts = () if self._dice.happens(self._rules.asking.no_log_share) else self._history.lifts
        creation = PlanRequest(
            prompt_type=PromptType.PLAN_CREATION, profile=self._profile, lifts=lifts
        )
        yield self._noted(creation)
        if self._plan is None:
            return
        yield self._noted(self._modification(self._plan))
        yield self._noted(self._adjustment(self._plan))
        if self._history.gap_days is not None:
            yield self._noted(self._adaptation(self._plan, self._history.gap_days))

    def _noted(self, request: PlanRequest) -> Asked:
        """The request, sometimes with a note; a grave note makes a person with symptoms."""
        rules, dice, notes = self._rules.asking, self._dice, load_notes()
        if not dice.happens(rules.note_share):
            return Asked(request)
        words, kind = dice.share(), dice.share()
        if kind < rules.injection_share_of_notes:
            note = f"{plain_note(request, words, kind)} {dice.one_of(notes.injections)}"
            return Asked(request.model_copy(update={"note": note}), ("injection",))
        if kind < rules.injection_share_of_notes + rules.red_flag_share_of_notes:
            profile = request.profile.model_copy(update={"has_symptoms": True})
            update = {"note": dice.one_of(notes.red_flags), "profile": profile}
            return Asked(request.model_copy(update=update), ("red_flag",))
        return Asked(request.model_copy(update={"note": plain_note(request, words, kind)}))

    def _modification(self, plan: WorkoutPlan) -> PlanRequest:
        dice, rules = self._dice, self._rules.asking
        if dice.happens(rules.two_operations_share):
            kinds = (dice.one_of(FIRST), dice.one_of(SECOND))
        else:
            kinds = (dice.by_weight(rules.operations),)
        operations = tuple(self._operation(kind, plan) for kind in kinds)
        return PlanRequest(
            prompt_type=PromptType.PLAN_MODIFICATION,
            profile=after_operations(self._profile, operations),
            current_plan=plan,
            operations=operations,
        )

    def _operation(self, kind: OperationKind, plan: WorkoutPlan) -> Operation:
        arguments: dict[OperationKind, Callable[[], dict[str, object]]] = {
            OperationKind.SWAP: lambda: {"exercise_id": self._planned_exercise(plan)},
            OperationKind.REMOVE: lambda: {"exercise_id": self._planned_exercise(plan)},
            OperationKind.ADD: lambda: {"exercise_id": self._doable_exercise()},
            OperationKind.MOVE_DAY: lambda: {
                "weekdays": self._dice.one_of(possible_moves(plan, self._profile))
            },
            OperationKind.CHANGE_DAYS: lambda: {"weekdays": self._other_days()},
            OperationKind.CHANGE_MINUTES: lambda: {"minutes": self._other_minutes()},
            OperationKind.CHANGE_EQUIPMENT: lambda: {"equipment": self._other_equipment()},
            OperationKind.CHANGE_GOAL: lambda: {"goal": self._other_goal()},
        }
        argument = arguments[kind]() if kind in arguments else {}
        return Operation.model_validate({"kind": kind, **argument})

    def _planned_exercise(self, plan: WorkoutPlan) -> str:
        return self._dice.one_of(sorted({item.exercise_id for _, item in plan.items()}))

    def _doable_exercise(self) -> str:
        """Any that the person has the things for; level and health may speak against it."""
        doable = load_catalogue().doable_with(frozenset(self._profile.equipment))
        return self._dice.one_of(doable).id

    def _other_minutes(self) -> int:
        minutes = [*self._rules.training.minutes.shares]
        return self._dice.one_of([m for m in minutes if m != self._profile.session_minutes])

    def _other_equipment(self) -> tuple[Equipment, ...]:
        sets = {tuple(sorted(s)) for s in self._rules.training.equipment.sets.values()}
        return self._dice.one_of(sorted(sets - {self._profile.equipment}))

    def _other_days(self) -> tuple[Weekday, ...]:
        count = len(self._profile.weekdays) + self._dice.one_of((-1, 0, 1))
        order = sorted(Weekday, key=lambda _: self._dice.share())
        days = tuple(sorted(order[: min(max(count, 1), 6)], key=lambda day: day.order))
        if days == self._profile.weekdays:
            days = tuple(d for d in Weekday if d not in days)[:6]
        return days

    def _other_goal(self) -> Goal:
        weights = {
            goal: weight
            for goal, weight in self._rules.training.goal.weights.items()
            if goal is not self._profile.main_goal
            and not (goal is Goal.FAT_LOSS and self._profile.age_band is AgeBand.MINOR)
        }
        return self._dice.by_weight(weights)

    def _adjustment(self, plan: WorkoutPlan) -> PlanRequest:
        dice, rules = self._dice, self._rules.asking
        if dice.happens(rules.pain_share):
            return self._hurting(plan)
        possible = {
            condition: weight
            for condition, weight in rules.conditions_added.items()
            if may_get(self._profile, condition)
        }
        if not possible:
            return self._hurting(plan)
        condition = dice.by_weight(possible)
        record = ConditionRecord(condition=condition, severity=dice.by_weight(SEVERITIES))
        return PlanRequest(
            prompt_type=PromptType.SAFETY_ADJUSTMENT,
            profile=changed(self._profile, conditions=(*self._profile.conditions, record)),
            current_plan=plan,
            condition_added=condition,
        )

    def _hurting(self, plan: WorkoutPlan) -> PlanRequest:
        dice = self._dice
        return PlanRequest(
            prompt_type=PromptType.SAFETY_ADJUSTMENT,
            profile=self._profile,
            current_plan=plan,
            pain=Pain(region=dice.one_of(tuple(BodyRegion)), level=dice.by_weight(PAIN_LEVELS)),
        )

    def _adaptation(self, plan: WorkoutPlan, gap_days: int) -> PlanRequest:
        history = self._history
        planned = len(plan.sessions) * ADHERENCE_WEEKS
        is_novice = self._profile.experience_level is ExperienceLevel.NOVICE
        progress = Progress(
            statuses=tuple(
                (name, history.statuses[name])
                for name in dict.fromkeys(item.exercise_id for _, item in plan.items())
                if name in history.statuses
                and load_catalogue().by_id(name).role in RESISTANCE_ROLES
            ),
            readiness=history.readiness,
            gap_days=gap_days,
            is_deload_due=not is_novice and history.days_since_deload >= DELOAD_DUE_DAYS,
            adherence_share=round(min(history.count_recent_sessions / planned, 1.0), 2),
        )
        return PlanRequest(
            prompt_type=PromptType.PROGRESS_ADAPTATION,
            profile=self._profile,
            current_plan=plan,
            progress=progress,
        )


def may_get(profile: Profile, condition: Condition) -> bool:
    """Whether this person can be found to have the condition now."""
    held = {record.condition for record in profile.conditions}
    if condition in held:
        return False
    if condition in PREGNANCIES:
        fertile = profile.sex is Sex.FEMALE and 18 <= profile.age <= 45
        return fertile and not held & {*PREGNANCIES, Condition.POSTPARTUM}
    if profile.age_band is AgeBand.MINOR:
        return condition not in NOT_FOR_MINORS
    return profile.age >= 40 or condition not in OF_AGE_40
