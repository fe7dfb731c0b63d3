"""A person's log, read and added up: working loads, progress since a plan, and the overview."""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from fitsense_api.daily.repository import Nights, Weights
from fitsense_api.db.models.daily import SleepLog, WeightLog
from fitsense_api.db.unit import Unit
from fitsense_api.planned.repository import Revisions
from fitsense_api.plans.schemas import LoggedProgress
from fitsense_api.progress.figures import (
    exposures,
    monday_of,
    records,
    sets_by_muscle,
    statuses,
    working_loads,
)
from fitsense_api.progress.following import Followed, count_planned, eased_until, timeline
from fitsense_api.progress.schemas import (
    AdherenceView,
    LiftView,
    Overview,
    RecordView,
    WeekView,
    WeightView,
)
from fitsense_api.workouts.repository import LoggedSet, WorkoutSets
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.science.recovery import (
    DeloadAdvice,
    FatigueSigns,
    Today,
    adherence_step,
    deload_advice,
    readiness,
)
from fitsense_training.domain.science.weight_trend import WeighIn, change_share_per_week, trend_kg
from fitsense_training.domain.vocabulary import ExperienceLevel

LOAD_DAYS: Final = timedelta(days=28)
SHORT_BREAK: Final = timedelta(days=7)
GAP_MAX: Final = 365
ADHERENCE_DAYS: Final = timedelta(days=14)


class LogBook:
    """Everything one person logged."""

    def __init__(self, unit: Unit, owner_id: UUID) -> None:
        self._now = unit.now
        self._sets = WorkoutSets(unit, owner_id)
        self._nights, self._weights = Nights(unit, owner_id), Weights(unit, owner_id)
        self._revisions = Revisions(unit, owner_id)

    async def lifts(self) -> dict[str, float]:
        """The working loads of the last 28 days, exercise id to kg."""
        return working_loads(await self._sets.log(self._now - LOAD_DAYS))

    async def progress(
        self, plan: WorkoutPlan, since: datetime, level: ExperienceLevel
    ) -> LoggedProgress:
        """What the log since a plan was accepted adds up to."""
        whole = await self._sets.log()
        log = [each for each in whole if each.started_at >= since]
        followed = timeline(await self._revisions.followed())
        last = whole[-1].started_at if whole else since
        nights = await self._last_nights()
        adherence = _adherence(followed, log, max(since, self._now - ADHERENCE_DAYS), self._now)
        return LoggedProgress(
            statuses=statuses(plan, log),
            readiness=readiness(Today(nights_h=nights)),
            gap_days=min(max(0, (self._now - last).days), GAP_MAX),
            is_deload_due=self._is_deload_due(followed, whole, level, nights),
            adherence_share=1.0 if adherence is None else adherence.share,
        )

    def _is_deload_due(
        self,
        followed: list[Followed],
        whole: list[LoggedSet],
        level: ExperienceLevel,
        nights: tuple[float, ...],
    ) -> bool:
        """Whether a lighter week is due: weeks and signs count from the end of the last one."""
        eased = eased_until(followed, self._now)
        if eased is not None and self._now < eased:
            return False
        log = [each for each in whole if eased is None or each.started_at >= eased]
        mean = sum(nights) / len(nights) if nights else None
        signs = FatigueSigns(_drops(log), mean_sleep_h=mean)
        return deload_advice(weeks_on_end(log, self._now), level, signs) is DeloadAdvice.DUE

    async def overview(self) -> Overview:
        """Estimates of strength, records, volume a week, and the trend of body weight."""
        log = await self._sets.log()
        followed = timeline(await self._revisions.followed())
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
            weeks=_weeks(log, followed, self._now.date()),
            adherence=_adherence(followed, log, self._now - ADHERENCE_DAYS, self._now),
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


def _adherence(
    followed: list[Followed], log: list[LoggedSet], since: datetime, now: datetime
) -> AdherenceView | None:
    """What was done of what was planned up to yesterday; None where nothing was planned."""
    planned = count_planned(followed, since.date(), now.date())
    if not planned:
        return None
    done = len({each.workout_id for each in log if each.started_at >= since})
    share = _share(done, planned)
    return AdherenceView(
        count_workouts=done, count_planned=planned, share=share, step=adherence_step(share)
    )


def _weeks(log: list[LoggedSet], followed: list[Followed], today: date) -> tuple[WeekView, ...]:
    """Every week in which something was done or planned, oldest first."""
    by_week: dict[date, list[LoggedSet]] = {}
    for each in log:
        by_week.setdefault(monday_of(each.started_at.date()), []).append(each)
    if followed:
        week = monday_of(followed[0].begins.date())
        while week <= today:
            by_week.setdefault(week, [])
            week += timedelta(days=7)
    shown = (_week(week, sets, followed, today) for week, sets in sorted(by_week.items()))
    return tuple(week for week in shown if week.count_workouts or week.count_planned)


def _week(week: date, sets: list[LoggedSet], followed: list[Followed], today: date) -> WeekView:
    planned = count_planned(followed, week, min(week + timedelta(days=7), today))
    done = len({each.workout_id for each in sets})
    return WeekView(
        week=week,
        count_workouts=done,
        count_planned=planned,
        adherence_share=_share(done, planned) if planned else None,
        sets_by_muscle=sets_by_muscle(sets),
    )


def _share(done: int, planned: int) -> float:
    return round(min(1.0, done / planned), 2)
