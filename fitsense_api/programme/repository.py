"""What was asked of models in a person's name."""

from fitsense_api.db.models.interactions import ModelInteraction
from fitsense_api.db.repository import Owned


class Interactions(Owned[ModelInteraction]):
    """What was asked of models in a person's name, without anybody's words."""

    model_type = ModelInteraction
    what = "interaction"
