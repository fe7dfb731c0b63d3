"""Where an answer comes from: enough to walk from it back to the profiles it was learned from."""

from pydantic import BaseModel, ConfigDict

from fitsense_api.student.served import ModelOrigin
from fitsense_training.domain.catalogue import catalogue_version
from fitsense_training.domain.rulebook import rules_version
from fitsense_training.domain.text.prompt import PROMPT_VERSION
from fitsense_training.domain.text.wire import WIRE_VERSION


class Versions(BaseModel):
    """The student that was asked (all None where there is none), and the words and rules it met.

    Prompt, wire, rules and catalogue are those of the service: they judged the answer.
    """

    model_config = ConfigDict(frozen=True)

    model_version: str | None
    release: str | None
    cohorts: tuple[str, ...]
    data_version: str | None
    prompt_version: str = PROMPT_VERSION
    wire_version: str = WIRE_VERSION
    rules_version: str
    catalogue_version: str


def versions_of(origin: ModelOrigin | None) -> Versions:
    """The versions an answer is given under."""
    return Versions(
        model_version=origin.version if origin else None,
        release=origin.release if origin else None,
        cohorts=origin.cohorts if origin else (),
        data_version=origin.data_version if origin else None,
        rules_version=rules_version(),
        catalogue_version=catalogue_version(),
    )
