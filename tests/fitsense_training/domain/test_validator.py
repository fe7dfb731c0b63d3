"""Every rule refuses what it is there to refuse, and lets the coach's own answer pass."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.plan.answer import Answer, Handoff
from fitsense_training.domain.plan.model import Load, Prescription, WorkoutPlan
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.rule_table import rule_table
from fitsense_training.domain.safety.validator import (
    RULES,
    handoff_findings,
    is_blocked,
    review,
    template_for,
)
from fitsense_training.domain.vocabulary import (
    Goal,
    Intensity,
    LoadKind,
    ReasonCode,
    Severity,
    TemplateId,
)
from tests.builders import (
    a_creation,
    a_modification,
    a_new_condition,
    a_plan,
    a_profile,
    an_adaptation,
    coached,
    edit,
    has,
)

CREATION = a_creation()
NEIGHBOURS = a_profile(weekdays=["mon", "tue", "thu"])
HEAVY = a_plan(
    {"mon": ["goblet_squat 3x8-12 r2 90s 20kg", "dumbbell_row 3x8-12 r2 90s 20kg"]},
)


@dataclass(frozen=True)
class Breach:
    """An answer to a request that breaks one rule (and perhaps others)."""

    request: PlanRequest
    answer: Answer


def every_line(change: Callable[[Prescription], Prescription], request: PlanRequest = CREATION):
    """The coach's answer with all its lines changed."""
    return Breach(request, edit(coached(request), change))


def changed(request: PlanRequest = CREATION, **fields: object) -> Breach:
    """The coach's answer with fields of the plan changed."""
    return Breach(request, coached(request).model_copy(update=fields))


def lines(profile: Profile | None = None, **week: list[str]) -> Breach:
    """A plan written out, for a request to create one."""
    return Breach(a_creation(profile), a_plan(week))


def with_load(kilos: float, request: PlanRequest) -> Breach:
    """The current plan with a heavier first line, explained as the log's."""
    plan = request.current_plan
    assert plan is not None

    def heavier(item: Prescription) -> Prescription:
        if item.exercise_id != "goblet_squat":
            return item
        load = Load(kind=LoadKind.KG, value=kilos)
        return item.model_copy(update={"load": load, "reason": ReasonCode.LOG_PROGRESS})

    return Breach(request, edit(plan, heavier).model_copy(update={"reasons": ("log_progress",)}))


def without_why() -> Breach:
    """A swap that is done, but not explained."""
    request = a_modification("swap", exercise_id=_first_exercise(coached(CREATION)))
    answer = edit(coached(request), lambda item: item.model_copy(update={"reason": None}))
    return Breach(request, answer)


def with_more_than_asked() -> Breach:
    """A swap that also takes a set from every other line."""
    request = a_modification("swap", exercise_id=_first_exercise(coached(CREATION)))

    def fewer(item: Prescription) -> Prescription:
        if item.reason is not None or item.sets == 1:
            return item
        return item.model_copy(update={"sets": item.sets - 1, "reason": ReasonCode.USER_REQUEST})

    return Breach(request, edit(coached(request), fewer))


def _first_exercise(plan: WorkoutPlan) -> str:
    return plan.sessions[0].prescriptions[0].exercise_id


def backwards(plan: WorkoutPlan) -> WorkoutPlan:
    """The plan with the exercises of each day in reverse."""
    sessions = tuple(
        s.model_copy(update={"prescriptions": s.prescriptions[::-1]}) for s in plan.sessions
    )
    return plan.model_copy(update={"sessions": sessions})


def pull_free() -> Breach:
    """A week of pressing only."""
    press = [
        "dumbbell_bench_press 3x8-12 r2 120s rpe8",
        "dumbbell_shoulder_press 3x8-12 r2 120s rpe8",
    ]
    return lines(mon=press, wed=press, fri=press)


def set_on(**fields: object) -> Callable[[Prescription], Prescription]:
    """Set these fields on a line counted in reps with a reserve."""

    def change(item: Prescription) -> Prescription:
        is_lift = item.rir is not None and item.dose_kind == "reps"
        return item.model_copy(update=fields) if is_lift else item

    return change


RPE6 = Load(kind=LoadKind.RPE, value=6)
FIVE_SQUATS = [
    f"{name} 5x8-12 r2 120s rpe8"
    for name in ("goblet_squat", "goblet_box_squat", "dumbbell_split_squat", "dumbbell_step_up")
]

HARD_WALK = "brisk_walk 1x900-900sec r- 0s rpe6"


def longer_walk(minutes: int) -> Breach:
    """A walk of half an hour that becomes one of so many minutes."""

    def walk(length_min: int) -> WorkoutPlan:
        seconds = 60 * length_min
        return a_plan({"mon cardio": [f"brisk_walk 1x{seconds}-{seconds}sec r- 0s rpe4"]})

    return Breach(a_modification("harder", walk(30)), walk(minutes))


def changed_lines(request: PlanRequest, **fields: object) -> Breach:
    """The current plan with fields of every line changed."""
    assert request.current_plan is not None
    answer = edit(request.current_plan, lambda item: item.model_copy(update=fields))
    return Breach(request, answer.model_copy(update={"reasons": ("log_progress",)}))


BREACHES: dict[str, Callable[[], Breach]] = {
    "SCH03": lambda: lines(mon=["moon_walk 3x8-12 r2 90s rpe8"]),
    "SCR01": lambda: Breach(a_creation(a_profile(has_symptoms=True)), coached(CREATION)),
    "SCR03": lambda: Breach(
        a_creation(note="crushing chest pain right now and I sweat"), coached(CREATION)
    ),
    "GOAL1": lambda: changed(goal=Goal.STRENGTH),
    "STR01": lambda: lines(tue=["goblet_squat 3x8-12 r2 90s rpe8"]),
    "STR02": lambda: every_line(set_on(sets=9)),
    "STR03": lambda: lines(NEIGHBOURS, mon=FIVE_SQUATS[:2], tue=FIVE_SQUATS[:2]),
    "STR04": pull_free,
    "STR05": lambda: Breach(CREATION, backwards(coached(CREATION))),
    "STR06": lambda: lines(mon=["barbell_back_squat 3x8-12 r2 120s rpe8"]),
    "VOL01": lambda: lines(mon=FIVE_SQUATS[:3], wed=FIVE_SQUATS[:3], fri=FIVE_SQUATS[:3]),
    "VOL02": lambda: lines(mon=FIVE_SQUATS[:3]),
    "VOL03": lambda: every_line(set_on(sets=9)),
    "SCH06": lambda: every_line(
        set_on(rir=None, load=Load(kind=LoadKind.BODYWEIGHT)),
    ),
    "INT01": lambda: every_line(set_on(rir=1, load=RPE6)),
    "INT02": lambda: every_line(set_on(rir=0)),
    "INT03": lambda: every_line(set_on(rest_s=15)),
    "INT05": lambda: every_line(set_on(dose_low=2, dose_high=3)),
    "PRG06": lambda: every_line(set_on(dose_low=30, dose_high=45)),
    "CON01": lambda: Breach(
        a_creation(a_profile(conditions=[has("knee_osteoarthritis")])),
        a_plan({"mon": ["jump_squat 3x8-12 r3 120s bw"]}),
    ),
    "CON02": lambda: changed(aerobic_intensity=Intensity.VIGOROUS),
    "CON03": lambda: Breach(
        a_creation(a_profile(conditions=[has("asthma")])),
        edit_warm_up(coached(a_creation(a_profile(conditions=[has("asthma")]))), 0),
    ),
    "CON04": lambda: Breach(
        a_creation(a_profile(excluded_exercises=["goblet_squat"])),
        a_plan({"mon": ["goblet_squat 3x8-12 r2 90s rpe8"]}),
    ),
    "CON05": lambda: changed(stop_signs=()),
    "PRG01": lambda: with_load(30, an_adaptation({"goblet_squat": "top"}, HEAVY)),
    "PRG02": lambda: with_load(22, an_adaptation({"goblet_squat": "mid"}, HEAVY)),
    "PRG03": lambda: with_load(22, an_adaptation({"goblet_squat": "top"}, HEAVY, readiness="poor")),
    "PRG04": lambda: with_load(20, an_adaptation({"goblet_squat": "mid"}, HEAVY, gap_days=20)),
    "PRG05": lambda: with_load(
        18, an_adaptation({"goblet_squat": "mid"}, HEAVY, is_deload_due=True)
    ),
    "SCR02": lambda: Breach(
        a_creation(a_profile(screened_on="2025-01-01"), asked_on="2026-01-02"),
        coached(CREATION),
    ),
    "STR07": lambda: lines(
        a_profile(experience_level="novice", weekdays=["mon"]),
        mon=[
            "goblet_squat 2x8-12 r3 120s rpe7",
            "dumbbell_row 2x8-12 r3 120s rpe7",
            "push_up 2x8-12 r3 120s bw",
        ],
    ),
    "VOL04": pull_free,
    "VOL05": lambda: changed_lines(
        an_adaptation({"goblet_squat": "top"}, HEAVY), sets=7, reason=ReasonCode.LOG_PROGRESS
    ),
    "INT04": lambda: Breach(
        a_creation(a_profile(experience_level="novice")),
        a_plan({"mon": ["goblet_squat 3x1-1 r1 120s rpe9"]}),
    ),
    "MIN01": lambda: Breach(
        a_creation(a_profile(age=15)), a_plan({"mon": ["goblet_squat 3x6-8 r2 120s 97%"]})
    ),
    "RUN01": lambda: longer_walk(41),
    "RUN02": lambda: lines(
        a_profile(goals=["endurance"]), mon=[HARD_WALK], wed=[HARD_WALK], fri=[HARD_WALK]
    ),
    "RUN03": lambda: lines(
        a_profile(activity_level="sedentary", equipment=["cardio_machine"]),
        mon=["bike_intervals 1x900-900sec r- 0s rpe7"],
    ),
    "RUN04": lambda: longer_walk(36),
    "RUN05": lambda: changed(an_adaptation(), aerobic_min_per_week=300),
    "RUN06": lambda: lines(
        a_profile(goals=["endurance"], activity_level="very_active"),
        mon=["brisk_walk 1x1800-1800sec r- 0s rpe4"],
        thu=["brisk_walk 1x1800-1800sec r- 0s rpe7"],
    ),
    "EXP01": without_why,
    "EXP02": with_more_than_asked,
}


def edit_warm_up(plan: WorkoutPlan, minutes: int) -> WorkoutPlan:
    """The plan with warm-ups of so many minutes."""
    sessions = tuple(s.model_copy(update={"warm_up_min": minutes}) for s in plan.sessions)
    return plan.model_copy(update={"sessions": sessions})


def broken(request: PlanRequest, answer: Answer) -> set[str]:
    return {finding.rule_id for finding in review(request, answer)}


def test_every_rule_has_a_breach():
    assert set(BREACHES) == set(RULES)


def test_a_plan_in_an_emergency_breaks_two_rules():
    found = tuple(handoff_findings(TemplateId.EMERGENCY, None))

    assert [finding.rule_id for finding in found] == ["SCR01", "SCR03"]
    assert is_blocked(found)
    assert {f.rule_id for f in handoff_findings(TemplateId.SEE_CLINICIAN, None)} == {"SCR01"}


def test_the_table_names_every_rule_with_its_source():
    table = rule_table()

    assert set(RULES) < set(table)
    assert all(table[name].severity is severity for name, (severity, _) in RULES.items())
    assert all(len(e.source) > 3 and e.tag in "VSKH" and e.sentence for e in table.values())
    named = {
        "SCH07",
        "SCR02",
        *(f"NRG0{n}" for n in range(1, 8)),
        *(f"TXT0{n}" for n in range(1, 7)),
    }
    assert named <= set(table)


def test_a_small_change_is_not_asked_for_more_sets():
    request = a_modification("swap", exercise_id=_first_exercise(coached(CREATION)))

    assert "VOL04" not in broken(request, coached(request))
    assert "VOL04" not in broken(a_modification("lighter"), coached(a_modification("lighter")))


def test_short_walks_may_grow_and_hard_days_may_be_two():
    short = a_plan({"mon cardio": ["brisk_walk 1x600-600sec r- 0s rpe4"]})
    longer = a_plan({"mon cardio": ["brisk_walk 1x1800-1800sec r- 0s rpe4"]})
    two = lines(a_profile(goals=["endurance"]), mon=[HARD_WALK], fri=[HARD_WALK])

    assert "RUN01" not in broken(a_modification("harder", short), longer)
    assert "RUN02" not in broken(two.request, two.answer)
    assert "RUN02" in broken(*neighbouring_hard_days())


def neighbouring_hard_days() -> tuple[PlanRequest, Answer]:
    breach = lines(a_profile(weekdays=["mon", "sun"]), mon=[HARD_WALK], sun=[HARD_WALK])
    return breach.request, breach.answer


def test_intervals_may_be_planned_on_a_base():
    person = a_profile(equipment=["cardio_machine"])
    intervals = lines(person, mon=["bike_intervals 1x900-900sec r- 0s rpe7"])

    assert not broken(intervals.request, intervals.answer) & {"RUN02", "RUN03", "STR06"}


@pytest.mark.parametrize("rule_id", sorted(BREACHES))
def test_a_breach_is_found(rule_id: str):
    breach = BREACHES[rule_id]()

    findings = [f for f in review(breach.request, breach.answer) if f.rule_id == rule_id]

    assert findings
    assert all(finding.severity is RULES[rule_id][0] for finding in findings)
    assert all(finding.place and finding.detail for finding in findings)


@pytest.mark.parametrize("rule_id", sorted(BREACHES))
def test_the_coach_keeps_the_rule_on_the_same_request(rule_id: str):
    request = BREACHES[rule_id]().request

    assert rule_id not in broken(request, coach(request))


def test_findings_come_gravest_first():
    order = list(Severity)
    findings = review(CREATION, edit(coached(CREATION), set_on(sets=9, rir=0, rest_s=15)))

    ranks = [order.index(finding.severity) for finding in findings]

    assert ranks == sorted(ranks)
    assert len(set(ranks)) == 3
    assert is_blocked(findings)


def test_a_fixed_text_is_refused_where_a_plan_may_stand():
    answer = Handoff(template=TemplateId.SEE_CLINICIAN)

    assert broken(CREATION, answer) == {"SCR01"}


def test_the_wrong_fixed_text_is_refused():
    request = a_creation(a_profile(has_symptoms=True))

    assert template_for(request) is TemplateId.SEE_CLINICIAN
    assert broken(request, Handoff(template=TemplateId.EMERGENCY)) == {"SCR01"}
    assert broken(request, Handoff(template=TemplateId.SEE_CLINICIAN)) == set()


def test_a_line_may_go_where_what_is_required_needs_the_time():
    person = a_profile(age=44, experience_level="novice", session_minutes=30, weekdays=["mon"])
    names = ("goblet_box_squat", "dumbbell_floor_press", "dumbbell_row")
    week = [f"{name} 2x8-12 r3 90s 8kg" for name in names]
    plan = a_plan({"mon": [*week, "dumbbell_romanian_deadlift 2x8-12 r3 90s 14kg"]})
    request = a_new_condition("osteoporosis", plan, person)

    answer = coached(request)

    held = {item.exercise_id for _, item in answer.items()}
    assert "dumbbell_romanian_deadlift" not in held
    assert "supported_single_leg_stand" in held
    assert "EXP02" not in broken(request, answer)


def test_a_line_may_not_go_where_there_is_time():
    person = a_profile(session_minutes=60, weekdays=["mon"])
    careful = a_plan(
        {"mon": ["goblet_squat 2x10-12 r4 120s 9kg", "dumbbell_row 2x10-12 r4 120s 9kg"]}
    )
    request = a_new_condition("hypertension", careful, person)
    answer = coached(request)
    session = answer.sessions[0]
    shorter = session.model_copy(update={"prescriptions": session.prescriptions[1:]})

    assert "EXP02" not in broken(request, answer)
    assert "EXP02" in broken(request, answer.model_copy(update={"sessions": (shorter,)}))
