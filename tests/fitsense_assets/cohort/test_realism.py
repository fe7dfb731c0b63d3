"""A cohort looks like people, one that does not is noticed, and its page shows both."""

from pathlib import Path

import polars as pl
import pytest

from fitsense_assets.lib.cohort import page, stages
from fitsense_assets.lib.cohort.config import make_config
from fitsense_assets.lib.cohort.page_plots import typical_people
from fitsense_assets.lib.cohort.plans import own_plan, plan_chunks
from fitsense_assets.lib.cohort.realism import logged_sets, planned_sessions, sights
from fitsense_assets.lib.cohort.spec import add_cohort
from fitsense_assets.lib.lake import Lake
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.validator import review
from fitsense_training.domain.vocabulary import LoadKind, PromptType, Severity
from tests.builders import a_cohort

COHORT = a_cohort(users=500)
RULES = make_config(users=500)
PLANS = pl.concat(plan_chunks([COHORT.profiles], coach))
LOWER = pl.col("focus") == "lower"


def odd(sets: pl.DataFrame) -> list[str]:
    planned = planned_sessions(RULES, PLANS)
    seen = sights(RULES, COHORT.profiles, planned, logged_sets([sets]))
    return [sight.what for sight in seen if not sight.fits]


def test_a_cohort_looks_like_people():
    assert odd(COHORT.workouts) == []


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (pl.col("target_load_kg").reverse().alias("target_load_kg"), "correlation"),
        (
            pl.when(LOWER)
            .then(pl.lit("barbell_bench_press"))
            .otherwise("exercise_id")
            .alias("exercise_id"),
            "leg",
        ),
        ((pl.col("load_kg") * 2.2).alias("load_kg"), "unit"),
    ],
    ids=["loads that go anywhere", "arms on leg days", "everybody in pounds"],
)
def test_logs_unlike_people_are_noticed(change: pl.Expr, word: str):
    assert any(word in what for what in odd(COHORT.workouts.with_columns(change)))


def test_people_who_never_miss_are_noticed():
    doubled = COHORT.workouts.with_columns(pl.col("session_at") + pl.duration(hours=1))

    assert "share of sessions missed" in odd(pl.concat([COHORT.workouts, doubled]))


def test_sums_of_parts_are_the_sums_of_the_whole():
    users = pl.col("user_id") < "c0001-u000250"
    parts = [COHORT.workouts.filter(users), COHORT.workouts.filter(~users)]

    assert logged_sets(parts).progression == pytest.approx(
        logged_sets([COHORT.workouts]).progression
    )


def test_the_plan_of_a_kind_suits_each_of_its_people():
    both = COHORT.profiles.join(PLANS, on="user_id").filter(pl.col("plan_json").is_not_null())

    for text, plan_json in both.head(150).select("profile_json", "plan_json").rows():
        profile = Profile.model_validate_json(text)
        plan = own_plan(plan_json, profile, {})
        assert plan == WorkoutPlan.model_validate_json(plan.model_dump_json())
        request = PlanRequest(prompt_type=PromptType.PLAN_CREATION, profile=profile)
        assert [f for f in review(request, plan) if f.severity is Severity.BLOCK] == []


def test_a_plan_takes_the_loads_of_the_log():
    row = COHORT.profiles.join(PLANS.drop_nulls(), on="user_id").row(0, named=True)
    profile = Profile.model_validate_json(row["profile_json"])
    plan = own_plan(row["plan_json"], profile, {})
    names = [item.exercise_id for _, item in plan.items()]

    loaded = own_plan(row["plan_json"], profile, dict.fromkeys(names, 20.0))

    kilos = {item.load.value for _, item in loaded.items() if item.load.kind is LoadKind.KG}
    assert kilos <= {20.0}
    assert [session.weekday for session in loaded.sessions] == [
        session.weekday for session in plan.sessions
    ]


@pytest.mark.slow
def test_the_page_of_a_cohort_is_whole_and_repeats(tmp_path: Path):
    lake = Lake(str(tmp_path))
    add_cohort(lake, "c0001", make_config(users=30, lookback_days=30))
    stages.write_profiles(lake, "c0001")
    stages.write_workouts(lake, "c0001", coach)
    stages.write_daily_logs(lake, "c0001")

    first = page.write_cohort_report(lake, "c0001")
    text = lake.read_text(page.TABLE, "c0001", page.FILE)

    assert page.write_cohort_report(lake, "c0001").version == first.version
    assert text.count("<img") == 3
    assert "share of sessions missed" in text
    assert "configured shares came out" in text
    assert "http" not in text


def test_the_people_shown_are_usual_for_their_level():
    shown = typical_people(COHORT.profiles, COHORT.workouts)

    assert shown["experience_level"].to_list() == ["novice", "intermediate", "advanced"]
    assert shown["grown"].is_between(0.95, 1.3).all()
