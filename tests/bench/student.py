"""The newest student of an installation, and fresh people it has never been asked for."""

import functools
import tempfile

from fitsense_assets.lib.cohort import spec, stages
from fitsense_assets.lib.cohort.config import make_config
from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.student.train import TABLE, open_bundle
from fitsense_assets.lib.teacher import stages as teacher_stages
from fitsense_assets.lib.teacher.reference import ReferenceTeacher
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.request import PlanRequest
from fitsense_training.evaluate import Case, EvaluationConfig, evaluate, pick_cases
from fitsense_training.scorecard import Card, scorecard
from fitsense_training.scoring import SLICES
from fitsense_training.settings import Settings
from fitsense_training.writer import Writer

FRESH_SEED = 90_001
FRESH_USERS = 400
COUNT = 512


def newest_student(settings: Settings) -> tuple[str, Writer]:
    """The newest trained release and its student; BadInput when there is none."""
    lake = Lake(settings.lake_root)
    releases = lake.keys(TABLE)
    if not releases:
        raise BadInput("there is no student to measure: run `make demo` first")
    return releases[-1], open_bundle(lake, releases[-1])


@functools.cache
def fresh_cases() -> tuple[Case, ...]:
    """Held-out requests of people drawn with a seed no release was made with."""
    with tempfile.TemporaryDirectory() as folder:
        lake, key = Lake(folder), "fresh"
        config = make_config(users=FRESH_USERS, seed=FRESH_SEED, lookback_days=90)
        spec.add_cohort(lake, key, config)
        stages.write_profiles(lake, key)
        stages.write_workouts(lake, key, coach)
        stages.write_daily_logs(lake, key)
        stages.write_queries(lake, key)
        teacher_stages.write_responses(lake, key, ReferenceTeacher(coach))
        teacher_stages.write_reviews(lake, key)
        frame = lake.read_frame("reviewed_responses", key).filter("is_accepted")
    cases = (
        Case(
            query_id=row["query_id"],
            user_id=row["user_id"],
            cohort=row["cohort"],
            slices={name: str(row[name]) for name in SLICES},
            request=PlanRequest.model_validate_json(row["request_json"]),
            teacher_reply=row["answer"],
        )
        for row in frame.iter_rows(named=True)
    )
    return pick_cases(cases, EvaluationConfig(count=COUNT))


def fresh_card(settings: Settings) -> Card:
    """The scorecard of the newest student on the fresh requests."""
    return _card(newest_student(settings)[0], settings.lake_root)


@functools.cache
def _card(release: str, lake_root: str) -> Card:
    student = open_bundle(Lake(lake_root), release)
    return scorecard(evaluate(student, fresh_cases(), label="fresh").scored)
