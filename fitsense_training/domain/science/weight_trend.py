"""Body weight as a trend: an exponentially weighted mean, and what its slope asks for.

Decisions need 14 days and 6 weigh-ins; daily noise of about one percent says nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.science.energy import load_energy_rules
from fitsense_training.domain.science.energy_target import floor_kcal, loss_most_kg_per_week

ON_PLAN_SHARE = 0.001


@dataclass(frozen=True)
class WeighIn:
    """A weight in kg on a day, counted from any day 0."""

    day: int
    weight_kg: float


def trend_kg(weigh_ins: Sequence[WeighIn]) -> tuple[float, ...]:
    """The trend at each weigh-in; a gap of n days weighs the new reading as n readings would.

    BadInput where two are of one day, or they are not oldest first.
    """
    alpha, trend = load_energy_rules().trend_alpha.value, list[float]()
    for before, now in zip((None, *weigh_ins), weigh_ins, strict=False):
        if before is None:
            trend.append(now.weight_kg)
            continue
        if now.day <= before.day:
            raise BadInput("weigh-ins are given one a day, oldest first")
        weight = 1 - (1 - alpha) ** (now.day - before.day)
        trend.append(trend[-1] + weight * (now.weight_kg - trend[-1]))
    return tuple(trend)


def change_share_per_week(weigh_ins: Sequence[WeighIn]) -> float | None:
    """Change of the trend a week as a share of body weight; None while there is too little."""
    rules = load_energy_rules()
    if len(weigh_ins) < rules.trend_weigh_ins_min.value:
        return None
    days = weigh_ins[-1].day - weigh_ins[0].day
    if days < rules.trend_days_min.value:
        return None
    trend = trend_kg(weigh_ins)
    return (trend[-1] - trend[0]) / trend[0] / days * 7


def next_intake_kcal(
    profile: Profile, intake_kcal: float, wanted_share: float, seen_share: float
) -> float:
    """The intake of the next two weeks, moved by 125 kcal where the trend misses what was planned.

    Shares are changes of body weight a week, negative for a loss. A miss of less than a tenth of a
    percent is on plan. The intake never falls below the floor.
    """
    step = load_energy_rules().weight_step_kcal
    miss = seen_share - wanted_share
    if abs(miss) < ON_PLAN_SHARE:
        return intake_kcal
    moved = intake_kcal - (step.low + step.high) / 2 * (1 if miss > 0 else -1)
    return max(moved, min(intake_kcal, floor_kcal(profile)))


class WeightStep(StrEnum):
    """What the trend asks for."""

    NOTHING = "nothing"
    EAT_MORE = "eat_more"
    SEE_CLINICIAN = "see_clinician"


def weight_step(
    profile: Profile, weekly_shares: Sequence[float], *, is_intended: bool
) -> WeightStep:
    """What the changes of the last weeks (shares of body weight, newest last) ask for.

    A loss of 1.5 percent in a week, or 5 percent in four weeks that nobody intended, belongs before
    a clinician. Faster than the cap two weeks running asks for more food.
    """
    rules, cap = load_energy_rules(), loss_most_kg_per_week(profile) / profile.weight_kg
    losses = [-share for share in weekly_shares]
    if losses and losses[-1] >= rules.loss_concern_share_per_week.value - 1e-9:
        return WeightStep.SEE_CLINICIAN
    four = rules.loss_concern_share_four_weeks.value
    if not is_intended and sum(losses[-4:]) >= four - 1e-9:
        return WeightStep.SEE_CLINICIAN
    is_fast = len(losses) >= 2 and min(losses[-2:]) > cap
    return WeightStep.EAT_MORE if is_fast else WeightStep.NOTHING
