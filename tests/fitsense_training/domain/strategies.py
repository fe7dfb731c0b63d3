"""What hypothesis draws: possible people, and plans of any quality that the schema allows."""

from hypothesis import strategies as st

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.plan.model import Load, Prescription, Session, WorkoutPlan
from fitsense_training.domain.profile import ConditionRecord, Profile
from fitsense_training.domain.vocabulary import (
    ActivityLevel,
    Condition,
    ConditionSeverity,
    DoseKind,
    Equipment,
    ExperienceLevel,
    Goal,
    Intensity,
    LoadKind,
    ProgressionMethod,
    ReasonCode,
    SessionFocus,
    Sex,
    Weekday,
)

EXERCISES = [exercise.id for exercise in load_catalogue()]
STOP_SIGNS = ["chest_pain", "fainting", "dizziness", "sharp_pain"]


def some(values: object, low: int, high: int) -> st.SearchStrategy[list[object]]:
    """Between low and high distinct values."""
    return st.lists(st.sampled_from(list(values)), min_size=low, max_size=high, unique=True)  # pyright: ignore[reportArgumentType]


def loads() -> st.SearchStrategy[Load]:
    """Every kind of load, with up to two decimals."""

    def number(low: int, high: int) -> st.SearchStrategy[float]:
        return st.integers(low * 100, high * 100).map(lambda n: n / 100)

    return st.one_of(
        st.just(Load(kind=LoadKind.BODYWEIGHT)),
        number(1, 10).map(lambda n: Load(kind=LoadKind.RPE, value=n)),
        number(20, 100).map(lambda n: Load(kind=LoadKind.PERCENT_1RM, value=n)),
        number(1, 500).map(lambda n: Load(kind=LoadKind.KG, value=n)),
    )


@st.composite
def lines(draw: st.DrawFn, exercise_id: str, *, is_sane: bool = False) -> Prescription:
    """One line; a sane one is counted as its exercise is counted, and in doses people do."""
    kind = load_catalogue().by_id(exercise_id).dose_kind
    most = 60 if is_sane else 7200
    low = draw(st.integers(1, most))
    return Prescription(
        exercise_id=exercise_id,
        sets=draw(st.integers(1, 10)),
        dose_kind=kind if is_sane else draw(st.sampled_from(DoseKind)),
        dose_low=low,
        dose_high=draw(st.integers(low, most)),
        load=draw(loads()),
        rir=draw(st.none() | st.integers(0, 10)),
        rest_s=draw(st.integers(0, 600)),
        superset=draw(st.none() | st.sampled_from("abcd")),
        tempo=draw(st.none() | st.from_regex(r"\A[0-9x]{4}\Z")),
        reason=draw(st.none() | st.sampled_from(ReasonCode)),
    )


@st.composite
def sessions(draw: st.DrawFn, weekday: Weekday, *, is_sane: bool = False) -> Session:
    """One session of distinct exercises."""
    names = draw(st.lists(st.sampled_from(EXERCISES), min_size=1, max_size=8, unique=True))
    return Session(
        weekday=weekday,
        focus=draw(st.sampled_from(SessionFocus)),
        warm_up_min=draw(st.integers(0, 30)),
        prescriptions=tuple(draw(lines(name, is_sane=is_sane)) for name in names),
    )


@st.composite
def plans(draw: st.DrawFn, *, is_sane: bool = False) -> WorkoutPlan:
    """Any plan of the schema, safe or not."""
    days = sorted(draw(st.sets(st.sampled_from(Weekday), min_size=1)), key=lambda day: day.order)
    return WorkoutPlan(
        goal=draw(st.sampled_from(Goal)),
        sessions=tuple(draw(sessions(day, is_sane=is_sane)) for day in days),
        aerobic_min_per_week=draw(st.integers(0, 600)),
        aerobic_intensity=draw(st.sampled_from(Intensity)),
        progression=draw(st.sampled_from(ProgressionMethod)),
        stop_signs=tuple(draw(some(STOP_SIGNS, 0, 4))),  # pyright: ignore[reportArgumentType]
        reasons=tuple(draw(some(ReasonCode, 1, 8))),  # pyright: ignore[reportArgumentType]
    )


@st.composite
def conditions(draw: st.DrawFn) -> tuple[ConditionRecord, ...]:
    """Up to three conditions, of any severity."""
    return tuple(
        ConditionRecord(
            condition=condition,  # pyright: ignore[reportArgumentType]
            severity=draw(st.sampled_from(ConditionSeverity)),
            is_cleared=draw(st.booleans()),
        )
        for condition in draw(some(Condition, 0, 3))
    )


def profiles(minutes_min: int = 15) -> st.SearchStrategy[Profile]:
    """Anybody the fields allow, with any mix of goals, days, equipment and conditions."""
    return st.builds(
        Profile,
        age=st.integers(13, 100),
        sex=st.sampled_from(Sex),
        height_cm=st.integers(120, 230),
        weight_kg=st.integers(30, 300),
        activity_level=st.sampled_from(ActivityLevel),
        experience_level=st.sampled_from(ExperienceLevel),
        goals=some(Goal, 1, 3).map(tuple),
        weekdays=some(Weekday, 1, 6).map(tuple),
        session_minutes=st.integers(minutes_min, 120),
        equipment=some(Equipment, 0, 8).map(tuple),
        conditions=conditions(),
        excluded_exercises=some(EXERCISES, 0, 3).map(tuple),
        has_symptoms=st.booleans(),
    )
