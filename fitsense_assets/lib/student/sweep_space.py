"""What a sweep may vary in a recipe: fields by name, each with a range or a list of choices."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fitsense_training.domain.errors import BadInput
from fitsense_training.sft_config import SftConfig

if TYPE_CHECKING:
    import optuna

Value = float | int | str | bool


class Range(BaseModel):
    """Real numbers between two bounds; `log` draws evenly over orders of magnitude."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    low: float
    high: float
    log: bool = False

    def suggest(self, trial: "optuna.Trial", name: str) -> Value:
        """The value of one trial."""
        return trial.suggest_float(name, self.low, self.high, log=self.log)

    def example(self) -> Value:
        """Some value of it."""
        return self.low


class Choices(BaseModel):
    """One of a few values."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    choices: Annotated[tuple[Value, ...], Field(min_length=1)]

    def suggest(self, trial: "optuna.Trial", name: str) -> Value:
        """The value of one trial."""
        picked = trial.suggest_categorical(name, self.choices)
        assert picked is not None, "a space has no empty choices"
        return picked

    def example(self) -> Value:
        """Some value of it."""
        return self.choices[0]


class SearchSpace(BaseModel):
    """All that varies; a name with a point is a field of a section, such as `lora.rank`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    parameters: Annotated[dict[str, Range | Choices], Field(min_length=1)]

    def suggest(self, trial: "optuna.Trial") -> dict[str, Value]:
        """The values of one trial."""
        return {name: entry.suggest(trial, name) for name, entry in self.parameters.items()}


def load_space(path: Path, config: SftConfig) -> SearchSpace:
    """The space of a YAML file; BadInput where it is none, or varies what the recipe lacks."""
    try:
        space = SearchSpace.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise BadInput(f"{path} is no search space: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"{path} is wrong at {place}: {first['msg']}") from error
    vary(config, {name: entry.example() for name, entry in space.parameters.items()})
    return space


def vary(config: SftConfig, values: dict[str, Value]) -> SftConfig:
    """A recipe with other values in some fields.

    Raises:
        BadInput: the recipe has no such field, or the value is not for it.
    """
    body = config.model_dump()
    for name, value in values.items():
        *sections, field = name.split(".")
        place: Any = body
        for section in sections:
            place = place.get(section) if isinstance(place, dict) else None
        if not isinstance(place, dict) or field not in place:
            raise BadInput(f"the recipe {config.name} has no field {name} to vary")
        place[field] = value
    try:
        return SftConfig.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadInput(
            f"{config.name} cannot take that value at {place}: {first['msg']}"
        ) from error


def space_path(recipe: Path, base: str, shared: Path) -> Path:
    """The space of a recipe: one of its own name beside it, or that of its base."""
    own = recipe.parent / "sweeps" / recipe.name
    kind = "scratch" if base == "scratch" else "lora"
    return own if own.is_file() else shared / "sweeps" / f"{kind}.yaml"
