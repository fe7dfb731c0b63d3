"""What may stand in for what, and how near it is: `rules/substitutions.yaml`, typed."""

import functools
from enum import StrEnum

from pydantic import BaseModel, model_validator

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.rulebook import read_typed
from fitsense_training.domain.sourced import Sourced, Value
from fitsense_training.domain.vocabulary import Pattern, RiskTag


class SubstitutionStep(StrEnum):
    """Where a substitute is looked for; to drop the line is always the last step.

    What the table lists; the pattern; machines and supports for the same muscle; holds for the same
    muscle; other patterns for the same muscles.
    """

    LISTED = "listed"
    SAME_PATTERN = "same_pattern"
    SUPPORTED = "supported"
    STATIC = "static"
    RELATED_PATTERN = "related_pattern"
    DROP = "drop"


class SubstitutionOrder(Sourced):
    """The steps in the order they are tried."""

    steps: tuple[SubstitutionStep, ...]

    @model_validator(mode="after")
    def _ends_with_drop(self) -> "SubstitutionOrder":
        once = len(set(self.steps)) == len(self.steps)
        if not once or not self.steps or self.steps[-1] is not SubstitutionStep.DROP:
            raise ValueError("every step stands once, and drop is the last")
        return self


class RelatedPatterns(Sourced):
    """The patterns that stand in for each pattern, nearest first."""

    patterns: dict[Pattern, tuple[Pattern, ...]]

    @model_validator(mode="after")
    def _is_complete(self) -> "RelatedPatterns":
        if missing := set(Pattern) - set(self.patterns):
            raise ValueError(f"patterns without related ones: {sorted(missing)}")
        if own := sorted(name for name, others in self.patterns.items() if name in others):
            raise ValueError(f"patterns related to themselves: {own}")
        return self


class Column(StrEnum):
    """Why the usual exercise of a movement is out of the question, as the table asks."""

    DEFAULT = "default"
    SPINE = "spine"
    KNEE = "knee"
    SHOULDER = "shoulder"
    LYING = "lying"
    IMPACT = "impact"
    NO_EQUIPMENT = "no_equipment"


class SubstitutionTable(Sourced):
    """Movement by what is ruled out: the exercises to take first, nearest first.

    A column that a pattern lacks asks for nothing special; an empty one drops the movement.
    """

    columns: dict[Column, frozenset[RiskTag]]
    patterns: dict[Pattern, dict[Column, tuple[str, ...]]]

    @model_validator(mode="after")
    def _names_exercises(self) -> "SubstitutionTable":
        named = {name for row in self.patterns.values() for cell in row.values() for name in cell}
        if unknown := sorted(name for name in named if name not in load_catalogue()):
            raise ValueError(f"the table names no exercise of the catalogue: {unknown}")
        if bare := sorted(p for p, row in self.patterns.items() if not row.get(Column.DEFAULT)):
            raise ValueError(f"patterns without a default: {bare}")
        return self

    def columns_for(self, ruled_out: frozenset[RiskTag]) -> tuple[Column, ...]:
        """The columns that speak for these tags, in the order of the table."""
        return tuple(column for column, tags in self.columns.items() if tags & ruled_out)

    def cell(self, pattern: Pattern, column: Column) -> tuple[str, ...] | None:
        """The exercises of a cell; None where the table asks for nothing special."""
        return self.patterns.get(pattern, {}).get(column)


class Nearest(Sourced):
    """Points of a substitute: for each whole muscle shared, and for being loaded alike."""

    shared_muscle: float
    loaded_alike: float


class Preference(Sourced):
    """Points of an exercise for a free slot of a week."""

    known: float
    muscle_gap: float
    preferred: float
    warned: float
    muscle_of_focus: float
    repeat: float


class Fit(Sourced):
    """Points for suiting a level; `trained_level` counts once for each level of the exercise."""

    asked_for: float
    novice_loadable: float
    novice_free_bar: float
    trained_loadable: float
    trained_level: float


class SubstitutionRules(BaseModel, frozen=True, extra="forbid"):
    """`rules/substitutions.yaml`, typed."""

    order: SubstitutionOrder
    table: SubstitutionTable
    related_patterns: RelatedPatterns
    nearest: Nearest
    preference: Preference
    fit: Fit
    shortlist: Value


@functools.cache
def load_substitutions() -> SubstitutionRules:
    """The rules of substitution; RuleBookError names the field that breaks them."""
    return read_typed("substitutions.yaml", SubstitutionRules)


@functools.cache
def patterns_to_try(pattern: Pattern) -> tuple[Pattern, ...]:
    """The patterns in which a stand-in is looked for, in their order; after them it is dropped."""
    rules = load_substitutions()
    places = {
        SubstitutionStep.SAME_PATTERN: (pattern,),
        SubstitutionStep.RELATED_PATTERN: rules.related_patterns.patterns[pattern],
    }
    return tuple(place for step in rules.order.steps for place in places.get(step, ()))
