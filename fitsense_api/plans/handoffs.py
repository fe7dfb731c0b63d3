"""The fixed words that stand where no plan may; they are written in `rules/templates.yaml`."""

from types import MappingProxyType

from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.text.templates import handoff_text
from fitsense_training.domain.vocabulary import TemplateId

HANDOFFS = MappingProxyType({template: handoff_text(template) for template in TemplateId})


def words_for(template: TemplateId, request: PlanRequest, country: str = "") -> str:
    """The words that fit what the note of a request tells, else the general ones."""
    return handoff_text(template, request, country)
