"""Keeping days: one entry of each kind a day, checked for sanity before it is kept."""

from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from fitsense_api.bounds import refuse_far_day
from fitsense_api.daily.repository import Calories, Nights, Weights
from fitsense_api.daily.schemas import (
    CaloriesBody,
    Day,
    SleepBody,
    WeightBody,
    day_view,
    noon_of,
)
from fitsense_api.db.models.daily import CalorieLog, SleepLog, WeightLog
from fitsense_api.db.repository import Owned
from fitsense_api.db.unit import Unit
from fitsense_api.errors import Conflict
from fitsense_training.domain.errors import BadInput, UnknownName
from fitsense_training.domain.science.daily_log import (
    Field,
    Known,
    LogVerdict,
    check_log,
)
from fitsense_training.domain.science.weight_trend import WeighIn, trend_kg

DAYS_MAX: Final = 400
TREND_DAYS: Final = 60


class DayBook:
    """The days of one person."""

    def __init__(self, unit: Unit, owner_id: UUID) -> None:
        self._now = unit.now
        self._calories, self._nights = Calories(unit, owner_id), Nights(unit, owner_id)
        self._weights = Weights(unit, owner_id)

    async def put_calories(self, day: date, body: CaloriesBody) -> Day:
        """Keep what was eaten on a day."""
        refuse_far_day(day)
        since = day - timedelta(days=6)
        week = await self._calories.all(
            CalorieLog.log_date >= since, CalorieLog.log_date < day, order_by=CalorieLog.log_date
        )
        known = Known(kcal_of_last_days=[row.calories_consumed for row in week])
        notice = self._check(day, (Field.KCAL, body.calories_consumed), known, body.is_confirmed)
        values = {"calories_consumed": body.calories_consumed, "notes": body.notes}
        await _keep(self._calories, CalorieLog.log_date == day, {"log_date": day, **values})
        return await self._shown(day, notice)

    async def put_sleep(self, day: date, body: SleepBody) -> Day:
        """Keep how long the night before a day was."""
        refuse_far_day(day)
        hours = round(body.sleep_duration_hours, 1)
        notice = self._check(day, (Field.SLEEP_H, hours), Known(), body.is_confirmed)
        values = {"sleep_duration_hours": hours, "notes": body.notes}
        await _keep(self._nights, SleepLog.log_date == day, {"log_date": day, **values})
        return await self._shown(day, notice)

    async def put_weight(self, day: date, body: WeightBody) -> Day:
        """Keep the weighing of a day; a second one takes the place of the first."""
        refuse_far_day(day)
        known = Known(trend_weight_kg=await self._trend_before(day))
        notice = self._check(day, (Field.WEIGHT_KG, body.weight_kg), known, body.is_confirmed)
        values: dict[str, Any] = {
            "logged_at": noon_of(day, self._now),
            "weight_kg": body.weight_kg,
            "entered_unit": body.unit,
            "body_fat_percentage": body.body_fat_percentage,
            "notes": body.notes,
        }
        found = await self._weights.of_day(day)
        if found is None:
            await self._weights.add(WeightLog(**values))
        else:
            await self._weights.update(found, **values)
        return await self._shown(day, notice)

    async def days(self, first: date, last: date) -> list[Day]:
        """Every day of a span on which something was kept, oldest first."""
        if not 0 <= (last - first).days <= DAYS_MAX:
            raise BadInput(f"ask for a span of at most {DAYS_MAX} days, its first day first")
        eaten = {row.log_date: row for row in await self._calories.all()}
        slept = {row.log_date: row for row in await self._nights.all()}
        weighed = {row.logged_at.date(): row for row in await self._weights.all()}
        days = sorted({*eaten, *slept, *weighed})
        return [
            day_view(day, eaten.get(day), slept.get(day), weighed.get(day))
            for day in days
            if first <= day <= last
        ]

    async def remove(self, day: date, kind: str) -> None:
        """Take an entry of a day back; it can be put again."""
        refuse_far_day(day)
        row: Any = None
        rows: Owned[Any] = self._weights
        if kind == "weight":
            row = await self._weights.of_day(day)
        elif kind == "sleep":
            rows, row = self._nights, await self._nights.find(SleepLog.log_date == day)
        elif kind == "calories":
            rows, row = self._calories, await self._calories.find(CalorieLog.log_date == day)
        if row is None:
            raise UnknownName("there is no such entry on this day")
        await rows.remove(row)

    def _check(
        self, day: date, entry: tuple[Field, float], known: Known, is_confirmed: bool
    ) -> str | None:
        """What is to be asked of the person, None for nothing.

        Raises:
            BadInput: the number cannot be, or the day is still to come.
            Conflict: the number is unusual, and nobody has said that it is right.
        """
        if day > self._now.date() + timedelta(days=1):  # it may be tomorrow where they live
            raise BadInput("this day is still to come: log it when it is over")
        findings = check_log(dict([entry]), known)
        said = {finding.verdict: finding.sentence for finding in reversed(findings)}
        if LogVerdict.REFUSE in said:
            raise BadInput(said[LogVerdict.REFUSE])
        if LogVerdict.CONFIRM in said and not is_confirmed:
            raise Conflict(f"{said[LogVerdict.CONFIRM]} If it is, send it with is_confirmed.")
        return said.get(LogVerdict.CHECK_IN)

    async def _trend_before(self, day: date) -> float | None:
        rows = await self._weights.all(order_by=WeightLog.logged_at)
        by_day = {row.logged_at.date(): row.weight_kg for row in rows}
        since = day - timedelta(days=TREND_DAYS)
        weigh_ins = [
            WeighIn(at.toordinal(), kilos) for at, kilos in by_day.items() if since <= at < day
        ]
        return trend_kg(weigh_ins)[-1] if weigh_ins else None

    async def _shown(self, day: date, notice: str | None) -> Day:
        eaten = await self._calories.find(CalorieLog.log_date == day)
        slept = await self._nights.find(SleepLog.log_date == day)
        shown = day_view(day, eaten, slept, await self._weights.of_day(day))
        return shown.model_copy(update={"notice": notice})


async def _keep(rows: Owned[Any], same_day: Any, values: dict[str, Any]) -> None:
    """Put a row whose day is unique: a deleted one is taken up again."""
    found = await rows.find_kept(same_day)
    if found is None:
        await rows.add(rows.model_type(**values))
    else:
        await rows.update(found, **values, deleted_at=None)
