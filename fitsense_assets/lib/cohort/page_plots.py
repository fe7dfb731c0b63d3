"""The pictures of a cohort's page: bodies and conditions, three people, attendance and sleep."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from fitsense_assets.lib.cohort.config import CohortConfig
from fitsense_assets.lib.cohort.realism import expected_missed_share
from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.vocabulary import ExerciseRole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COUNT_SHOWN, TOP_CONDITIONS = 3, 12
BLUE, RED, GREEN, PURPLE, GREY = "#0969da", "#cf222e", "#1a7f37", "#8250df", "#59636e"
BLACK = "#1b1f24"
AGES = range(10, 95, 5)
LIFT = ["user_id", "exercise_id"]


def _figure(rows: int, columns: int, height: float) -> "tuple[Figure, Sequence[Axes]]":
    from matplotlib.figure import Figure  # slow to import, and only reports need it

    figure = Figure(figsize=(10.5, height), layout="constrained")
    axes = list(figure.subplots(rows, columns, squeeze=False).flat)
    for each in axes:
        each.spines[["top", "right"]].set_visible(False)
    return figure, axes


def people_plot(rules: CohortConfig, people: pl.DataFrame) -> "Figure":
    """Age, height and BMI by sex, and conditions, all weighted back to the population."""
    figure, (ages, heights, bmis, conditions) = _figure(2, 2, 6.5)
    whole = float(people["weight"].sum())
    ages.hist(people["age"], bins=AGES, weights=people["weight"], color=BLUE, label="found")
    ages.stairs(_expected_ages(rules) * whole, AGES, color=GREY, linewidth=1.5, label="configured")
    ages.set(title="age", xlabel="years", ylabel="people, weighted")
    with_bmi = people.with_columns(bmi=pl.col("weight_kg") / (pl.col("height_cm") / 100) ** 2)
    for sex, color in (("female", RED), ("male", BLUE)):
        some = with_bmi.filter(pl.col("sex") == sex)
        style: dict[str, Any] = {"alpha": 0.55, "label": sex, "color": color}
        style["weights"] = some["weight"].to_numpy()
        heights.hist(some["height_cm"], bins=range(130, 216, 4), **style)
        bmis.hist(some["bmi"], bins=range(15, 53), **style)
    heights.set(title="height by sex", xlabel="cm", ylabel="people, weighted")
    bmis.set(title="BMI by sex", xlabel="kg/m2", ylabel="people, weighted")
    bmis.axvline(30, color=GREY, linewidth=1, linestyle=":", label="obesity from here on")
    for each in (ages, heights, bmis):
        each.legend(frameon=False)
    _draw_conditions(conditions, people)
    return figure


def _expected_ages(rules: CohortConfig) -> np.ndarray:
    """The configured share of each five years of AGES."""
    shares = {
        age: share / (high - low + 1)
        for low, high, share in rules.population.age.rows
        for age in range(low, high + 1)
    }
    return np.array([sum(shares.get(age, 0.0) for age in range(b, b + 5)) for b in AGES[:-1]])


def _draw_conditions(axes: "Axes", people: pl.DataFrame) -> None:
    """Weighted shares as bars, with marks for how often they were drawn to learn from."""
    from matplotlib.ticker import PercentFormatter

    shares = people.group_by("condition_flag").agg(
        pl.col("weight").sum() / people["weight"].sum(), pl.len().alias("drawn") / people.height
    )
    rare = shares.filter(pl.col("condition_flag") != "none").sort("weight", "condition_flag")
    top = rare.tail(TOP_CONDITIONS)
    flags = top["condition_flag"].replace("multiple", "two or more")
    names = flags.str.replace_all("_", " ").to_list()
    axes.barh(names, top["weight"], color=PURPLE, label="in the population")
    axes.scatter(top["drawn"], names, color=BLACK, marker="|", s=90, label="in this cohort")
    axes.set(title="people with one condition, or several", xlabel="share of everybody")
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.tick_params(axis="y", labelsize=8)
    axes.legend(frameon=False)


def typical_people(people: pl.DataFrame, sets: pl.DataFrame) -> pl.DataFrame:
    """Of each level somebody whose loads grew as usual, among those who logged much.

    `grown` is the middle of their lifts' loads in the last third of the time over the first.
    """
    lifts = (
        _lifts(sets)
        .sort("session_at")
        .group_by(LIFT)
        .agg(
            (
                pl.col("target_load_kg").tail(pl.len() // 3).mean()
                / pl.col("target_load_kg").head(pl.len() // 3).mean()
            ).alias("grown"),
            pl.len().alias("count"),
        )
    )
    own = (
        lifts.drop_nulls("grown")
        .group_by("user_id")
        .agg(pl.col("grown").median(), pl.col("count").sum())
    )
    known = people.join(own, on="user_id").filter(
        pl.col("count") >= pl.col("count").median().over("experience_level")
    )
    ordered = known.sort("experience_level", "grown", "user_id")
    middle = (
        pl.int_range(pl.len()).over("experience_level") == pl.len().over("experience_level") // 2
    )
    return ordered.filter(middle).sort("experience_level", descending=True).head(COUNT_SHOWN)


def _lifts(sets: pl.DataFrame) -> pl.DataFrame:
    """Working sets of compound lifts that are counted in reps and loaded in kg."""
    compound = [e.id for e in load_catalogue() if e.role is ExerciseRole.COMPOUND]
    return sets.filter(
        ~pl.col("is_warm_up") & ~pl.col("is_deload") & pl.col("exercise_id").is_in(compound),
        pl.col("reps").is_not_null() & pl.col("target_load_kg").is_not_null(),
    )


def three_plot(shown: pl.DataFrame, sets: pl.DataFrame, days: pl.DataFrame) -> "Figure":
    """Loads of the lifts they did most, and body weight, of up to three people."""
    from matplotlib.dates import DateFormatter, MonthLocator

    count = max(shown.height, 1)
    figure, axes = _figure(2, count, 6.4)
    for place, person in enumerate(shown.iter_rows(named=True)):
        loads, weights = axes[place], axes[count + place]
        loads.set_title(
            f"{person['sex']}, {person['age']}, {person['experience_level']}\n"
            f"wants {person['goal_type'].replace('_', ' ')}, loads {person['grown'] - 1:+.0%}",
            fontsize=10,
        )
        _draw_loads(loads, _lifts(sets.filter(pl.col("user_id") == person["user_id"])))
        logs = days.filter(pl.col("user_id") == person["user_id"]).drop_nulls("weight_kg")
        weights.scatter(logs["day"], logs["weight_kg"], s=8, color=GREEN, alpha=0.6)
        weights.plot(
            logs["day"], logs["weight_kg"].ewm_mean(half_life=7), color=GREEN, linewidth=1.5
        )
        for each in (loads, weights):
            each.xaxis.set_major_locator(MonthLocator())
            each.xaxis.set_major_formatter(DateFormatter("%b"))
    if shown.height:
        axes[0].set_ylabel("load as entered, kg")
        axes[count].set_ylabel("body weight, kg")
    return figure


def _draw_loads(axes: "Axes", sets: pl.DataFrame) -> None:
    """The three lifts done most, session by session."""
    names = sets.group_by("exercise_id").len().sort("len", "exercise_id", descending=[True, False])
    for name, color in zip(names["exercise_id"].head(3), (BLUE, PURPLE, RED), strict=False):
        done = sets.filter(pl.col("exercise_id") == name)
        line = done.group_by("session_at").agg(pl.col("load_kg").median()).sort("session_at")
        label = name.replace("_", " ")
        axes.plot(line["session_at"], line["load_kg"], ".-", color=color, label=label, linewidth=1)
    axes.set_ylim(bottom=0)
    if names.height:
        axes.legend(frameon=False, fontsize=8, loc="lower center", bbox_to_anchor=(0.5, -0.5))


def attendance_plot(
    rules: CohortConfig, plans: pl.DataFrame, sets: pl.DataFrame, days: pl.DataFrame
) -> "Figure":
    """How much of their plan people came to, and how long they slept."""
    from matplotlib.ticker import PercentFormatter

    figure, (kept, nights) = _figure(1, 2, 3.2)
    came = sets.select("user_id", "session_at").unique().group_by("user_id").len("came")
    a_week = pl.col("plan_json").str.count_matches('"weekday":', literal=True)
    share = pl.col("came").fill_null(0) * 7 / rules.lookback_days / a_week
    found = plans.drop_nulls("plan_json").join(came, on="user_id", how="left").select(share)
    kept.hist(found.to_series().clip(0, 1), bins=[n / 10 for n in range(11)], color=BLUE)
    expected = 1 - expected_missed_share(rules)
    kept.axvline(expected, color=BLACK, linewidth=1.5, linestyle=":", label="configured mean")
    kept.set(title="how much of their plan people came to", xlabel="share of planned sessions")
    kept.set_ylabel("people with a plan")
    kept.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    kept.legend(frameon=False, loc="upper left")
    is_weekend = days["day"].dt.weekday() > 5
    bins = [n / 2 for n in range(6, 25)]
    for label, some, color in (("weekdays", ~is_weekend, PURPLE), ("weekends", is_weekend, GREEN)):
        hours = days.filter(some)["sleep_hours"]
        nights.hist(hours, bins=bins, density=True, alpha=0.55, color=color, label=label)
    nights.set(title="sleep", xlabel="hours a night", ylabel="share of nights per hour")
    nights.legend(frameon=False)
    return figure
