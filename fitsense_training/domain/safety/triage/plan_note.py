"""What the note of a request for a plan calls for in place of a plan.

A note is data: it orders nothing, so a request whose note holds an injection, a topic to redirect,
or a refused wish beside an honest one still gets its plan. A note decides only where

- an emergency is told (E0): the emergency text;
- medical advice is due first (E1, E2): the clinician text. A lasting or strong pain that the
  request itself reports as pain is left to the plan, which takes the painful work out;
- somebody needs support rather than numbers (E3): the supporting text;
- nothing is asked for but something refused: the refusal.
"""

from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.triage.triage import Triage, triage
from fitsense_training.domain.vocabulary import EscalationLevel, TemplateId

TEMPLATE_BY_LEVEL = {
    EscalationLevel.E0: TemplateId.EMERGENCY,
    EscalationLevel.E1: TemplateId.SEE_CLINICIAN,
    EscalationLevel.E2: TemplateId.SEE_CLINICIAN,
    EscalationLevel.E3: TemplateId.SUPPORT,
}
# Gravest first: where screening and a note differ, the graver text stands.
GRAVITY = (
    TemplateId.EMERGENCY,
    TemplateId.SEE_CLINICIAN,
    TemplateId.SUPPORT,
    TemplateId.RESCREEN,
    TemplateId.REFUSED,
)
_PAIN = ("pain",)


def template_of_note(request: PlanRequest) -> TemplateId | None:
    """The fixed text that a note calls for, or None when a plan may stand."""
    if not request.note:
        return None
    found = triage(request.note)
    if request.pain is not None and found.categories == _PAIN:
        return None
    if found.level is EscalationLevel.NONE:
        return TemplateId.REFUSED if _asks_only_refused(found) else None
    return TEMPLATE_BY_LEVEL[found.level]


def _asks_only_refused(found: Triage) -> bool:
    return found.asks_only_refused and not found.is_injection


def graver(one: TemplateId | None, other: TemplateId | None) -> TemplateId | None:
    """The graver of two texts; None is no text at all."""
    due = [template for template in (one, other) if template is not None]
    return min(due, key=GRAVITY.index, default=None)
