"""An answer does what was asked, or it does not, however safe it is."""

import pytest

from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.plan.answer import Answer, Handoff
from fitsense_training.domain.plan.model import Load, Prescription, WorkoutPlan
from fitsense_training.domain.profile import ConditionRecord, Profile
from fitsense_training.domain.request import Operation, Pain, PlanRequest, Progress
from fitsense_training.domain.vocabulary import (
    ActivityLevel,
    BodyRegion,
    Condition,
    Equipment,
    ExperienceLevel,
    Goal,
    LiftStatus,
    LoadKind,
    OperationKind,
    PromptType,
    Readiness,
    ReasonCode,
    Sex,
    TemplateId,
    Weekday,
)
from fitsense_training.task_success import direction, task_success

DAYS = (Weekday.MON, Weekday.WED, Weekday.FRI)


def a_profile(**changes: object) -> Profile:
    fields: dict[str, object] = {
        "age": 34,
        "sex": Sex.FEMALE,
        "height_cm": 168,
        "weight_kg": 64,
        "activity_level": ActivityLevel.LIGHTLY_ACTIVE,
        "experience_level": ExperienceLevel.INTERMEDIATE,
        "goals": (Goal.HYPERTROPHY,),
        "weekdays": DAYS,
        "session_minutes": 60,
        "equipment": (Equipment.DUMBBELLS, Equipment.BENCH, Equipment.BANDS),
    }
    return Profile.model_validate({**fields, **changes})


def creation(profile: Profile) -> PlanRequest:
    return PlanRequest(prompt_type=PromptType.PLAN_CREATION, profile=profile)


def a_plan(profile: Profile | None = None) -> WorkoutPlan:
    """The coach's plan, every line that can carry kilos carrying 10 kg."""
    plan = coach(creation(profile or a_profile()))
    assert isinstance(plan, WorkoutPlan)
    return edit(plan, loaded)


def loaded(item: Prescription) -> Prescription:
    if item.load.kind is not LoadKind.RPE or item.rir is None or "dumbbell" not in item.exercise_id:
        return item
    return item.model_copy(update={"load": Load(kind=LoadKind.KG, value=20)})


def edit(plan: WorkoutPlan, change: object) -> WorkoutPlan:
    assert callable(change)
    sessions = tuple(
        s.model_copy(update={"prescriptions": tuple(change(i) for i in s.prescriptions)})
        for s in plan.sessions
    )
    return plan.model_copy(update={"sessions": sessions})


def modification(operation: Operation, **changes: object) -> PlanRequest:
    return PlanRequest(
        prompt_type=PromptType.PLAN_MODIFICATION,
        profile=a_profile(**changes),
        current_plan=a_plan(),
        operations=(operation,),
    )


def adaptation(**progress: object) -> PlanRequest:
    plan = a_plan()
    statuses = {i.exercise_id: LiftStatus.MID for _, i in plan.items()}
    statuses |= dict(progress.pop("statuses", {}))  # pyright: ignore[reportArgumentType, reportCallIssue]
    return PlanRequest(
        prompt_type=PromptType.PROGRESS_ADAPTATION,
        profile=a_profile(),
        current_plan=plan,
        progress=Progress(statuses=tuple(statuses.items()), **progress),  # pyright: ignore[reportArgumentType]
    )


def unchanged(request: PlanRequest) -> WorkoutPlan:
    assert request.current_plan is not None
    return request.current_plan


def a_dumbbell_lift() -> str:
    return next(i.exercise_id for _, i in a_plan().items() if i.load.kind is LoadKind.KG)


def move_load(plan: WorkoutPlan, exercise_id: str, kilos: float) -> WorkoutPlan:
    def change(item: Prescription) -> Prescription:
        if item.exercise_id != exercise_id or item.load.value is None:
            return item
        load = Load(kind=LoadKind.KG, value=item.load.value + kilos)
        return item.model_copy(update={"load": load})

    return edit(plan, change)


def test_the_coach_creates_what_was_asked() -> None:
    request = creation(a_profile())

    assert task_success(request, coach(request))


def test_a_plan_with_too_few_days_misses_the_request() -> None:
    request = creation(a_profile())
    plan = a_plan()

    assert not task_success(request, plan.model_copy(update={"sessions": plan.sessions[:2]}))


def test_a_plan_for_another_goal_misses_the_request() -> None:
    request = creation(a_profile())

    assert not task_success(request, a_plan().model_copy(update={"goal": Goal.STRENGTH}))


def test_a_plan_on_other_days_misses_the_request() -> None:
    plan = a_plan(a_profile(weekdays=(Weekday.TUE, Weekday.THU, Weekday.SAT)))

    assert not task_success(creation(a_profile()), plan)


@pytest.mark.parametrize(
    ("answer", "is_success"),
    [
        (Handoff(template=TemplateId.SEE_CLINICIAN), True),
        (Handoff(template=TemplateId.EMERGENCY), False),
        (a_plan(), False),
    ],
)
def test_a_blocked_person_is_owed_the_clinician_text(answer: Answer, is_success: bool) -> None:
    request = creation(a_profile(has_symptoms=True))

    assert task_success(request, answer) is is_success


def test_sending_a_well_person_away_is_no_success() -> None:
    assert not task_success(creation(a_profile()), Handoff(template=TemplateId.SEE_CLINICIAN))


ARGUMENTS: dict[OperationKind, dict[str, object]] = {
    OperationKind.ADD: {"exercise_id": "bodyweight_squat"},
    OperationKind.MOVE_DAY: {"weekdays": (Weekday.MON, Weekday.SUN)},
    OperationKind.CHANGE_DAYS: {"weekdays": (Weekday.TUE, Weekday.SAT)},
    OperationKind.CHANGE_MINUTES: {"minutes": 30},
    OperationKind.CHANGE_EQUIPMENT: {"equipment": ()},
    OperationKind.CHANGE_GOAL: {"goal": Goal.ENDURANCE},
}
AFTERWARDS: dict[OperationKind, dict[str, object]] = {
    OperationKind.CHANGE_DAYS: {"weekdays": (Weekday.TUE, Weekday.SAT)},
    OperationKind.CHANGE_MINUTES: {"session_minutes": 30},
    OperationKind.CHANGE_EQUIPMENT: {"equipment": ()},
    OperationKind.CHANGE_GOAL: {"goals": (Goal.ENDURANCE,)},
}


def asked(kind: OperationKind) -> PlanRequest:
    if kind in (OperationKind.SWAP, OperationKind.REMOVE):
        name = a_dumbbell_lift()
        return modification(Operation(kind=kind, exercise_id=name), excluded_exercises=(name,))
    operation = Operation.model_validate({"kind": kind, **ARGUMENTS.get(kind, {})})
    return modification(operation, **AFTERWARDS.get(kind, {}))


@pytest.mark.parametrize("kind", list(OperationKind))
def test_the_coach_does_every_operation(kind: OperationKind) -> None:
    request = asked(kind)

    assert task_success(request, coach(request))


@pytest.mark.parametrize("kind", list(OperationKind))
def test_an_unchanged_plan_does_no_operation(kind: OperationKind) -> None:
    request = asked(kind)

    assert not task_success(request, unchanged(request))


def test_a_swap_that_only_removes_is_no_swap() -> None:
    request = asked(OperationKind.SWAP)
    name = request.operations[0].exercise_id
    plan = unchanged(request)
    sessions = tuple(
        s.model_copy(
            update={"prescriptions": tuple(i for i in s.prescriptions if i.exercise_id != name)}
        )
        for s in plan.sessions
    )

    assert not task_success(request, plan.model_copy(update={"sessions": sessions}))


def test_a_lighter_plan_with_one_heavier_line_is_not_lighter() -> None:
    request = asked(OperationKind.LIGHTER)
    lighter = coach(request)
    assert isinstance(lighter, WorkoutPlan)

    assert not task_success(request, move_load(lighter, a_dumbbell_lift(), 5))


def test_a_new_condition_leaves_nothing_forbidden() -> None:
    profile = a_profile(
        conditions=(ConditionRecord(condition=Condition.SHOULDER_IMPINGEMENT, is_cleared=True),)
    )
    request = PlanRequest(
        prompt_type=PromptType.SAFETY_ADJUSTMENT,
        profile=profile,
        current_plan=a_plan(),
        condition_added=Condition.SHOULDER_IMPINGEMENT,
    )

    assert task_success(request, coach(request))
    assert not task_success(request, unchanged(request))


@pytest.mark.parametrize(("level", "is_enough"), [(2, True), (5, False), (8, False)])
def test_pain_in_a_region_asks_for_less_the_more_it_hurts(level: int, is_enough: bool) -> None:
    request = PlanRequest(
        prompt_type=PromptType.SAFETY_ADJUSTMENT,
        profile=a_profile(),
        current_plan=a_plan(),
        pain=Pain(region=BodyRegion.KNEE, level=level),
    )

    assert task_success(request, coach(request))
    assert task_success(request, unchanged(request)) is is_enough


@pytest.mark.parametrize(
    ("status", "kilos", "is_success"),
    [
        (LiftStatus.TOP, 2, True),
        (LiftStatus.TOP, 0, False),
        (LiftStatus.MID, 0, True),
        (LiftStatus.MID, 2, False),
        (LiftStatus.STALL, -2, True),
        (LiftStatus.STALL, 0, False),
        (LiftStatus.PAIN, -8, True),
        (LiftStatus.PAIN, 2, False),
    ],
)
def test_loads_move_the_way_the_log_says(
    status: LiftStatus, kilos: float, is_success: bool
) -> None:
    name = a_dumbbell_lift()
    request = adaptation(statuses={name: status})

    assert task_success(request, move_load(unchanged(request), name, kilos)) is is_success
    assert task_success(request, coach(request))


@pytest.mark.parametrize(
    "progress",
    [{"gap_days": 20}, {"is_deload_due": True}, {"adherence_share": 0.4}],
)
def test_rest_comes_before_progress(progress: dict[str, object]) -> None:
    request = adaptation(statuses={a_dumbbell_lift(): LiftStatus.TOP}, **progress)

    assert task_success(request, coach(request))
    assert not task_success(request, unchanged(request))
    assert not task_success(request, move_load(unchanged(request), a_dumbbell_lift(), 2))


def test_poor_readiness_may_hold_but_never_add() -> None:
    name = a_dumbbell_lift()
    request = adaptation(statuses={name: LiftStatus.TOP}, readiness=Readiness.POOR)

    assert task_success(request, unchanged(request))
    assert not task_success(request, move_load(unchanged(request), name, 2))


def test_direction_reads_load_then_sets_then_reserve() -> None:
    line = Prescription.model_validate(
        {
            "exercise_id": "goblet_squat",
            "sets": 3,
            "dose_kind": "reps",
            "dose_low": 8,
            "dose_high": 12,
            "load": Load(kind=LoadKind.KG, value=20),
            "rir": 2,
            "rest_s": 90,
        }
    )

    def changed(**fields: object) -> int:
        return direction(line, line.model_copy(update=fields))

    assert changed(reason=ReasonCode.PAIN) == 0
    assert changed(load=Load(kind=LoadKind.KG, value=22.5), dose_high=8) == 1
    assert changed(sets=2) == -1
    assert changed(rir=3) == -1
    assert changed(dose_high=13) == 1
