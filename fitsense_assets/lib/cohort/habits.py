"""How people train: activity, level, goals, equipment, days and minutes, given body and health."""

from dataclasses import dataclass

import numpy as np

from fitsense_assets.lib.cohort.bodies import BANDS, Bodies
from fitsense_assets.lib.cohort.chance import (
    Floats,
    Ints,
    lean_each,
    pick,
    pick_each,
    rank_by_weight,
    shares_of,
)
from fitsense_assets.lib.cohort.person_config import Days, Goals, Training
from fitsense_training.domain.vocabulary import (
    ActivityLevel,
    AgeBand,
    ExperienceLevel,
    Goal,
    Sex,
    Weekday,
)

ACTIVITIES = tuple(ActivityLevel)
LEVELS = tuple(ExperienceLevel)
GOALS = tuple(Goal)
WEEKDAYS = tuple(Weekday)
HEAVY_BMI, LIGHT_BMI = 28.0, 22.0
NO_GOAL = len(GOALS)
# Correlation of activity with weight for one's age: accelerometers find heavy people less active.
ACTIVITY_ON_WEIGHT = -0.25


@dataclass(frozen=True)
class Habits:
    """One entry per person, as positions in the tuples above.

    `goals` has three columns by priority, NO_GOAL where there is none; `weekdays` is a bit mask;
    `equipment` is a position in the configured sets.
    """

    activity: Ints
    level: Ints
    goals: Ints
    equipment: Ints
    weekdays: Ints
    session_minutes: Ints


def draw_habits(
    rng: np.random.Generator, rules: Training, bodies: Bodies, heaviness: Floats
) -> Habits:
    """Draw the habits of people with these bodies; `heaviness` is how heavy they are for their age.

    It is in deviations from the middle. The shares of activity stay what the recipe says.
    """
    count = len(bodies.age)
    by_band = np.array([shares_of(rules.activity.shares[b], ACTIVITIES) for b in BANDS])
    activity = lean_each(rng, by_band, bodies.band, heaviness, ACTIVITY_ON_WEIGHT)
    by_activity = np.array([shares_of(rules.level.shares[a], LEVELS) for a in ACTIVITIES])
    level = pick_each(rng, by_activity, activity)
    minor = bodies.band == BANDS.index(AgeBand.MINOR)
    level = np.where(minor, np.minimum(level, 1), level)
    names = [*rules.equipment.sets]
    by_level = np.array([shares_of(rules.equipment.shares[lv], names) for lv in LEVELS])
    minutes = np.array([*rules.minutes.shares])
    return Habits(
        activity=activity,
        level=level,
        goals=_draw_goals(rng, rules, bodies),
        equipment=pick_each(rng, by_level, level),
        weekdays=_draw_weekdays(rng, rules, level),
        session_minutes=minutes[pick(rng, np.array([*rules.minutes.shares.values()]), count)],
    )


def _draw_goals(rng: np.random.Generator, rules: Training, bodies: Bodies) -> Ints:
    order = rank_by_weight(rng, goal_weights(rules.goal, bodies))[:, :3]
    shares = np.array([rules.goal_count.shares.get(n, 0.0) for n in (1, 2, 3)])
    held = 1 + pick(rng, shares, len(bodies.age))
    return np.where(np.arange(3) < held[:, None], order, NO_GOAL)


def goal_weights(rules: Goals, bodies: Bodies) -> Floats:
    """[person, goal of GOALS]: how much each goal draws people with these bodies."""
    weights = np.tile(shares_of(rules.weights, GOALS), (len(bodies.age), 1))
    groups = {
        "male": bodies.is_sex(Sex.MALE),
        "female": bodies.is_sex(Sex.FEMALE),
        "heavy": bodies.bmi >= HEAVY_BMI,
        "light": bodies.bmi < LIGHT_BMI,
        "older": bodies.band == BANDS.index(AgeBand.OLDER),
        "minor": bodies.band == BANDS.index(AgeBand.MINOR),
    }
    for name, factors in rules.factors.items():
        factor = np.array([factors.get(goal, 1.0) for goal in GOALS])
        weights *= np.where(groups[name][:, None], factor, 1.0)
    return weights


def _draw_weekdays(rng: np.random.Generator, rules: Training, level: Ints) -> Ints:
    counts = np.arange(1, 7)
    table = np.array([[rules.days.shares[lv].get(int(n), 0.0) for n in counts] for lv in LEVELS])
    held = counts[pick_each(rng, table, level)]
    weights = np.tile(shares_of(rules.days.weekdays, WEEKDAYS), (len(level), 1))
    order = rank_by_weight(rng, weights)
    chosen = np.arange(len(WEEKDAYS)) < held[:, None]
    return np.where(chosen, 1 << order, 0).sum(axis=1)


def weekday_shares(rules: Days, level: ExperienceLevel) -> Floats:
    """How many people of a level can come on each day of WEEKDAYS.

    Days are drawn one after another by weight; `reached` is the chance of each set of days.
    """
    weights = shares_of(rules.weekdays, WEEKDAYS)
    reached = np.zeros(1 << len(WEEKDAYS))
    reached[0] = 1.0
    found = np.zeros(len(WEEKDAYS))
    for days in range(len(reached)):
        held = days >> np.arange(len(WEEKDAYS)) & 1
        found += rules.shares[level].get(int(held.sum()), 0.0) * reached[days] * held
        for day in np.flatnonzero(held == 0):
            left = weights[held == 0].sum()
            reached[days | 1 << day] += reached[days] * weights[day] / left
    return found


def weekdays_of(mask: int) -> tuple[Weekday, ...]:
    """The weekdays a bit mask stands for, Monday first."""
    return tuple(day for bit, day in enumerate(WEEKDAYS) if mask >> bit & 1)
