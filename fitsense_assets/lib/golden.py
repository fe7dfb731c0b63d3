"""Golden slices: people drawn over the whole grid the domain names, and the coach judged on each.

The grid is goal x level x sex x age band x equipment x task; every sampled person stands in one of
its cells, and the conditions (none, each one, each pair) go round beside it. The same count and
seed give the same people.
"""

import itertools
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.errors import UnsafeAnswer
from fitsense_training.domain.plan.answer import Answer, Handoff
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.profile import ConditionRecord, Profile
from fitsense_training.domain.request import (
    Operation,
    Pain,
    PlanRequest,
    Progress,
    after_operation,
    possible_moves,
)
from fitsense_training.domain.safety.findings import Finding
from fitsense_training.domain.safety.validator import review, template_for
from fitsense_training.domain.vocabulary import (
    ActivityLevel,
    AgeBand,
    BodyRegion,
    Condition,
    ConditionSeverity,
    Equipment,
    ExperienceLevel,
    Goal,
    LiftStatus,
    OperationKind,
    PromptType,
    Readiness,
    Severity,
    Sex,
    Weekday,
)

EQUIPMENT: dict[str, tuple[Equipment, ...]] = {
    "none": (),
    "bands and dumbbells": (Equipment.BANDS, Equipment.DUMBBELLS),
    "full gym": tuple(Equipment),
}
AGES = {
    AgeBand.MINOR: (13, 17),
    AgeBand.YOUNG: (18, 39),
    AgeBand.MIDDLE: (40, 64),
    AgeBand.OLDER: (65, 90),
}
PREGNANCIES = (Condition.PREGNANCY_T1, Condition.PREGNANCY_T2, Condition.PREGNANCY_T3)
BIRTH = frozenset((*PREGNANCIES, Condition.POSTPARTUM))
T = TypeVar("T")
SEVERITIES = (ConditionSeverity.MILD,) * 6 + (ConditionSeverity.MODERATE,) * 3


@dataclass(frozen=True)
class Cell:
    """One cell of the grid, and the conditions that go with it."""

    goal: Goal
    level: ExperienceLevel
    sex: Sex
    age_band: AgeBand
    equipment: str
    task: PromptType
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class GoldenCase:
    """A person's request, and the cell it stands for."""

    cell: Cell
    request: PlanRequest


def grid() -> list[Cell]:
    """Every cell, without conditions."""
    axes = (Goal, ExperienceLevel, Sex, AgeBand, EQUIPMENT, PromptType)
    return [Cell(*values) for values in itertools.product(*axes)]


def condition_sets() -> list[tuple[Condition, ...]]:
    """No condition, each one, and each pair; two pregnancies at once are no pair."""
    pairs = itertools.combinations(Condition, 2)
    possible = (pair for pair in pairs if len(BIRTH.intersection(pair)) < 2)
    return [(), *((one,) for one in Condition), *possible]


def golden_cases(count: int, seed: int) -> Iterator[GoldenCase]:
    """`count` people; every cell comes once before any comes twice, and so do the conditions."""
    rng = random.Random(seed)  # noqa: S311 - a reproducible sample, no secret
    cells, sets = _rounds(grid(), rng), _rounds(condition_sets(), rng)
    for _ in range(count):
        cell, held = next(cells), next(sets)
        if cell.sex is Sex.MALE and BIRTH.intersection(held):
            held = tuple(one for one in held if one not in BIRTH)
        found = replace(cell, conditions=held)
        yield GoldenCase(found, _request(found, rng))


def _rounds(values: list[T], rng: random.Random) -> Iterator[T]:
    while True:
        yield from rng.sample(values, len(values))


def _request(cell: Cell, rng: random.Random) -> PlanRequest:
    person = _person(cell, rng)
    if cell.task is PromptType.PLAN_CREATION:
        return PlanRequest(prompt_type=cell.task, profile=person, lifts=_lifts(person, rng))
    healthy = person.model_copy(update={"conditions": (), "has_symptoms": False})
    before = person if template_for(_creation(person)) is None else healthy
    plan = _plan_of(before, _lifts(person, rng))
    build: Callable[[Cell, Profile, WorkoutPlan, random.Random], PlanRequest] = {
        PromptType.PLAN_MODIFICATION: _modification,
        PromptType.SAFETY_ADJUSTMENT: _adjustment,
        PromptType.PROGRESS_ADAPTATION: _adaptation,
    }[cell.task]
    return build(cell, person, plan, rng)


def _creation(person: Profile, lifts: tuple[tuple[str, float], ...] = ()) -> PlanRequest:
    return PlanRequest(prompt_type=PromptType.PLAN_CREATION, profile=person, lifts=lifts)


def _plan_of(person: Profile, lifts: tuple[tuple[str, float], ...]) -> WorkoutPlan:
    answer = coach(_creation(person, lifts))
    if isinstance(answer, Handoff):
        raise UnsafeAnswer("a person without conditions has a plan")
    return answer


def _person(cell: Cell, rng: random.Random) -> Profile:
    records = (
        ConditionRecord(
            condition=name, severity=rng.choice(SEVERITIES), is_cleared=rng.random() < 0.6
        )
        for name in cell.conditions
    )
    days = rng.sample(list(Weekday), rng.randint(1, 6))
    return Profile(
        age=rng.randint(*AGES[cell.age_band]),
        sex=cell.sex,
        height_cm=rng.randint(145, 200),
        weight_kg=rng.randint(45, 140),
        activity_level=rng.choice(list(ActivityLevel)),
        experience_level=cell.level,
        goals=(cell.goal,),
        weekdays=tuple(days),
        session_minutes=rng.choice((20, 30, 45, 60, 75, 90)),
        equipment=EQUIPMENT[cell.equipment],
        conditions=tuple(records),
        has_symptoms=rng.random() < 0.02,
    )


def _lifts(person: Profile, rng: random.Random) -> tuple[tuple[str, float], ...]:
    owned = load_catalogue().doable_with(frozenset(person.equipment))
    loadable = [exercise for exercise in owned if exercise.is_loadable]
    return tuple(
        (e.id, e.min_load_kg + e.load_step_kg * rng.randint(0, 12))
        for e in loadable
        if rng.random() < 0.4
    )


def _modification(
    cell: Cell, person: Profile, plan: WorkoutPlan, rng: random.Random
) -> PlanRequest:
    kind = rng.choice(list(OperationKind))
    names = sorted({item.exercise_id for _, item in plan.items()})
    arguments: dict[OperationKind, dict[str, object]] = {
        OperationKind.SWAP: {"exercise_id": rng.choice(names)},
        OperationKind.REMOVE: {"exercise_id": rng.choice(names)},
        OperationKind.ADD: {"exercise_id": rng.choice([e.id for e in load_catalogue()])},
        OperationKind.MOVE_DAY: {"weekdays": rng.choice(possible_moves(plan, person))},
        OperationKind.CHANGE_DAYS: {
            "weekdays": tuple(rng.sample(list(Weekday), rng.randint(1, 6)))
        },
        OperationKind.CHANGE_MINUTES: {"minutes": rng.choice((20, 30, 45, 60, 90))},
        OperationKind.CHANGE_EQUIPMENT: {"equipment": rng.choice(list(EQUIPMENT.values()))},
        OperationKind.CHANGE_GOAL: {"goal": rng.choice(list(Goal))},
    }
    operation = Operation.model_validate({"kind": kind, **arguments.get(kind, {})})
    return PlanRequest(
        prompt_type=cell.task,
        profile=after_operation(person, operation),
        current_plan=plan,
        operations=(operation,),
    )


def _adjustment(cell: Cell, person: Profile, plan: WorkoutPlan, rng: random.Random) -> PlanRequest:
    added, pain = None, None
    if cell.conditions and rng.random() < 0.7:
        added = rng.choice(cell.conditions)
        left = tuple(r for r in person.conditions if r.condition is not added)
        before = person.model_copy(update={"conditions": left})
        if template_for(_creation(before)) is None:
            plan = _plan_of(before, _lifts(person, rng))
    else:
        pain = Pain(region=rng.choice(list(BodyRegion)), level=rng.randint(1, 10))
    return PlanRequest(
        prompt_type=cell.task,
        profile=person,
        current_plan=plan,
        condition_added=added,
        pain=pain,
    )


def _adaptation(cell: Cell, person: Profile, plan: WorkoutPlan, rng: random.Random) -> PlanRequest:
    names = sorted({item.exercise_id for _, item in plan.items()})
    progress = Progress(
        statuses=tuple((name, rng.choice(list(LiftStatus))) for name in names),
        readiness=rng.choice((Readiness.OK, Readiness.OK, Readiness.POOR)),
        gap_days=rng.choice((0, 0, 0, 7, 10, 20, 60)),
        is_deload_due=rng.random() < 0.2,
        adherence_share=rng.choice((0.3, 0.7, 0.9, 1.0)),
    )
    return PlanRequest(prompt_type=cell.task, profile=person, current_plan=plan, progress=progress)


@dataclass
class GoldenFigures:
    """What judging many people came to. `refused` counts answers the coach would not give."""

    count: int = 0
    handoffs: int = 0
    refused: int = 0
    findings: Counter[tuple[Severity, str]] = field(default_factory=Counter)
    blocked: list[tuple[Cell, Finding]] = field(default_factory=list)
    cells: set[Cell] = field(default_factory=set)
    conditions: set[tuple[Condition, ...]] = field(default_factory=set)
    coach_cpu_s: float = 0.0

    @property
    def plans_per_cpu_s(self) -> float:
        """Answers of the coach per second of processor time."""
        return self.count / self.coach_cpu_s if self.coach_cpu_s else 0.0

    def by_severity(self, severity: Severity) -> int:
        """Findings of one severity."""
        return sum(count for (grave, _), count in self.findings.items() if grave is severity)


def judge_golden(cases: Iterable[GoldenCase]) -> GoldenFigures:
    """The reference coach on every case, judged by every rule."""
    figures = GoldenFigures()
    for case in cases:
        figures.count += 1
        figures.cells.add(replace(case.cell, conditions=()))
        figures.conditions.add(case.cell.conditions)
        started = time.process_time()
        answer = _answer(case.request)
        figures.coach_cpu_s += time.process_time() - started
        if answer is None:
            figures.refused += 1
            continue
        figures.handoffs += isinstance(answer, Handoff)
        for finding in review(case.request, answer):
            figures.findings[finding.severity, finding.rule_id] += 1
            if finding.severity is Severity.BLOCK:
                figures.blocked.append((case.cell, finding))
    return figures


def _answer(request: PlanRequest) -> Answer | None:
    try:
        return coach(request)
    except UnsafeAnswer:
        return None
