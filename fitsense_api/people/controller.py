"""The profile over HTTP: the worked example of an owned resource."""

from litestar import Controller, Response, get, put
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody

from fitsense_api.accounts.principal import Principal, requires
from fitsense_api.db.unit import Unit
from fitsense_api.errors import OWNED_PROBLEMS
from fitsense_api.people.repository import ProfileRepository
from fitsense_api.people.schemas import ProfileBody, ProfileView
from fitsense_api.people.service import ProfileService
from fitsense_api.preconditions import IfMatch


def provide_profiles(
    unit: NamedDependency[Unit], current: NamedDependency[Principal]
) -> ProfileService:
    """The profile of who asks."""
    return ProfileService(ProfileRepository(unit, current.user_id))


class ProfileController(Controller):
    """The profile of who asks."""

    path = "/v1/profile"
    tags = ("profile",)
    guards = (requires("profile"),)
    responses = OWNED_PROBLEMS
    dependencies = {  # noqa: RUF012 - Litestar's own way to say it
        "profiles": Provide(provide_profiles, sync_to_thread=False)
    }

    @get(operation_id="GetProfile", summary="One's profile")
    async def show(self, profiles: NamedDependency[ProfileService]) -> Response[ProfileView]:
        """The profile, with its ETag."""
        return _tagged(*await profiles.show())

    @put(operation_id="PutProfile", summary="Keep one's profile")
    async def put(
        self,
        data: JSONBody[ProfileBody],
        profiles: NamedDependency[ProfileService],
        if_match: IfMatch = None,
    ) -> Response[ProfileView]:
        """The profile as it is kept now; 412 where If-Match names an older one."""
        return _tagged(*await profiles.put(data, if_match))


def _tagged(view: ProfileView, tag: str) -> Response[ProfileView]:
    return Response(view, headers={"etag": tag})
