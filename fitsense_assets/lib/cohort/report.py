"""What a cohort looks like: weighted marginals, a plot, habits of training."""

import io
from collections.abc import Sequence

import polars as pl

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.markdown import png, table

MARGINALS = (
    "age_band",
    "sex",
    "activity_level",
    "experience_level",
    "goal_type",
    "condition_flag",
    "screening_state",
    "split",
)
PROFILE_COLUMNS = [*MARGINALS, "weight", "age", "height_cm", "weight_kg"]
TOP_VALUES = 6


def profile_marginals(profiles: pl.DataFrame) -> str:
    """Per column the commonest values: their share as drawn, and weighted to the population."""
    rows: list[tuple[str, str, float, float]] = []
    whole = profiles["weight"].sum()
    for name in MARGINALS:
        counts = (
            profiles.group_by(name)
            .agg(pl.len().alias("count"), pl.col("weight").sum())
            .sort("count", name, descending=[True, False])
            .head(TOP_VALUES)
        )
        rows += [
            (name, value, count / profiles.height, weight / whole)
            for value, count, weight in counts.rows()
        ]
    return table(("column", "value", "share drawn", "share weighted"), rows)


def shares_table(frame: pl.DataFrame, columns: Sequence[str]) -> str:
    """Per column the commonest values and their shares."""
    rows: list[tuple[str, str, int, float]] = []
    for name in columns:
        counts = frame[name].value_counts().sort("count", name, descending=[True, False])
        rows += [
            (name, value, count, count / frame.height)
            for value, count in counts.head(TOP_VALUES).rows()
        ]
    return table(("column", "value", "rows", "share"), rows)


def profile_plot(profiles: pl.DataFrame) -> str:
    """Age, height by sex, BMI and conditions of a cohort, as a picture."""
    from matplotlib.figure import Figure  # slow to import, and only this needs it

    figure = Figure(figsize=(9, 6), layout="constrained")
    (ages, heights), (bmis, conditions) = figure.subplots(2, 2)
    ages.hist(profiles["age"], bins=range(10, 95, 5), color="#4c78a8")
    ages.set(title="age in years", ylabel="people")
    for sex, colour in (("female", "#e45756"), ("male", "#4c78a8")):
        tall = profiles.filter(pl.col("sex") == sex)["height_cm"]
        heights.hist(tall, bins=range(130, 216, 5), alpha=0.6, label=sex, color=colour)
    heights.legend()
    heights.set(title="height in cm")
    bmi = profiles["weight_kg"] / (profiles["height_cm"] / 100) ** 2
    bmis.hist(bmi, bins=range(15, 52), color="#54a24b")
    bmis.axvline(30, color="black", linewidth=1)
    bmis.set(title="BMI in kg/m2, obesity from 30", ylabel="people")
    counts = profiles["condition_flag"].value_counts().sort("count", "condition_flag").tail(10)
    conditions.barh(counts["condition_flag"].to_list(), counts["count"].to_list(), color="#b279a2")
    conditions.set(title="conditions, commonest ten")
    out = io.BytesIO()
    # The fixed metadata keeps the bytes the same from run to run.
    figure.savefig(out, format="png", dpi=80, metadata={"Software": None})
    return png(out.getvalue(), "a cohort at a glance")


def workout_habits(lake: Lake, key: str) -> str:
    """How the cohort trained, in a few numbers, summed up part by part."""
    columns = ["user_id", "session_at", "is_warm_up", "is_deload", "reps", "target_reps_high"]
    counts = pl.concat(_habits(part) for part in lake.read_parts("workouts", key, columns)).sum()
    people, sessions, sets, warm_ups, light, counted, top = counts.row(0)
    rows = [
        ("people who trained", people),
        ("sessions", sessions),
        ("sessions a person", sessions / max(people, 1)),
        ("sets", sets),
        ("share of warm-up sets", warm_ups / max(sets, 1)),
        ("share of sets in light weeks", light / max(sets, 1)),
        ("share of sets at the top of the range", top / max(counted, 1)),
    ]
    return table(("what", "value"), rows)


def _habits(sets: pl.DataFrame) -> pl.DataFrame:
    """The counts of one part; a part holds whole people."""
    counted = pl.col("reps").is_not_null() & ~pl.col("is_warm_up")
    return sets.select(
        people=pl.col("user_id").n_unique(),
        sessions=pl.struct("user_id", "session_at").n_unique(),
        sets=pl.len(),
        warm_ups=pl.col("is_warm_up").sum(),
        light=pl.col("is_deload").sum(),
        counted=counted.sum(),
        top=(counted & (pl.col("reps") >= pl.col("target_reps_high"))).sum(),
    )
