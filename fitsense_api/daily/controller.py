"""Days and targets over HTTP."""

from datetime import date
from typing import Annotated, Literal

from litestar import Controller, delete, get, put
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody, PathParameter, QueryParameter

from fitsense_api.accounts.principal import Principal, requires
from fitsense_api.daily.schemas import (
    CaloriesBody,
    CalorieTargetBody,
    Day,
    SleepBody,
    SleepTargetBody,
    Targets,
    WeightBody,
)
from fitsense_api.daily.service import DayBook
from fitsense_api.daily.targets import TargetBook
from fitsense_api.db.unit import Unit
from fitsense_api.errors import OWNED_PROBLEMS

TheDay = Annotated[date, PathParameter(description="The day, as 2026-03-02.")]
FirstDay = Annotated[date, QueryParameter(name="from", description="The first day.")]
LastDay = Annotated[date, QueryParameter(name="to", description="The last day.")]

Kind = Annotated[
    Literal["calories", "sleep", "weight"], PathParameter(description="What is taken back.")
]


def provide_days(unit: NamedDependency[Unit], current: NamedDependency[Principal]) -> DayBook:
    """The days of who asks."""
    return DayBook(unit, current.user_id)


def provide_targets(unit: NamedDependency[Unit], current: NamedDependency[Principal]) -> TargetBook:
    """The targets of who asks."""
    return TargetBook(unit, current.user_id)


class DayController(Controller):
    """What was eaten, slept and weighed: one entry of each kind a day; putting is repeatable."""

    path = "/v1/days"
    tags = ("days",)
    guards = (requires("days"),)
    responses = OWNED_PROBLEMS
    dependencies = {  # noqa: RUF012 - Litestar's own way to say it
        "days": Provide(provide_days, sync_to_thread=False)
    }

    @get(operation_id="ListDays", summary="One's days")
    async def index(
        self, days: NamedDependency[DayBook], first: FirstDay, last: LastDay
    ) -> list[Day]:
        """Every day of a span on which something was kept."""
        return await days.days(first, last)

    @put("/{day:date}/calories", operation_id="PutCalories", summary="Log what was eaten")
    async def put_calories(
        self, day: TheDay, data: JSONBody[CaloriesBody], days: NamedDependency[DayBook]
    ) -> Day:
        """The day as it is kept; 409 where the number is unusual and was not confirmed."""
        return await days.put_calories(day, data)

    @put("/{day:date}/sleep", operation_id="PutSleep", summary="Log a night")
    async def put_sleep(
        self, day: TheDay, data: JSONBody[SleepBody], days: NamedDependency[DayBook]
    ) -> Day:
        """The day as it is kept; 409 where the number is unusual and was not confirmed."""
        return await days.put_sleep(day, data)

    @put("/{day:date}/weight", operation_id="PutWeight", summary="Log a weighing")
    async def put_weight(
        self, day: TheDay, data: JSONBody[WeightBody], days: NamedDependency[DayBook]
    ) -> Day:
        """The day as it is kept; 409 where the number is unusual and was not confirmed."""
        return await days.put_weight(day, data)

    @delete(
        "/{day:date}/entries/{kind:str}",
        operation_id="RemoveDayEntry",
        summary="Take an entry back",
    )
    async def remove(
        self,
        day: TheDay,
        kind: Kind,
        days: NamedDependency[DayBook],
    ) -> None:
        """Take one entry of a day back."""
        await days.remove(day, kind)


class TargetController(Controller):
    """What one aims at, day by day."""

    path = "/v1/targets"
    tags = ("days",)
    guards = (requires("days"),)
    responses = OWNED_PROBLEMS
    dependencies = {  # noqa: RUF012 - Litestar's own way to say it
        "targets": Provide(provide_targets, sync_to_thread=False)
    }

    @get(operation_id="GetTargets", summary="One's targets")
    async def show(self, targets: NamedDependency[TargetBook]) -> Targets:
        """The targets that are open."""
        return await targets.show()

    @put("/calories", operation_id="PutCalorieTarget", summary="Set a calorie target")
    async def put_calories(
        self, data: JSONBody[CalorieTargetBody], targets: NamedDependency[TargetBook]
    ) -> Targets:
        """The targets that are open now."""
        return await targets.put_calories(data)

    @put("/sleep", operation_id="PutSleepTarget", summary="Set a sleep target")
    async def put_sleep(
        self, data: JSONBody[SleepTargetBody], targets: NamedDependency[TargetBook]
    ) -> Targets:
        """The targets that are open now."""
        return await targets.put_sleep(data)
