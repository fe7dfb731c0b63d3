"""A person's log, read and added up: working loads, progress since a plan, and the overview."""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from fitsense_api.daily.repository import Nights, Weights
from fitsense_api.db.models.daily import SleepLog, WeightLog
from fitsense_api.db.unit import Unit
from fitsense_api.plans.schemas import LoggedProgress
from fitsense_api.progress.figures import (
    adherence_share,
    exposures,
    monday_of,
    records,
    sets_by_muscle,
    statuses,
    working_loads,
)
from fitsense_api.progress.schemas import LiftView, Overview, RecordView, WeekView, WeightView
from fitsense_api.workouts.repository import LoggedSet, WorkoutSets
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.science.recovery import (
    DeloadAdvice,
    FatigueSigns,
    Today,
    deload_advice,
    readiness,
)
from fitsense_training.domain.science.weight_trend import WeighIn, change_share_per_week, trend_kg
from fitsense_training.domain.vocabulary import ExperienceLevel

LOAD_DAYS: Final = timedelta(days=28)
SHORT_BREAK: Final = timedelta(days=7)
GAP_MAX: Final = 365


class LogBook:
    """Everything one person logged."""

    def __init__(self, unit: Unit, owner_id: UUID) -> None:
        self._now = unit.now
        self._sets = WorkoutSets(unit, owner_id)
        self._nights, self._weights = Nights(unit, owner_id), Weights(unit, owner_id)

    async def lifts(self) -> dict[str, float]:
        """The working loads of the last 28 days, exercise id to kg."""
        return working_loads(await self._sets.log(self._now - LOAD_DAYS))

    async def progress(
        self, plan: WorkoutPlan, since: datetime, level: ExperienceLevel
    ) -> LoggedProgress:
        """What the log since a plan was accepted adds up to."""
        whole = await self._sets.log()
        log = [each for each in whole if each.started_at >= since]
        last = whole[-1].started_at if whole else since
        weeks = weeks_on_end(whole, self._now)
        nights = await self._last_nights()
        mean = sum(nights) / len(nights) if nights else None
        advice = deload_advice(weeks, level, FatigueSigns(_drops(whole), mean_sleep_h=mean))
        return LoggedProgress(
            statuses=statuses(plan, log),
            readiness=readiness(Today(nights_h=nights)),
            gap_days=min(max(0, (self._now - last).days), GAP_MAX),
            is_deload_due=advice is DeloadAdvice.DUE,
            adherence_share=adherence_share(plan, log, (self._now - since) / timedelta(days=1)),
        )

    async def overview(self) -> Overview:
        """Estimates of strength, records, volume a week, and the trend of body weight."""
        log = await self._sets.log()
        by_exercise = exposures(log)
        broken = [found for done in by_exercise.values() for found in records(done)]
        return Overview(
            lifts=tuple(
                LiftView.of(name, [e.best_1rm for e in done], done[-1].load_kg)
                for name, done in sorted(by_exercise.items())
            ),
            records=tuple(
                RecordView(
                    exercise_id=found.exercise_id,
                    at=found.at,
                    estimate_kg=found.estimate_kg,
                    before_kg=found.before_kg,
                )
                for found in sorted(broken, key=lambda each: each.at, reverse=True)
            ),
            weeks=_weeks(log),
            weight=await self._weight(),
        )

    async def _last_nights(self) -> tuple[float, ...]:
        since = (self._now - timedelta(days=3)).date()
        rows = await self._nights.all(SleepLog.log_date >= since, order_by=SleepLog.log_date)
        return tuple(row.sleep_duration_hours for row in rows)[-3:]

    async def _weight(self) -> WeightView | None:
        rows = await self._weights.all(order_by=WeightLog.logged_at)
        by_day = {row.logged_at.date(): row.weight_kg for row in rows}
        weigh_ins = [WeighIn(day.toordinal(), kilos) for day, kilos in by_day.items()]
        if not weigh_ins:
            return None
        share = change_share_per_week(weigh_ins)
        return WeightView(
            latest_kg=weigh_ins[-1].weight_kg,
            trend_kg=round(trend_kg(weigh_ins)[-1], 2),
            change_share_per_week=None if share is None else round(share, 5),
        )


def weeks_on_end(log: list[LoggedSet], now: datetime) -> float:
    """Weeks of training without a pause of more than a week, up to now; 0 after such a pause."""
    begin = after = now
    for each in reversed(log):
        if after - each.started_at > SHORT_BREAK:
            break
        begin = after = each.started_at
    return (now - begin) / timedelta(days=7)


def _drops(log: list[LoggedSet]) -> tuple[float, ...]:
    """By how much each lift fell from one workout to the next, as a share."""
    found: list[float] = []
    for done in exposures(log).values():
        bests = [each.best_1rm for each in done[-2:] if each.best_1rm is not None]
        if len(bests) > 1:
            found.append((bests[0] - bests[1]) / bests[0])
    return tuple(found)


def _weeks(log: list[LoggedSet]) -> tuple[WeekView, ...]:
    by_week: dict[str, list[LoggedSet]] = {}
    for each in log:
        by_week.setdefault(monday_of(each.started_at.date()).isoformat(), []).append(each)
    return tuple(
        WeekView(
            week=date.fromisoformat(week),
            count_workouts=len({each.workout_id for each in sets}),
            sets_by_muscle=sets_by_muscle(sets),
        )
        for week, sets in sorted(by_week.items())
    )
