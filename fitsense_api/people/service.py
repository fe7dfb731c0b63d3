"""What a person's profile is to others: read it, put it."""

from fitsense_api.db.models.people import UserProfile
from fitsense_api.people.age import refuse_children
from fitsense_api.people.repository import ProfileRepository
from fitsense_api.people.schemas import ProfileBody, ProfileView, values_of, view_of
from fitsense_api.preconditions import etag_of, refuse_stale
from fitsense_training.domain.errors import UnknownName


class ProfileService:
    """The profile of whoever the repository was made for."""

    def __init__(self, profiles: ProfileRepository) -> None:
        self._profiles, self._today = profiles, profiles.unit.now.date()

    async def show(self) -> tuple[ProfileView, str]:
        """The profile and its tag; UnknownName where none was put yet."""
        found = await self._profiles.find()
        if found is None:
            raise UnknownName("there is no profile yet: put one")
        return view_of(found), _tag(found)

    async def put(self, body: ProfileBody, if_match: str | None) -> tuple[ProfileView, str]:
        """Keep the profile as it was sent; BadInput where the person is a child."""
        if body.date_of_birth is not None:
            refuse_children(body.date_of_birth, self._today)
        found = await self._profiles.find()
        refuse_stale(if_match, _tag(found) if found else None)
        if found is None:
            found = await self._profiles.add(UserProfile(**values_of(body)))
        else:
            await self._profiles.update(found, **values_of(body))
        return view_of(found), _tag(found)


def _tag(profile: UserProfile) -> str:
    return etag_of(profile.user_id, profile.updated_at.isoformat())
