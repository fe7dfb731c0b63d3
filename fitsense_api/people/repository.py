"""A person's profile row."""

from fitsense_api.db.models.people import UserProfile
from fitsense_api.db.repository import Owned


class ProfileRepository(Owned[UserProfile]):
    """The one profile of a person."""

    model_type = UserProfile
    what = "profile"
