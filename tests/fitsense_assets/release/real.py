"""Real cohorts, small: people, prompts, the coach's answers and the verdicts on them."""

from fitsense_assets.lib.cohort import stages
from fitsense_assets.lib.cohort.config import make_config
from fitsense_assets.lib.cohort.spec import add_cohort
from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.teacher import stages as teacher_stages
from fitsense_assets.lib.teacher.reference import ReferenceTeacher
from fitsense_training.domain.coach.reference import coach


def a_real_cohort(lake: Lake, key: str, seed: int) -> None:
    """All six tables of 60 people."""
    add_cohort(lake, key, make_config(users=60, seed=seed, lookback_days=30))
    stages.write_profiles(lake, key)
    stages.write_workouts(lake, key, coach)
    stages.write_daily_logs(lake, key)
    stages.write_queries(lake, key)
    teacher_stages.write_responses(lake, key, ReferenceTeacher(coach))
    teacher_stages.write_reviews(lake, key)
