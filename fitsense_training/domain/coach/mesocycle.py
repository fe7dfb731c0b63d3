"""Unrolling a plan into its block: four loading weeks, and a lighter one after them.

The plan is the week that is repeated. A block says how its effort rises meanwhile (domain notes
F9), and how a person who is new gets from the least sets a muscle needs to the middle of the goal's
range (F4). What is logged goes before it: `adapt` changes the plan, and the block follows.
"""

from dataclasses import dataclass
from enum import StrEnum

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.coach.adapt import adapt
from fitsense_training.domain.coach.budget import grow
from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.plan.model import Load, Prescription, Session, WorkoutPlan
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.request import PlanRequest, Progress
from fitsense_training.domain.safety.bounds import Bounds, bounds_of
from fitsense_training.domain.safety.repair import repair
from fitsense_training.domain.safety.sessions import clamp, effort, with_items
from fitsense_training.domain.safety.steps import load_most_kg
from fitsense_training.domain.safety.validator import review
from fitsense_training.domain.science.mesocycle import (
    load_mesocycle_rules,
    week_reps,
    week_reserve,
)
from fitsense_training.domain.science.strength import percent_1rm, round_down
from fitsense_training.domain.vocabulary import (
    DoseKind,
    ExerciseRole,
    LoadKind,
    ProgressionMethod,
    PromptType,
    Severity,
)


class WeekKind(StrEnum):
    """What a week of a block is for."""

    LOADING = "loading"
    DELOAD = "deload"


@dataclass(frozen=True)
class MesocycleWeek:
    """One week of a block, counted from 1, as a plan of its own."""

    number: int
    kind: WeekKind
    plan: WorkoutPlan


def mesocycle(
    profile: Profile, plan: WorkoutPlan, *, has_deload: bool = True
) -> tuple[MesocycleWeek, ...]:
    """The weeks of a block of this plan; no rule of safety forbids any of them to the person.

    Loads in kg of a range of reps stay as they are, since the log moves them; those of strength
    weeks with fewer and fewer reps follow the reps, in steps no larger than a week may take.

    Raises:
        BadInput: the plan is not safe for the person as they are.
    """
    creation = PlanRequest(prompt_type=PromptType.PLAN_CREATION, profile=profile)
    _refuse_unsafe(creation, plan)
    bounds = bounds_of(creation)
    weeks: list[MesocycleWeek] = []
    last: WorkoutPlan | None = None
    for number in range(1, int(load_mesocycle_rules().loading_weeks.value) + 1):
        waved = _loading_week(plan, number, bounds)
        last = repair(creation, _in_small_steps(last, waved, bounds)).plan
        weeks.append(MesocycleWeek(number, WeekKind.LOADING, last))
    if has_deload and last is not None:
        weeks.append(MesocycleWeek(len(weeks) + 1, WeekKind.DELOAD, _deload(profile, last)))
    return tuple(weeks)


def _refuse_unsafe(creation: PlanRequest, plan: WorkoutPlan) -> None:
    found = review(creation, plan)
    broken = sorted({f.rule_id for f in found if f.severity is Severity.BLOCK})
    if broken:
        raise BadInput(
            f"this plan is not safe for this person as they are ({', '.join(broken)}): "
            "have it adjusted first"
        )


def _loading_week(plan: WorkoutPlan, week: int, bounds: Bounds) -> WorkoutPlan:
    sessions = plan.sessions
    if plan.progression is ProgressionMethod.FIND_LOAD:  # somebody new starts with the least
        sessions = grow(sessions, bounds, weeks=week - 1)
    return plan.model_copy(
        update={
            "sessions": tuple(
                with_items(s, tuple(_waved(item, week, bounds) for item in s.prescriptions))
                for s in sessions
            )
        }
    )


def _waved(item: Prescription, week: int, bounds: Bounds) -> Prescription:
    """The line as it is done in a loading week."""
    exercise, person = load_catalogue().by_id(item.exercise_id), bounds.profile
    reserve = week_reserve(person.main_goal, week)
    if item.rir is None or reserve is None or exercise.role is ExerciseRole.POWER:
        return item
    waved = effort(item, reserve - item.rir, bounds)
    reps = week_reps(person.main_goal, person.experience_level, week)
    is_main = exercise.role is ExerciseRole.COMPOUND and item.dose_kind is DoseKind.REPS
    if reps is not None and is_main:
        waved = waved.model_copy(update={"dose_low": reps[0], "dose_high": reps[1]})
        waved = clamp(waved, bounds)
        waved = waved.model_copy(update={"load": _load_of_reps(item, waved, bounds)})
    return clamp(waved, bounds)


def _load_of_reps(before: Prescription, waved: Prescription, bounds: Bounds) -> Load:
    """The load that leaves the same strength as much in reserve in fewer reps (table of INT01)."""
    shares = [
        percent_1rm((item.dose_low + item.dose_high) // 2, item.rir or 0)
        for item in (before, waved)
    ]
    usual, now = shares
    load = waved.load
    if usual is None or now is None or load.value is None:
        return load
    if load.kind is LoadKind.PERCENT_1RM:
        most = bounds.dose(load_catalogue().by_id(waved.exercise_id)).percent_max
        return Load(kind=load.kind, value=round(min(now, most), 2))
    if load.kind is not LoadKind.KG:
        return load
    exercise = load_catalogue().by_id(waved.exercise_id)
    kilos = round_down(load.value * now / usual, exercise.load_step_kg)
    return Load(kind=load.kind, value=max(kilos, min(load.value, exercise.load_step_kg)))


def _in_small_steps(last: WorkoutPlan | None, plan: WorkoutPlan, bounds: Bounds) -> WorkoutPlan:
    """The week with no load above what may follow that of the week before (PRG01)."""
    if last is None:
        return plan
    before = {(s.weekday, item.exercise_id): item for s, item in last.items()}

    def stepped(session: Session, item: Prescription) -> Prescription:
        old = before.get((session.weekday, item.exercise_id))
        if old is None or LoadKind.KG is not item.load.kind or old.load.kind is not LoadKind.KG:
            return item
        step = load_catalogue().by_id(item.exercise_id).load_step_kg
        most = max(round_down(load_most_kg(old, bounds), step), old.load.value or 0.0)
        if (item.load.value or 0.0) <= most:
            return item
        return item.model_copy(update={"load": Load(kind=LoadKind.KG, value=most)})

    sessions = tuple(
        with_items(s, tuple(stepped(s, item) for item in s.prescriptions)) for s in plan.sessions
    )
    return plan.model_copy(update={"sessions": sessions})


def _deload(profile: Profile, plan: WorkoutPlan) -> WorkoutPlan:
    """The lighter week: what the coach answers where a deload is due."""
    due = Progress(statuses=(), is_deload_due=True)
    request = PlanRequest(
        prompt_type=PromptType.PROGRESS_ADAPTATION,
        profile=profile,
        current_plan=plan,
        progress=due,
    )
    return adapt(request, plan, due)
