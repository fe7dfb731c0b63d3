"""Mutating a clean plan makes exactly the rule fire that the mutation is about.

Each mutation names what else it may break, because some breaches imply others: a plan with far too
many sets a week is also too long. Clean plans are the coach's, over a cohort and the golden slices.
"""

import datetime
import functools
import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from fitsense_assets.lib.golden import golden_cases
from fitsense_training.domain.catalogue import Exercise, load_catalogue
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.plan.answer import Answer, Handoff
from fitsense_training.domain.plan.model import (
    Load,
    Prescription,
    WorkoutPlan,
    load_of_kilos,
    load_of_reserve,
)
from fitsense_training.domain.profile import changed
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.bounds import bounds_of
from fitsense_training.domain.safety.change import is_plan_wide
from fitsense_training.domain.safety.dose_bounds import EFFORT_ROLES
from fitsense_training.domain.safety.minimal_change import is_touched, must_shrink
from fitsense_training.domain.safety.reasons import request_reasons
from fitsense_training.domain.safety.validator import RULES, review
from fitsense_training.domain.science.volume import session_minutes
from fitsense_training.domain.vocabulary import (
    DoseKind,
    ExerciseRole,
    ExperienceLevel,
    Goal,
    Intensity,
    LiftStatus,
    LoadKind,
    Pattern,
    PromptType,
    Readiness,
    ReasonCode,
    RiskTag,
    TemplateId,
    Weekday,
)
from tests.builders import a_cohort, edit

Case = tuple[PlanRequest, WorkoutPlan]
Mutated = tuple[PlanRequest, Answer]
Mutate = Callable[[PlanRequest, WorkoutPlan], Mutated | None]
TRIES = 12
TOO_MUCH = {"VOL01", "VOL02", "VOL03", "VOL05", "STR02", "STR03", "STR04", "CON02"}


@dataclass(frozen=True)
class Mutation:
    """What breaks a rule, and the rules it may break along with it."""

    apply: Mutate
    along: frozenset[str] = frozenset()


MUTATIONS: dict[str, Mutation] = {}


def breaks(rule_id: str, *along: str) -> Callable[[Mutate], Mutate]:
    """Register a mutation as the breach of a rule."""

    def register(mutate: Mutate) -> Mutate:
        MUTATIONS[rule_id] = Mutation(mutate, frozenset(along))
        return mutate

    return register


@functools.cache
def clean_plans() -> tuple[Case, ...]:
    """Requests with a plan of the coach that breaks no rule at all."""
    requests = [case.request for case in golden_cases(500, seed=3)]
    requests += a_cohort(users=160, seed=11).requests()
    pairs = ((request, coach(request)) for request in requests)
    return tuple(
        (request, answer)
        for request, answer in pairs
        if isinstance(answer, WorkoutPlan) and not review(request, answer)
    )


def mutated(rule_id: str) -> Iterator[Mutated]:
    """Up to so many clean plans to which the mutation of a rule applies."""
    found = (MUTATIONS[rule_id].apply(*case) for case in clean_plans())
    for _, pair in zip(range(TRIES), (pair for pair in found if pair is not None), strict=False):
        yield pair


@pytest.mark.parametrize("rule_id", sorted(RULES))
def test_a_mutation_breaks_its_rule_and_what_follows_from_it(rule_id: str):
    pairs = list(mutated(rule_id))

    assert len(pairs) >= 3
    for request, answer in pairs:
        found = {finding.rule_id for finding in review(request, answer)}
        assert rule_id in found
        assert found <= {rule_id} | MUTATIONS[rule_id].along


# ---------- small steps


def exercise_of(item: Prescription) -> Exercise:
    return load_catalogue().by_id(item.exercise_id)


def is_lift(item: Prescription) -> bool:
    """Whether a line is resistance work counted in reps with a reserve."""
    return item.rir is not None and item.dose_kind is DoseKind.REPS


def is_kilos(item: Prescription) -> bool:
    return item.load.kind is LoadKind.KG


def with_line(
    plan: WorkoutPlan, wanted: Callable[[Prescription], bool], **fields: object
) -> WorkoutPlan | None:
    """The plan with the first wanted line changed; None where there is no such line."""
    for session, item in plan.items():
        if wanted(item):
            new = item.model_copy(update=fields)
            items = tuple(new if i is item else i for i in session.prescriptions)
            changed_session = session.model_copy(update={"prescriptions": items})
            sessions = tuple(changed_session if s is session else s for s in plan.sessions)
            return plan.model_copy(update={"sessions": sessions})
    return None


def with_sessions(plan: WorkoutPlan, change: Callable[[Prescription], bool]) -> WorkoutPlan | None:
    """The plan without the lines that are not kept; None where a session would be empty."""
    sessions = tuple(
        s.model_copy(update={"prescriptions": tuple(i for i in s.prescriptions if change(i))})
        for s in plan.sessions
    )
    kept = plan.model_copy(update={"sessions": sessions})
    return kept if all(s.prescriptions for s in sessions) and kept != plan else None


def pair(request: PlanRequest, plan: WorkoutPlan | None) -> Mutated | None:
    return None if plan is None else (request, plan)


def is_creation(request: PlanRequest) -> bool:
    return request.prompt_type is PromptType.PLAN_CREATION


def other_exercise(
    request: PlanRequest, plan: WorkoutPlan, wanted: Callable[[Exercise], bool]
) -> Mutated | None:
    """A first plan in which one line is of another exercise of its pattern, role and dose."""
    if not is_creation(request):
        return None
    held = {item.exercise_id for _, item in plan.items()}
    for _, item in plan.items():
        mine = exercise_of(item)
        for exercise in load_catalogue().of_pattern(mine.pattern):
            same = (exercise.role, exercise.dose_kind) == (mine.role, mine.dose_kind)
            alike = exercise.load_kind_default is mine.load_kind_default
            if same and alike and exercise.id not in held and wanted(exercise):
                new = with_line(plan, lambda i, old=item: i is old, exercise_id=exercise.id)
                return pair(request, new)
    return None


def statuses(request: PlanRequest) -> dict[str, LiftStatus]:
    return dict(request.progress.statuses) if request.progress else {}


def is_careful(request: PlanRequest) -> bool:
    told = request.progress
    return told is not None and (
        told.readiness is Readiness.POOR or told.is_deload_due or told.gap_days >= 8
    )


def raised(
    request: PlanRequest, plan: WorkoutPlan, share: float, status: LiftStatus
) -> WorkoutPlan | None:
    """The plan with one kg line of that status at a share of its load before."""
    before = request.current_plan
    if before is None:
        return None
    loads = {i.exercise_id: i.load.value for _, i in before.items() if is_kilos(i)}
    told = statuses(request)

    def wanted(item: Prescription) -> bool:
        known = loads.get(item.exercise_id)
        return is_kilos(item) and known is not None and told.get(item.exercise_id) is status

    name = next((i.exercise_id for _, i in plan.items() if wanted(i)), None)
    load = load_of_kilos((loads.get(name or "") or 0) * share)
    if name is None or load is None:
        return None
    reason = None if is_plan_wide(request) else ReasonCode.LOG_PROGRESS
    return edit(
        plan,
        lambda i: (
            i.model_copy(update={"load": load, "reason": reason}) if i.exercise_id == name else i
        ),
    )


# ---------- what an answer is


@breaks("SCH03")
def unknown_exercise(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    return pair(request, with_line(plan, is_lift, exercise_id="moon_walk"))


@breaks("SCR01")
def fixed_text(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    return request, Handoff(template=TemplateId.SEE_CLINICIAN)


@breaks("SCR03", "SCR01")
def an_emergency(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    told = "crushing chest pain right now and I sweat"
    return request.model_copy(update={"note": told}), plan


@breaks("STR07", "VOL04", "STR03", "STR04", "SCH06", "CON03", "STR02")
def all_of_it_with_dumbbells(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    is_novice = request.profile.experience_level is ExperienceLevel.NOVICE
    if not is_creation(request) or not is_novice:
        return None
    bounds = bounds_of(request)

    def with_weight(item: Prescription) -> Prescription:
        free = [e for e in bounds.exercises(exercise_of(item).pattern) if e.is_free_weight]
        fitting = [
            e for e in free if e.dose_kind is item.dose_kind and e.role is exercise_of(item).role
        ]
        if not fitting or item.rir is None:
            return item
        update = {"exercise_id": fitting[0].id, "load": load_of_reserve(item.rir)}
        return item.model_copy(update=update)

    new = edit(plan, with_weight)
    lifts = [exercise_of(i) for _, i in new.items() if i.rir is not None]
    return pair(request, new) if sum(e.is_free_weight for e in lifts) > 0.6 * len(lifts) else None


@breaks("SCR02")
def answers_of_long_ago(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    day = datetime.date(2026, 3, 1)
    person = changed(request.profile, screened_on=day - datetime.timedelta(days=366))
    return request.model_copy(update={"profile": person, "asked_on": day}), plan


@breaks("GOAL1")
def another_goal(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    other = Goal.STRENGTH if plan.goal is not Goal.STRENGTH else Goal.MOBILITY
    return request, plan.model_copy(update={"goal": other})


# ---------- the week


@breaks("STR01", "STR03", "RUN02")
def a_day_nobody_has(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    free = [day for day in Weekday if day not in request.profile.weekdays]
    if not is_creation(request) or not free:
        return None
    moved = plan.sessions[0].model_copy(update={"weekday": free[0]})
    sessions = sorted((moved, *plan.sessions[1:]), key=lambda s: s.weekday.order)
    return request, plan.model_copy(update={"sessions": tuple(sessions)})


@breaks("STR02")
def a_warm_up_too_long(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    first = plan.sessions[0].model_copy(update={"warm_up_min": 30})
    if session_minutes(first) <= request.profile.session_minutes * 1.1:
        return None
    return request, plan.model_copy(update={"sessions": (first, *plan.sessions[1:])})


@breaks("STR03", *TOO_MUCH, "STR05", "VOL04", "CON03", "STR01", "RUN02")
def the_same_hard_day_twice(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    days = [session.weekday.order for session in plan.sessions]
    gaps = [after - before for before, after in itertools.pairwise(days)]
    if not is_creation(request) or 1 not in gaps:
        return None
    at = gaps.index(1)
    hard = tuple(
        item.model_copy(update={"sets": 7}) if is_lift(item) else item
        for item in plan.sessions[at].prescriptions
    )
    if not any(is_lift(item) for item in hard):
        return None
    sessions = tuple(
        s.model_copy(update={"prescriptions": hard}) if index in (at, at + 1) else s
        for index, s in enumerate(plan.sessions)
    )
    return request, plan.model_copy(update={"sessions": sessions})


@breaks("STR04", "VOL04")
def no_pulling(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    pulls = {Pattern.H_PULL, Pattern.V_PULL}
    held = {exercise_of(item).pattern for _, item in plan.items()}
    if not is_creation(request) or not held & pulls:
        return None
    if len(plan.sessions) < 3 or request.profile.session_minutes < 75:
        return None  # in little time not every movement is asked for
    return pair(request, with_sessions(plan, lambda i: exercise_of(i).pattern not in pulls))


@breaks("STR05")
def small_before_big(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    session = plan.sessions[0]
    orders = [exercise_of(item).role.order for item in session.prescriptions]
    if len(set(orders)) < 2:
        return None
    back = session.model_copy(update={"prescriptions": session.prescriptions[::-1]})
    return request, plan.model_copy(update={"sessions": (back, *plan.sessions[1:])})


@breaks("STR06", "VOL04", "STR03", "CON03")
def equipment_nobody_has(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    owned, level = frozenset(request.profile.equipment), request.profile.experience_level
    limits = bounds_of(request).limits

    def wanted(exercise: Exercise) -> bool:
        return (
            not exercise.is_doable_with(owned)
            and exercise.level.rank <= level.rank
            and limits.allows(exercise.tags)
            and RiskTag.HIIT not in exercise.tags
        )

    return other_exercise(request, plan, wanted)


# ---------- sets


def many_sets(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    if not is_creation(request):
        return None
    lifts = [item for _, item in plan.items() if is_lift(item)]
    trained = Counter(muscle for item in lifts for muscle in exercise_of(item).direct)
    in_a_day = max(sum(is_lift(i) for i in s.prescriptions) for s in plan.sessions)
    if in_a_day < 3 or max(trained.values()) < 3:
        return None
    return request, edit(plan, lambda i: i.model_copy(update={"sets": 10}) if is_lift(i) else i)


MUTATIONS["VOL01"] = Mutation(many_sets, frozenset(TOO_MUCH))
MUTATIONS["VOL03"] = Mutation(many_sets, frozenset(TOO_MUCH))


@breaks("VOL02", *TOO_MUCH)
def one_muscle_crammed(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    for session in plan.sessions:
        lifts = [item for item in session.prescriptions if is_lift(item)]
        for item in lifts:
            shared = set(exercise_of(item).direct)
            also = [i for i in lifts if i is not item and shared & set(exercise_of(i).muscles)]
            if also and is_creation(request):
                return pair(request, with_line(plan, lambda i, old=item: i is old, sets=10))
    return None


@breaks("VOL04", "STR04", "CON03")
def legs_left_out(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    if not is_creation(request) or request.profile.session_minutes < 60:
        return None
    if request.profile.main_goal not in (Goal.STRENGTH, Goal.HYPERTROPHY, Goal.FAT_LOSS):
        return None
    legs = {"quadriceps"}
    return pair(request, with_sessions(plan, lambda i: not legs & set(exercise_of(i).muscles)))


@breaks("VOL05", *TOO_MUCH)
def many_more_sets(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    if request.progress is None or request.current_plan is None or is_careful(request):
        return None
    if request.progress.adherence_share < 0.6:
        return None  # a whole session is gone, and its sets with it
    told = statuses(request)

    def wanted(item: Prescription) -> bool:
        status = told.get(item.exercise_id)
        return is_lift(item) and status is LiftStatus.TOP and item.sets <= 3

    reason = None if is_plan_wide(request) else ReasonCode.LOG_PROGRESS
    return pair(request, with_line(plan, wanted, sets=9, reason=reason))


# ---------- doses


@breaks("SCH06")
def no_effort(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    if not is_creation(request):
        return None
    return pair(
        request,
        with_line(
            plan,
            lambda i: is_lift(i) and not is_kilos(i),
            rir=None,
            load=Load(kind=LoadKind.BODYWEIGHT),
        ),
    )


@breaks("INT01")
def effort_that_does_not_fit(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    rpe = Load(kind=LoadKind.RPE, value=5)
    if not is_creation(request):
        return None
    return pair(request, with_line(plan, lambda i: is_lift(i) and (i.rir or 0) <= 3, load=rpe))


@breaks("INT02", "CON02")
def too_little_in_reserve(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    bounds = bounds_of(request)
    if not is_creation(request):
        return None
    for _, item in plan.items():
        floor = bounds.dose(exercise_of(item)).rir_min
        if is_lift(item) and not is_kilos(item) and floor > 0:
            load = load_of_reserve(floor - 1) if item.load.kind is LoadKind.RPE else item.load
            new = with_line(plan, lambda i, old=item: i is old, rir=floor - 1, load=load)
            return pair(request, new)
    return None


@breaks("INT03")
def too_little_rest(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    return pair(request, with_line(plan, is_lift, rest_s=5)) if is_creation(request) else None


def near_maximum(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    percent = Load(kind=LoadKind.PERCENT_1RM, value=97)
    return pair(request, with_line(plan, is_lift, load=percent)) if is_creation(request) else None


@breaks("INT04", "INT01", "INT05", "CON02", "MIN01")
def a_test_for_novices(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    is_novice = request.profile.experience_level is ExperienceLevel.NOVICE
    return near_maximum(request, plan) if is_novice else None


@breaks("MIN01", "INT01", "INT05", "CON02", "INT04")
def a_test_for_minors(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    return near_maximum(request, plan) if request.profile.age < 18 else None


@breaks("INT05", "STR02")
def more_reps_than_the_goal_has(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    if not is_creation(request):
        return None
    bounds = bounds_of(request)
    for _, item in plan.items():
        most = bounds.dose(exercise_of(item)).high_max
        if is_lift(item) and most < 30:
            new = with_line(plan, lambda i, old=item: i is old, dose_high=most + 1)
            return pair(request, new)
    return None


@breaks("PRG06", "INT05", "STR02")
def insane_reps(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    return pair(request, with_line(plan, is_lift, dose_high=109)) if is_creation(request) else None


# ---------- aerobic work


def jumped(request: PlanRequest, plan: WorkoutPlan, minutes: int) -> Mutated | None:
    """A request whose plan had half an hour of conditioning once, and an answer with more."""
    before = request.current_plan
    if before is None or request.profile.session_minutes < 60:
        return None

    def stretched(week: WorkoutPlan, seconds: int) -> WorkoutPlan | None:
        short = edit(
            week,
            lambda i: (
                i.model_copy(update={"dose_low": 60, "dose_high": 60}) if is_aerobic(i) else i
            ),
        )
        return with_line(short, is_aerobic, dose_low=seconds, dose_high=seconds)

    old, new = stretched(before, 1800), stretched(plan, 60 * minutes)
    if old is None or new is None:
        return None
    return request.model_copy(update={"current_plan": old}), new


def is_aerobic(item: Prescription) -> bool:
    return exercise_of(item).role is ExerciseRole.CONDITIONING


@breaks("RUN01", "STR02", "EXP01", "EXP02")
def a_session_jumps(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    return jumped(request, plan, 42)


@breaks("RUN04", "STR02", "EXP01", "EXP02")
def a_session_grows_fast(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    return jumped(request, plan, 36)


@breaks("RUN02", "CON02", "RUN06")
def every_walk_is_hard(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    days = [s for s in plan.sessions if any(is_aerobic(i) for i in s.prescriptions)]
    if not is_creation(request) or len(days) < 3:
        return None
    hard = Load(kind=LoadKind.RPE, value=7)
    return request, edit(
        plan, lambda i: i.model_copy(update={"load": hard}) if is_aerobic(i) else i
    )


@breaks("RUN03", "STR06", "CON01")
def intervals_without_a_base(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    if RiskTag.HIIT in bounds_of(request).limits.avoid and request.profile.conditions:
        return None  # a condition rules intervals out by CON01 alone, and RUN03 as well
    if request.profile.activity_level.value != "sedentary" or not is_creation(request):
        return None
    return pair(request, with_line(plan, is_aerobic, exercise_id="bike_intervals"))


# ---------- health


@breaks("CON01", "CON03", "RUN03", "RUN06", "SCH06", "STR03", "VOL04")
def what_a_condition_avoids(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    owned, level = frozenset(request.profile.equipment), request.profile.experience_level
    avoided = bounds_of(request).limits.avoid - {RiskTag.MAX_EFFORT}

    def wanted(exercise: Exercise) -> bool:
        fits = exercise.is_doable_with(owned) and exercise.level.rank <= level.rank
        return fits and bool(exercise.tags & avoided) and RiskTag.MAX_EFFORT not in exercise.tags

    return other_exercise(request, plan, wanted) if request.profile.conditions else None


@breaks("CON02")
def gasping(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    return request, plan.model_copy(update={"aerobic_intensity": Intensity.VIGOROUS})


@breaks("CON03")
def no_warm_up(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    cold = tuple(s.model_copy(update={"warm_up_min": 2}) for s in plan.sessions)
    return request, plan.model_copy(update={"sessions": cold})


@breaks("CON04")
def what_the_person_excludes(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    if not is_creation(request):
        return None
    name = plan.sessions[0].prescriptions[0].exercise_id
    person = changed(request.profile, excluded_exercises=(name,))
    return request.model_copy(update={"profile": person}), plan


@breaks("CON05")
def no_stop_signs(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    return request, plan.model_copy(update={"stop_signs": ()})


# ---------- change


@breaks("RUN05")
def many_more_minutes(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    if request.progress is None or request.current_plan is None:
        return None
    minutes = request.current_plan.aerobic_min_per_week + 60
    return request, plan.model_copy(update={"aerobic_min_per_week": minutes})


@breaks("RUN06", "RUN02", "CON02")
def endurance_made_hard(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    if plan.goal is not Goal.ENDURANCE or not is_creation(request):
        return None
    steady = [item for _, item in plan.items() if is_aerobic(item)]
    if sum(item.sets * item.dose_low for item in steady) < 1800:
        return None
    hard = Load(kind=LoadKind.RPE, value=7)
    return request, edit(
        plan, lambda i: i.model_copy(update={"load": hard}) if is_aerobic(i) else i
    )


@breaks("PRG01")
def too_big_a_step(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    if is_careful(request):
        return None
    # More than a whole step of a light dumbbell as well.
    return pair(request, raised(request, plan, 2.2, LiftStatus.TOP))


@breaks("PRG02", "PRG01")
def a_load_not_earned(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    if is_careful(request) or not is_plan_wide(request):
        return None
    if bounds_of(request).step_share_max < 0.03:
        return None
    return pair(request, raised(request, plan, 1.02, LiftStatus.MID))


@breaks("PRG03", "PRG01")
def heavier_though_tired(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    told = request.progress
    if told is None or told.readiness is not Readiness.POOR or told.gap_days >= 8:
        return None
    if told.is_deload_due or bounds_of(request).step_share_max < 0.03:
        return None
    return pair(request, raised(request, plan, 1.02, LiftStatus.TOP))


@breaks("PRG04")
def back_at_full_load(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    told = request.progress
    if told is None or told.gap_days < 8:
        return None
    new = raised(request, plan, 1.0, LiftStatus.MID)
    is_lightest = new == plan  # what is at its lightest load comes back as it was
    return None if is_lightest else pair(request, new)


@breaks("PRG05", *TOO_MUCH, "PRG03")
def a_deload_with_all_sets(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    told, before = request.progress, request.current_plan
    if told is None or before is None or not told.is_deload_due or is_back(request):
        return None
    if told.readiness is Readiness.POOR:
        return None
    sets = {(s.weekday, item.exercise_id): item.sets for s, item in before.items()}
    sessions = tuple(
        s.model_copy(
            update={
                "prescriptions": tuple(
                    i.model_copy(update={"sets": sets.get((s.weekday, i.exercise_id), i.sets)})
                    for i in s.prescriptions
                )
            }
        )
        for s in plan.sessions
    )
    return request, plan.model_copy(update={"sessions": sessions})


def is_back(request: PlanRequest) -> bool:
    return request.progress is not None and request.progress.gap_days >= 8


@breaks("EXP01")
def no_reasons(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    if request.current_plan is None or is_plan_wide(request):
        return None
    if all(item.reason is None for _, item in plan.items()):
        return None
    return request, edit(plan, lambda i: i.model_copy(update={"reason": None}))


@breaks("EXP02")
def a_line_nobody_spoke_of(request: PlanRequest, plan: WorkoutPlan) -> Mutated | None:
    before = request.current_plan
    if before is None or is_plan_wide(request):
        return None
    bounds = bounds_of(request)
    held = {(s.weekday, i.exercise_id) for s, i in before.items()}
    tight = {s.weekday for s in before.sessions if must_shrink(s, (), bounds)}
    for session, item in plan.items():
        is_free = not is_touched(item, request, bounds) and item.reason is None
        is_free &= session.weekday not in tight
        if is_free and (session.weekday, item.exercise_id) in held:
            reason = request_reasons(request)[0]
            new = with_line(plan, lambda i, old=item: i is old, tempo="3010", reason=reason)
            return pair(request, new)
    return None


def test_effort_lines_are_left_alone_by_the_mutations():
    """What the helpers call a lift is resistance work, else mutations would break other rules."""
    lifts = [item for _, plan in clean_plans() for _, item in plan.items() if is_lift(item)]

    assert all(exercise_of(item).role not in EFFORT_ROLES for item in lifts)
