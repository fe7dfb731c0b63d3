"""A person's daily rows: what was eaten, slept and weighed, and what they aim at."""

from datetime import UTC, date, datetime, time, timedelta

from fitsense_api.db.models.daily import CalorieLog, CalorieTarget, SleepLog, SleepTarget, WeightLog
from fitsense_api.db.repository import Owned


class Calories(Owned[CalorieLog]):
    """What was eaten, one row a day."""

    model_type = CalorieLog
    what = "calorie entry"


class Nights(Owned[SleepLog]):
    """How long was slept, one row a day."""

    model_type = SleepLog
    what = "sleep entry"


class Weights(Owned[WeightLog]):
    """Weighings; the service keeps one a day."""

    model_type = WeightLog
    what = "weight entry"

    async def newest(self) -> WeightLog | None:
        """The last weighing."""
        query = self.mine().order_by(WeightLog.logged_at.desc(), WeightLog.id.desc())
        return next(iter(await self._read(query.limit(1))), None)

    async def of_day(self, day: date) -> WeightLog | None:
        """The weighing of a day (UTC)."""
        start = datetime.combine(day, time(), tzinfo=UTC)
        query = self.mine().where(
            WeightLog.logged_at >= start, WeightLog.logged_at < start + timedelta(days=1)
        )
        newest_first = query.order_by(WeightLog.logged_at.desc()).limit(1)
        return next(iter(await self._read(newest_first)), None)


class CalorieTargets(Owned[CalorieTarget]):
    """What a person is to eat, from one day on."""

    model_type = CalorieTarget
    what = "calorie target"


class SleepTargets(Owned[SleepTarget]):
    """How long a person means to sleep, from one day on."""

    model_type = SleepTarget
    what = "sleep target"
