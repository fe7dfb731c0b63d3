"""Weekly aerobic minutes: where they start, how they grow after a log, and how they come back.

Minutes are moderate-equivalent minutes a week, 0 to 600.
"""

from fitsense_training.domain.profile import Profile
from fitsense_training.domain.request import PlanRequest, Progress
from fitsense_training.domain.rulebook import load_rulebook
from fitsense_training.domain.science.endurance import (
    next_minutes,
    returning_share,
    target_minutes,
)
from fitsense_training.domain.science.progression import load_progression_rules
from fitsense_training.domain.science.week import load_splits
from fitsense_training.domain.vocabulary import LiftStatus, Readiness


def starting_aerobic_minutes(profile: Profile) -> int:
    """Minutes of a first week: what the person does now, towards the goal's least."""
    goal = load_rulebook().goals[profile.main_goal]
    return min(goal.aerobic_min[0], load_splits().aerobic_start_min[profile.activity_level])


def adapted_aerobic_minutes(request: PlanRequest, before_min: int) -> int:
    """Minutes of the next week after a log (domain notes F8).

    10 minutes or 15 percent more, up to the goal's target, where nothing asks for ease; half of
    them after two weeks or more without; otherwise as they were.
    """
    progress = request.progress
    if progress is None:
        return before_min
    share = returning_share(1, progress.gap_days)
    if share < 1 or is_careful_week(progress):
        return round(before_min * share)
    goal = request.profile.main_goal
    target = target_minutes(goal, load_rulebook().goals[goal].aerobic_min[0])
    return int(next_minutes(before_min, target))


def is_careful_week(progress: Progress) -> bool:
    """Whether a log asks for ease: a pause, tiredness, a deload, missed sessions or pain."""
    return (
        progress.readiness is Readiness.POOR
        or progress.is_deload_due
        or load_rulebook().limits.return_after_gap.step(progress.gap_days) is not None
        or progress.adherence_share < load_progression_rules().adherence_simplify_share.value
        or any(status is LiftStatus.PAIN for _, status in progress.statuses)
    )
