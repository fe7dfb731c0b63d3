"""How the fixed evaluation prompts are made: `prompt_set.yaml`, typed."""

import functools
import importlib.resources
from enum import StrEnum
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fitsense_training.domain.catalogue import catalogue_version
from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.request import MAX_NOTE_CHARS
from fitsense_training.domain.rulebook import rules_version
from fitsense_training.domain.text.prompt import PROMPT_VERSION
from fitsense_training.domain.text.wire import WIRE_VERSION

Share = Annotated[float, Field(ge=0, le=1)]
Note = Annotated[str, Field(min_length=1, max_length=MAX_NOTE_CHARS)]


class Kind(StrEnum):
    """What is special about a prompt."""

    PLAIN = "plain"
    HANDOFF = "handoff"
    CHATTER = "chatter"
    INJECTION = "injection"
    RED_FLAG = "red_flag"
    REFUSAL = "refusal"


NOTED = (Kind.RED_FLAG, Kind.REFUSAL, Kind.INJECTION, Kind.CHATTER)
GRAVE = (Kind.RED_FLAG, Kind.REFUSAL)


class PromptSetRecipe(BaseModel):
    """Everything that decides which prompts are in the set, besides rules and catalogue."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Annotated[int, Field(ge=1)]
    cohort: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{1,15}$")]
    seed: Annotated[int, Field(ge=0)]
    users: Annotated[int, Field(ge=1)]
    lookback_days: Annotated[int, Field(ge=28)]
    count: Annotated[int, Field(ge=4)]
    value_minimum: Annotated[int, Field(ge=0)]
    condition_minimum: Annotated[int, Field(ge=0)]
    handoff_share_max: Share
    shares: dict[Kind, Share]
    notes: dict[Kind, tuple[Note, ...]]

    def minimum_of(self, slice_name: str) -> int:
        """How many prompts each value of a slice is to have."""
        return self.condition_minimum if slice_name == "condition_flag" else self.value_minimum

    @property
    def key(self) -> str:
        """The partition of the set under the rules and formats of this code."""
        formats = f"p{PROMPT_VERSION}.w{WIRE_VERSION}"
        return f"v{self.version}.r{rules_version()}.c{catalogue_version()}.{formats}"


@functools.cache
def default_recipe() -> PromptSetRecipe:
    """The recipe of `prompt_set.yaml`; BadInput names the field that is wrong."""
    folder = importlib.resources.files("fitsense_assets.lib.prompt_set")
    fields = yaml.safe_load(folder.joinpath("prompt_set.yaml").read_text("utf-8"))
    try:
        return PromptSetRecipe.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the recipe"
        raise BadInput(f"prompt_set.yaml: {place} is wrong: {first['msg']}") from error


def reserved_cohort() -> str:
    """The cohort of the evaluation, which no release may hold."""
    return default_recipe().cohort
