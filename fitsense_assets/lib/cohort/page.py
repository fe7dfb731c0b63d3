"""The report of a cohort as one page: who they are, how three of them trained, who came."""

import base64
import html
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from fitsense_assets.lib.cohort.realism import (
    SET_COLUMNS,
    Sight,
    logged_sets,
    planned_sessions,
    sights,
)
from fitsense_assets.lib.cohort.spec import read_cohort
from fitsense_assets.lib.lake import Lake, Manifest
from fitsense_assets.lib.page import page, table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TABLE, FILE = "cohort_reports", "report.html"
PROFILE_COLUMNS = [
    "user_id",
    "weight",
    "age",
    "sex",
    "height_cm",
    "weight_kg",
    "goal_type",
    "experience_level",
    "condition_flag",
]
COUNT_SHOWN, TOP_CONDITIONS = 3, 12
BLUE, RED, GREEN, PURPLE, GREY = "#0969da", "#cf222e", "#1a7f37", "#8250df", "#59636e"


def write_cohort_report(lake: Lake, key: str) -> Manifest:
    """Write the page of a cohort whose profiles, workouts and daily logs are there."""
    rules = read_cohort(lake, key).config
    people = lake.read_frame("profiles", key, PROFILE_COLUMNS)
    planned = sum(
        planned_sessions(rules, part) for part in lake.read_parts("plans", key, ["plan_json"])
    )
    sets = logged_sets(lake.read_parts("workouts", key, SET_COLUMNS))
    first = next(lake.read_parts("workouts", key, SET_COLUMNS))
    days = next(lake.read_parts("daily_logs", key))
    shown = _three(people, first)
    body = [
        f"<h1>Cohort {html.escape(key)}</h1>",
        f'<p class="quiet">{people.height:,} synthetic people, {sets.count_sets:,} sets, '
        f"{rules.lookback_days} days up to {rules.end_date}. Shares are weighted back to the "
        "population that rare slices were drawn from more often.</p>",
        "<h2>Who they are</h2>",
        _picture(_people_plot(people), "age, height, BMI and conditions"),
        "<h2>Three of them</h2>",
        _picture(_three_plot(shown, first, days), "loads and body weight of three people"),
        "<h2>Who came</h2>",
        _picture(_attendance_plot(first, days), "sessions a person and week"),
        "<h2>Found beside configured</h2>",
        _sights(sights(rules, people, planned, sets)),
    ]
    with lake.write(TABLE, key) as draft:
        draft.count_rows = people.height
        draft.write_text(FILE, page(f"FitSense cohort {key}", "".join(body)))
    return draft.sealed


def report_path(lake: Lake, key: str) -> str:
    """Where the page of a cohort lies."""
    return str(lake.folder(TABLE, key) / FILE)


def _sights(seen: Sequence[Sight]) -> str:
    rows = [
        (s.what, f"{s.found:.3g}", s.expected, ("good", "fits") if s.fits else ("bad", "off"))
        for s in seen
    ]
    return table(("what", "found", "configured", ""), rows)


def _picture(figure: "Figure", title: str) -> str:
    out = io.BytesIO()
    # The fixed metadata keeps the bytes the same from run to run.
    figure.savefig(out, format="png", dpi=110, metadata={"Software": None})
    text = base64.b64encode(out.getvalue()).decode()
    return f'<img alt="{html.escape(title)}" src="data:image/png;base64,{text}">'


def _figure(rows: int, columns: int, height: float) -> "tuple[Figure, Sequence[Axes]]":
    from matplotlib.figure import Figure  # slow to import, and only reports need it

    figure = Figure(figsize=(10.5, height), layout="constrained")
    axes = list(figure.subplots(rows, columns, squeeze=False).flat)
    for each in axes:
        each.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _people_plot(people: pl.DataFrame) -> "Figure":
    figure, (ages, heights, bmis, conditions) = _figure(2, 2, 6.5)
    weight = people["weight"]
    ages.hist(people["age"], bins=range(10, 95, 5), weights=weight, color=BLUE)
    ages.set(title="age", xlabel="years", ylabel="people, weighted")
    with_bmi = people.with_columns(bmi=pl.col("weight_kg") / (pl.col("height_cm") / 100) ** 2)
    for sex, color in (("female", RED), ("male", BLUE)):
        some = with_bmi.filter(pl.col("sex") == sex)
        style: dict[str, Any] = {"alpha": 0.55, "label": sex, "color": color}
        style["weights"] = some["weight"].to_numpy()
        heights.hist(some["height_cm"], bins=range(130, 216, 4), **style)
        bmis.hist(some["bmi"], bins=range(15, 53), **style)
    heights.set(title="height by sex", xlabel="cm", ylabel="people, weighted")
    bmis.set(title="BMI by sex, obesity from the line on", xlabel="kg/m2")
    bmis.axvline(30, color=GREY, linewidth=1, linestyle=":")
    for each in (heights, bmis):
        each.legend(frameon=False)
    shares = people.group_by("condition_flag").agg(
        pl.col("weight").sum() / weight.sum(), pl.len().alias("drawn") / people.height
    )
    rare = shares.filter(pl.col("condition_flag") != "none").sort("weight", "condition_flag")
    top = rare.tail(TOP_CONDITIONS)
    names = [name.replace("_", " ") for name in top["condition_flag"]]
    conditions.barh(names, top["weight"], color=PURPLE, label="weighted")
    conditions.scatter(top["drawn"], names, color=GREY, marker="|", s=90, label="as drawn")
    conditions.set(title="people with a condition", xlabel="share of everybody")
    conditions.tick_params(axis="y", labelsize=8)
    conditions.legend(frameon=False)
    return figure


def _three(people: pl.DataFrame, sets: pl.DataFrame) -> pl.DataFrame:
    """The one who logged most loads, of each level."""
    counts = sets.group_by("user_id").agg(pl.col("load_kg").count().alias("count"))
    known = people.join(counts, on="user_id").sort("count", "user_id", descending=[True, False])
    return known.unique("experience_level", keep="first", maintain_order=True).head(COUNT_SHOWN)


def _three_plot(shown: pl.DataFrame, sets: pl.DataFrame, days: pl.DataFrame) -> "Figure":
    from matplotlib.dates import DateFormatter, MonthLocator

    count = max(shown.height, 1)
    figure, axes = _figure(2, count, 6.0)
    for place, person in enumerate(shown.iter_rows(named=True)):
        loads, weights = axes[place], axes[count + place]
        loads.set_title(
            f"{person['sex']}, {person['age']}, {person['experience_level']}, "
            f"{person['goal_type'].replace('_', ' ')}",
            fontsize=10,
        )
        own = sets.filter((pl.col("user_id") == person["user_id"]) & ~pl.col("is_warm_up"))
        _draw_loads(loads, own.drop_nulls("load_kg"))
        logs = days.filter(pl.col("user_id") == person["user_id"]).drop_nulls("weight_kg")
        weights.scatter(logs["day"], logs["weight_kg"], s=8, color=GREEN, alpha=0.6)
        trend = logs["weight_kg"].ewm_mean(half_life=7)
        weights.plot(logs["day"], trend, color=GREEN, linewidth=1.5)
        for each in (loads, weights):
            each.xaxis.set_major_locator(MonthLocator())
            each.xaxis.set_major_formatter(DateFormatter("%b %Y"))
            each.tick_params(axis="x", labelsize=8)
    if shown.height:
        axes[0].set_ylabel("load, kg")
        axes[count].set_ylabel("body weight, kg")
    return figure


def _draw_loads(axes: "Axes", sets: pl.DataFrame) -> None:
    """The three exercises done most, session by session; light weeks dip."""
    names = sets.group_by("exercise_id").len().sort("len", "exercise_id", descending=[True, False])
    for name, color in zip(names["exercise_id"].head(3), (BLUE, PURPLE, RED), strict=False):
        done = sets.filter(pl.col("exercise_id") == name)
        line = done.group_by("session_at").agg(pl.col("load_kg").median()).sort("session_at")
        label = name.replace("_", " ")
        axes.plot(line["session_at"], line["load_kg"], ".-", color=color, label=label, linewidth=1)
    if names.height:
        axes.legend(frameon=False, fontsize=8, loc="lower center", bbox_to_anchor=(0.5, -0.5))


def _attendance_plot(sets: pl.DataFrame, days: pl.DataFrame) -> "Figure":
    figure, (weekly, nights) = _figure(1, 2, 3.2)
    visits = sets.select("user_id", "session_at").unique()
    per_person = visits.group_by("user_id").len()["len"]
    weeks = max(days["day"].n_unique() / 7, 1)
    weekly.hist(per_person / weeks, bins=[n / 2 for n in range(15)], color=BLUE)
    weekly.set(title="sessions a week, of those who came", xlabel="a week", ylabel="people")
    nights.hist(days["sleep_hours"], bins=[n / 2 for n in range(6, 25)], color=PURPLE)
    nights.set(title="sleep", xlabel="hours a night", ylabel="nights")
    return figure
