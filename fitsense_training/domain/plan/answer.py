"""What may come back for a request: a plan, or a fixed text where no plan may stand."""

from pydantic import BaseModel, ConfigDict

from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.vocabulary import TemplateId


class Handoff(BaseModel):
    """No plan: the person is sent to a clinician or to emergency care, in fixed words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    template: TemplateId


Answer = WorkoutPlan | Handoff
