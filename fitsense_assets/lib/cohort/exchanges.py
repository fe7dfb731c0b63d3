"""What people have exchanged in their plan since the coach made it.

A plan that follows from its profile alone can be guessed; one that somebody has lived with has to
be read. Most lines stay, an exercise that goes is another one wherever it stood, and nobody knows
a load for it yet.
"""

from fitsense_assets.lib.cohort.dice import Dice
from fitsense_training.domain.catalogue import Exercise, load_catalogue
from fitsense_training.domain.plan.model import Prescription, WorkoutPlan
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.bounds import Bounds, bounds_of
from fitsense_training.domain.safety.sessions import prescribe, with_items
from fitsense_training.domain.science.volume import RESISTANCE_ROLES
from fitsense_training.domain.vocabulary import PromptType

EXCHANGES_MAX = 12  # draws of one person; no more exercises than that are exchanged


def with_exchanges(plan: WorkoutPlan, profile: Profile, share: float, dice: Dice) -> WorkoutPlan:
    """The plan after its lifts were exchanged, each with this chance, for others of their movement.

    `share` is between 0 and 1. What stands in is allowed, of the same role and counted alike, and
    stands in the plan nowhere else; it asks no more of any muscle, so that no day becomes too much.
    """
    names = dict.fromkeys(item.exercise_id for _, item in plan.items())
    lifts = (e for e in map(load_catalogue().by_id, names) if e.role in RESISTANCE_ROLES)
    leaving = [lift for lift in lifts if dice.happens(share)][:EXCHANGES_MAX]
    if not leaving:
        return plan
    bounds = bounds_of(PlanRequest(prompt_type=PromptType.PLAN_CREATION, profile=profile))
    coming: dict[str, Exercise] = {}
    for lift in leaving:
        held = names.keys() | {each.id for each in coming.values()}
        options = [e for e in bounds.exercises(lift.pattern) if _is_alike(e, lift, held)]
        if options:
            coming[lift.id] = dice.one_of(options)
    sessions = (
        with_items(s, tuple(_exchanged(item, coming, bounds) for item in s.prescriptions))
        for s in plan.sessions
    )
    return plan.model_copy(update={"sessions": tuple(sessions)})


def _is_alike(exercise: Exercise, lift: Exercise, held: set[str]) -> bool:
    return (
        exercise.id not in held
        and exercise.role is lift.role
        and exercise.dose_kind is lift.dose_kind
        and all(part <= lift.muscles.get(name, 0.0) for name, part in exercise.muscles.items())
    )


def _exchanged(item: Prescription, coming: dict[str, Exercise], bounds: Bounds) -> Prescription:
    exercise = coming.get(item.exercise_id)
    if exercise is None:
        return item
    sets = min(item.sets, bounds.dose(exercise).sets_max)
    new = prescribe(exercise.id, bounds)
    return new.model_copy(update={"sets": sets, "superset": item.superset})
