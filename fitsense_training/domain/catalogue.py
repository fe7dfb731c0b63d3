"""The exercise catalogue: every movement a plan may name, with what it trains, needs and risks.

The entries stand in `rules/exercises/*.yaml`, one file per group of patterns; the meaning of each
risk tag is written at the top of `rules/exercises/legs.yaml`. All text is our own.
"""

import difflib
import functools
import hashlib
import importlib.resources
import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from fitsense_training.domain.errors import RuleBookError, UnknownName
from fitsense_training.domain.rulebook import read_rules
from fitsense_training.domain.vocabulary import (
    DoseKind,
    Equipment,
    ExerciseRole,
    ExperienceLevel,
    LoadKind,
    Muscle,
    Pattern,
    RiskTag,
)

DIRECT_SETS = 1.0
INDIRECT_SETS = 0.5
FREE_WEIGHTS = frozenset({Equipment.DUMBBELLS, Equipment.KETTLEBELL, Equipment.BARBELL})
_UNCOUNTED_ROLES = {ExerciseRole.CONDITIONING, ExerciseRole.BALANCE, ExerciseRole.MOBILITY}


class Exercise(BaseModel):
    """One movement. Loads are in kg of one implement: a dumbbell, a bar with plates, a stack."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
    name: Annotated[str, Field(min_length=3, max_length=60)]
    pattern: Pattern
    role: ExerciseRole
    direct: tuple[Muscle, ...] = Field(default=(), description="Muscles that count a whole set.")
    indirect: tuple[Muscle, ...] = Field(default=(), description="Muscles that count half a set.")
    equipment: Annotated[tuple[frozenset[Equipment], ...], Field(min_length=1)] = (frozenset(),)
    level: ExperienceLevel = ExperienceLevel.NOVICE
    tags: frozenset[RiskTag] = frozenset()
    dose_kind: DoseKind = DoseKind.REPS
    min_load_kg: Annotated[float, Field(ge=0, le=60, description="Lightest sensible start.")] = 0
    load_step_kg: Annotated[float, Field(ge=0, le=10, description="Step of the inventory.")] = 0
    bodyweight_share: Annotated[float, Field(ge=0, le=1)] = Field(
        default=0, description="Share of body weight that is lifted; 0 where no source gives it."
    )
    is_unilateral: bool = False
    met: Annotated[float, Field(ge=1, le=15)] = 3.5
    cues: Annotated[tuple[str, ...], Field(min_length=2, max_length=3)]
    aliases: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        counted = (*self.direct, *self.indirect)
        if len(set(counted)) != len(counted):
            raise ValueError("a muscle is listed twice: keep it under direct or under indirect")
        if not self.direct and self.role not in _UNCOUNTED_ROLES:
            raise ValueError(f"an exercise of role {self.role} needs a direct muscle")
        if (self.min_load_kg > 0) != (self.load_step_kg > 0):
            raise ValueError("give both min_load_kg and load_step_kg, or neither")
        if self.is_loadable and frozenset() in self.equipment:
            raise ValueError("an exercise with a load in kg needs equipment to load")
        return self

    @functools.cached_property
    def muscles(self) -> Mapping[Muscle, float]:
        """Sets each muscle is credited with for one set: 1.0 direct, 0.5 indirect."""
        weights = dict.fromkeys(self.direct, DIRECT_SETS)
        return MappingProxyType(weights | dict.fromkeys(self.indirect, INDIRECT_SETS))

    @property
    def is_loadable(self) -> bool:
        """Whether the load can be given in kg."""
        return self.load_step_kg > 0

    @functools.cached_property
    def is_free_weight(self) -> bool:
        """Whether every way of doing it takes a dumbbell, kettlebell or bar (domain notes F5)."""
        return all(option & FREE_WEIGHTS for option in self.equipment)

    @functools.cached_property
    def load_kind_default(self) -> LoadKind:
        """How to give the load while no working weight is known."""
        has_tension = all(Equipment.BANDS in option for option in self.equipment)
        if self.is_loadable or has_tension or self.role is ExerciseRole.CONDITIONING:
            return LoadKind.RPE
        return LoadKind.BODYWEIGHT

    def is_doable_with(self, equipment: frozenset[Equipment]) -> bool:
        """Whether one of the alternatives is at hand."""
        return any(option <= equipment for option in self.equipment)


class Catalogue:
    """All exercises, in order of their ids; an immutable value."""

    def __init__(self, exercises: tuple[Exercise, ...]) -> None:
        ordered = sorted(exercises, key=lambda exercise: exercise.id)
        self.exercises: tuple[Exercise, ...] = tuple(ordered)
        self._by_id = {exercise.id: exercise for exercise in ordered}
        _refuse_shared_names(self.exercises)

    def __iter__(self) -> Iterator[Exercise]:
        return iter(self.exercises)

    def __len__(self) -> int:
        return len(self.exercises)

    def __contains__(self, exercise_id: object) -> bool:
        return exercise_id in self._by_id

    def by_id(self, exercise_id: str) -> Exercise:
        """The exercise of this id; UnknownName suggests ids that look alike."""
        if exercise_id in self._by_id:
            return self._by_id[exercise_id]
        close = difflib.get_close_matches(exercise_id, self._by_id, n=3)
        hint = f"did you mean {', '.join(close)}?" if close else "see rules/exercises for the ids"
        raise UnknownName(f"there is no exercise {exercise_id[:60]!r}: {hint}")

    def doable_with(self, equipment: frozenset[Equipment]) -> tuple[Exercise, ...]:
        """The exercises one can do with this equipment."""
        return tuple(e for e in self.exercises if e.is_doable_with(equipment))

    def of_pattern(self, pattern: Pattern) -> tuple[Exercise, ...]:
        """The exercises of a movement pattern."""
        return tuple(e for e in self.exercises if e.pattern is pattern)


def _refuse_shared_names(exercises: tuple[Exercise, ...]) -> None:
    owner: dict[str, str] = {}
    for exercise in exercises:
        spoken = {exercise.id.replace("_", " "), exercise.name.lower()}
        if repeated := spoken & set(exercise.aliases):
            raise RuleBookError(f"{exercise.id}: {sorted(repeated)[0]!r} is no alias but its name")
        for word in [*sorted(spoken), *exercise.aliases]:
            if owner.setdefault(word, exercise.id) != exercise.id:
                raise RuleBookError(
                    f"{exercise.id} and {owner[word]} both answer to {word!r}: rename one of them"
                )


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    defaults: dict[str, Any] = {}
    exercises: dict[str, dict[str, Any]]


_FILE = TypeAdapter(dict[Pattern, _Group])


def parse_exercises(file_name: str, document: object) -> list[Exercise]:
    """The exercises of one parsed file; RuleBookError names the file, the entry and the field."""
    place = f"rules/exercises/{file_name}: "
    try:
        groups = _FILE.validate_python(document)
    except ValidationError as error:
        raise RuleBookError(place + _first_slip(error)) from error
    exercises: list[Exercise] = []
    for pattern, group in groups.items():
        for exercise_id, entry in group.exercises.items():
            fields = {**group.defaults, **entry, "id": exercise_id, "pattern": pattern}
            try:
                exercises.append(Exercise.model_validate(fields))
            except ValidationError as error:
                raise RuleBookError(f"{place}{exercise_id}.{_first_slip(error)}") from error
    return exercises


def _first_slip(error: ValidationError) -> str:
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"]) or "entry"
    return f"{field}: {first['msg']}"


@functools.cache
def load_catalogue() -> Catalogue:
    """The catalogue as shipped; RuleBookError names the file and field that break it."""
    folder = importlib.resources.files("fitsense_training.domain").joinpath("rules", "exercises")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    found: dict[str, Exercise] = {}
    for name in names:
        for exercise in parse_exercises(name, read_rules(f"exercises/{name}")):
            if exercise.id in found:
                raise RuleBookError(f"rules/exercises/{name}: {exercise.id} is defined twice")
            found[exercise.id] = exercise
    return Catalogue(tuple(found.values()))


def catalogue_entries() -> list[dict[str, Any]]:
    """The whole catalogue as plain JSON, in id order; the same catalogue gives the same bytes."""
    entries = [exercise.model_dump(mode="json") for exercise in load_catalogue()]
    for entry in entries:
        entry["tags"] = sorted(entry["tags"])
        entry["equipment"] = [sorted(option) for option in entry["equipment"]]
    return entries


@functools.cache
def catalogue_version() -> str:
    """Ten hex digits that change with the content of the catalogue, not with its layout."""
    canonical = json.dumps(catalogue_entries(), sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(canonical.encode(), digest_size=5).hexdigest()
