"""What people have changed in their plan since the coach made it.

A plan that follows from its profile alone can be guessed; one that somebody has lived with has to
be read. Lifts were exchanged for others of their movement or made easier, small ones were dropped,
and sessions are done in another order. Nothing asks more of anybody: what was sound stays sound.
"""

import functools
from collections.abc import Mapping

from fitsense_assets.lib.cohort.config import OwnChanges
from fitsense_assets.lib.cohort.dice import Dice
from fitsense_training.domain.catalogue import Exercise, load_catalogue
from fitsense_training.domain.plan.model import Prescription, WorkoutPlan
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.bounds import Bounds, bounds_of
from fitsense_training.domain.safety.inclusions import meets, required_inclusions
from fitsense_training.domain.safety.sessions import effort, prescribe, with_items
from fitsense_training.domain.science.volume import RESISTANCE_ROLES
from fitsense_training.domain.vocabulary import ExerciseRole, PromptType

DRAWS = 256  # of one person
LINES_LEFT_MIN = 3  # a session of fewer lines loses none
SMALL = frozenset({ExerciseRole.ISOLATION, ExerciseRole.CORE})  # lifts that people do drop

Lines = tuple[Prescription, ...]


def with_own_changes(
    plan: WorkoutPlan, profile: Profile, shares: OwnChanges, dice: Dice
) -> WorkoutPlan:
    """The plan as its person has it now; the same dice make the same of it.

    An exercise that is exchanged is another one wherever it stood: allowed, of the same role,
    counted alike, new to the plan, and no harder on any muscle. Nobody knows a load for it yet.
    """
    bounds = bounds_of(PlanRequest(prompt_type=PromptType.PLAN_CREATION, profile=profile))
    coming = _exchanges(plan, bounds, shares.exchanged, dice)
    needed = required_inclusions(bounds)

    def may_go(item: Prescription) -> bool:
        exercise = load_catalogue().by_id(item.exercise_id)
        is_small = exercise.role in SMALL and item.superset is None
        return is_small and not any(meets(code, exercise) for code in needed)

    sessions = []
    for session in plan.sessions:
        items = tuple(
            _eased(_exchanged(item, coming, bounds), bounds, shares.eased, dice)
            for item in session.prescriptions
        )
        kept = tuple(item for item in items if not (dice.happens(shares.dropped) and may_go(item)))
        items = kept if len(kept) >= LINES_LEFT_MIN else items
        if dice.happens(shares.reordered):
            items = _reordered(items, dice)
        sessions.append(with_items(session, items))
    return plan.model_copy(update={"sessions": tuple(sessions)})


def _exchanges(plan: WorkoutPlan, bounds: Bounds, share: float, dice: Dice) -> dict[str, Exercise]:
    """What stands in for each lift that is exchanged."""
    names = dict.fromkeys(item.exercise_id for _, item in plan.items())
    lifts = (e for e in map(load_catalogue().by_id, names) if e.role in RESISTANCE_ROLES)
    coming: dict[str, Exercise] = {}
    for lift in [lift for lift in lifts if dice.happens(share)]:
        fresh = _alike(lift.id) - names.keys() - {each.id for each in coming.values()}
        options = [e for e in bounds.exercises(lift.pattern) if e.id in fresh]
        if options:
            coming[lift.id] = dice.one_of(options)
    return coming


@functools.cache
def _alike(lift_id: str) -> frozenset[str]:
    """Exercises of the same role, counted alike, that ask no more of any muscle than a lift."""
    lift = load_catalogue().by_id(lift_id)
    return frozenset(
        exercise.id
        for exercise in load_catalogue()
        if exercise.role is lift.role
        and exercise.dose_kind is lift.dose_kind
        and all(part <= lift.muscles.get(name, 0.0) for name, part in exercise.muscles.items())
    )


def _exchanged(item: Prescription, coming: Mapping[str, Exercise], bounds: Bounds) -> Prescription:
    exercise = coming.get(item.exercise_id)
    if exercise is None:
        return item
    sets = min(item.sets, bounds.dose(exercise).sets_max)
    new = prescribe(exercise.id, bounds)
    return new.model_copy(update={"sets": sets, "superset": item.superset})


def _eased(item: Prescription, bounds: Bounds, share: float, dice: Dice) -> Prescription:
    """A lift in a set less, with a repetition more in reserve, both or neither."""
    sets, reserve = (int(dice.happens(share)) for _ in range(2))
    return effort(item, reserve, bounds, sets=-sets) if sets or reserve else item


def _reordered(items: Lines, dice: Dice) -> Lines:
    """Another order that still goes from big to small; supersets stay where they are."""
    if any(item.superset is not None for item in items):
        return items
    roles = [load_catalogue().by_id(item.exercise_id).role.order for item in items]
    keys = [(role, dice.share()) for role in roles]
    return tuple(items[i] for i in sorted(range(len(items)), key=keys.__getitem__))
