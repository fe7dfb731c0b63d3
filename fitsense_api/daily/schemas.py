"""A day as it is sent: one entry of each kind, weight in the unit it was entered in."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from fitsense_api.bounds import Notes
from fitsense_api.db.models.daily import CalorieLog, SleepLog, TargetMethod, WeightLog

KG_PER_LB = 0.45359237


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    notes: Notes | None = None
    is_confirmed: bool = Field(
        default=False, description="True once the person said that an unusual number is right."
    )


class CaloriesBody(_Entry):
    """What was eaten on a day."""

    calories_consumed: Annotated[int, Field(ge=0, le=30_000)]


class SleepBody(_Entry):
    """How long the night before a day was."""

    sleep_duration_hours: Annotated[float, Field(gt=0, le=24, allow_inf_nan=False)]


class WeightBody(_Entry):
    """A weighing in the person's own unit."""

    weight: Annotated[float, Field(gt=0, le=2000, allow_inf_nan=False)]
    unit: Literal["kg", "lb"] = "kg"
    body_fat_percentage: Annotated[float, Field(ge=0, lt=100, allow_inf_nan=False)] | None = None

    @property
    def weight_kg(self) -> float:
        """The weight in kg, to two decimals."""
        return round(self.weight * (KG_PER_LB if self.unit == "lb" else 1), 2)


class Day(BaseModel):
    """What is kept of a day; None is not told, zero is zero."""

    model_config = ConfigDict(frozen=True)

    day: date
    calories_consumed: int | None = None
    sleep_duration_hours: float | None = None
    weight_kg: float | None = None
    entered_unit: str | None = None
    body_fat_percentage: float | None = None
    notice: str | None = Field(default=None, description="A question to the person, if any.")


class CalorieTargetBody(BaseModel):
    """What to eat from a day on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    maintenance_calories: Annotated[int, Field(ge=800, le=10_000)]
    method: TargetMethod = TargetMethod.MANUAL
    effective_from: date
    notes: Notes | None = None


class SleepTargetBody(BaseModel):
    """How long to sleep from a day on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    target_sleep_hours: Annotated[float, Field(gt=0, le=24, allow_inf_nan=False)]
    effective_from: date
    notes: Notes | None = None


class Targets(BaseModel):
    """The targets that are open; None where none was set."""

    model_config = ConfigDict(frozen=True)

    maintenance_calories: int | None
    calories_from: date | None
    method: TargetMethod | None
    target_sleep_hours: float | None
    sleep_from: date | None


def day_view(
    day: date, eaten: CalorieLog | None, slept: SleepLog | None, weighed: WeightLog | None
) -> Day:
    """The rows of a day as one."""
    return Day(
        day=day,
        calories_consumed=eaten.calories_consumed if eaten else None,
        sleep_duration_hours=slept.sleep_duration_hours if slept else None,
        weight_kg=weighed.weight_kg if weighed else None,
        entered_unit=weighed.entered_unit if weighed else None,
        body_fat_percentage=weighed.body_fat_percentage if weighed else None,
    )


def noon_of(day: date, now: datetime) -> datetime:
    """The moment a weighing of a day is kept under: now for today, else noon of that day."""
    return (
        now
        if now.date() == day
        else now.replace(
            year=day.year, month=day.month, day=day.day, hour=12, minute=0, second=0, microsecond=0
        )
    )
