"""Goals, equipment, conditions and screening over HTTP."""

from litestar import Controller, Response, get, post, put
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody
from litestar.status_codes import HTTP_201_CREATED

from fitsense_api.accounts.principal import Principal, requires
from fitsense_api.calls import Once, provide_once
from fitsense_api.db.unit import Unit
from fitsense_api.errors import OWNED_PROBLEMS
from fitsense_api.people.holding_schemas import ConditionsBody, EquipmentBody, GoalsBody
from fitsense_api.people.holdings import Holdings
from fitsense_api.people.screening import ScreeningDesk, ScreeningView
from fitsense_api.people.whole import profile_of
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.safety.screening_answers import ScreeningAnswers


def provide_holdings(unit: NamedDependency[Unit], current: NamedDependency[Principal]) -> Holdings:
    """What who asks holds."""
    return Holdings(unit, current.user_id)


def provide_screenings(
    unit: NamedDependency[Unit], current: NamedDependency[Principal]
) -> ScreeningDesk:
    """The screening of who asks."""
    return ScreeningDesk(unit, current.user_id)


class HoldingController(Controller):
    """What a plan needs to know beside body and habits."""

    path = "/v1/profile"
    tags = ("profile",)
    guards = (requires("profile"),)
    responses = OWNED_PROBLEMS
    dependencies = {  # noqa: RUF012 - Litestar's own way to say it
        "holdings": Provide(provide_holdings, sync_to_thread=False)
    }

    @get("/whole", operation_id="GetWholeProfile", summary="The person as a plan sees them")
    async def whole(
        self, unit: NamedDependency[Unit], current: NamedDependency[Principal]
    ) -> Profile:
        """The whole person, or 422 that names what is still to be told."""
        return await profile_of(unit, current.user_id)

    @get("/goals", operation_id="GetGoals", summary="One's goals")
    async def goals(self, holdings: NamedDependency[Holdings]) -> tuple[str, ...]:
        """The goals, nearest to the heart first."""
        return tuple(goal.value for goal in await holdings.goals())

    @put("/goals", operation_id="PutGoals", summary="Keep one's goals")
    async def put_goals(
        self, data: JSONBody[GoalsBody], holdings: NamedDependency[Holdings]
    ) -> GoalsBody:
        """The goals as they are kept now."""
        return await holdings.put_goals(data.goals)

    @get("/equipment", operation_id="GetEquipment", summary="One's equipment")
    async def equipment(self, holdings: NamedDependency[Holdings]) -> EquipmentBody:
        """What one can train with."""
        return EquipmentBody(equipment=frozenset(await holdings.equipment()))

    @put("/equipment", operation_id="PutEquipment", summary="Keep one's equipment")
    async def put_equipment(
        self, data: JSONBody[EquipmentBody], holdings: NamedDependency[Holdings]
    ) -> EquipmentBody:
        """The equipment as it is kept now."""
        return await holdings.put_equipment(sorted(data.equipment))

    @get("/conditions", operation_id="GetConditions", summary="One's conditions")
    async def conditions(self, holdings: NamedDependency[Holdings]) -> ConditionsBody:
        """Every condition one told of."""
        return await holdings.conditions()

    @put("/conditions", operation_id="PutConditions", summary="Keep one's conditions")
    async def put_conditions(
        self, data: JSONBody[ConditionsBody], holdings: NamedDependency[Holdings]
    ) -> ConditionsBody:
        """The conditions as they are kept now; where they changed, screening is asked anew."""
        return await holdings.put_conditions(data)


class ScreeningController(Controller):
    """The questions before any plan."""

    path = "/v1/screenings"
    tags = ("profile",)
    guards = (requires("profile"),)
    responses = OWNED_PROBLEMS
    dependencies = {  # noqa: RUF012 - Litestar's own way to say it
        "screenings": Provide(provide_screenings, sync_to_thread=False),
        "once": Provide(provide_once),
    }

    @post(operation_id="Screen", summary="Answer screening", status_code=HTTP_201_CREATED)
    async def answer(
        self,
        data: JSONBody[ScreeningAnswers],
        screenings: NamedDependency[ScreeningDesk],
        once: NamedDependency[Once],
    ) -> Response[ScreeningView]:
        """What the answers allow, and the words to follow where they allow nothing."""
        return await once.answer(ScreeningView, lambda: screenings.answer(data))

    @get("/current", operation_id="GetScreening", summary="The screening that counts")
    async def current(self, screenings: NamedDependency[ScreeningDesk]) -> ScreeningView:
        """What the last answers allow today."""
        return await screenings.current()
