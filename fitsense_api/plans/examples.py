"""Request bodies that work as they stand: shown in the OpenAPI document, sent by the tests."""

from typing import Any, Final

PROFILE: Final[dict[str, Any]] = {
    "age": 42,
    "sex": "female",
    "height_cm": 168,
    "weight_kg": 70,
    "activity_level": "lightly_active",
    "experience_level": "novice",
    "goals": ["general_health", "strength"],
    "weekdays": ["mon", "thu"],
    "session_minutes": 45,
    "equipment": ["dumbbells", "bench"],
    "conditions": [{"condition": "hypertension", "severity": "mild", "is_cleared": True}],
}


def _line(exercise_id: str, load: dict[str, Any]) -> dict[str, Any]:
    """One exercise, two sets of 9-12."""
    return {
        "exercise_id": exercise_id,
        "sets": 2,
        "dose_kind": "reps",
        "dose_low": 9,
        "dose_high": 12,
        "load": load,
        "rir": 4,
        "rest_s": 90,
    }


_RPE: Final = {"kind": "rpe", "value": 6}
_COOL_DOWN: Final = {
    "exercise_id": "cool_down_walk",
    "sets": 1,
    "dose_kind": "seconds",
    "dose_low": 300,
    "dose_high": 300,
    "load": {"kind": "rpe", "value": 4},
    "rest_s": 0,
}
PLAN: Final[dict[str, Any]] = {
    "goal": "general_health",
    "sessions": [
        {
            "weekday": "mon",
            "focus": "full_body",
            "warm_up_min": 8,
            "prescriptions": [
                _line("goblet_squat", {"kind": "kg", "value": 14}),
                _line("dumbbell_floor_press", _RPE),
                _line("chest_supported_row", _RPE),
                _line("dumbbell_hip_thrust", _RPE),
                _COOL_DOWN,
            ],
        },
        {
            "weekday": "thu",
            "focus": "full_body",
            "warm_up_min": 8,
            "prescriptions": [
                _line("dumbbell_hip_thrust", _RPE),
                _line("hip_pocket_row", _RPE),
                _line("dumbbell_shoulder_press", _RPE),
                _COOL_DOWN,
            ],
        },
    ],
    "aerobic_min_per_week": 60,
    "aerobic_intensity": "moderate",
    "progression": "double_progression",
    "stop_signs": ["chest_pain", "fainting", "severe_breathlessness", "sharp_pain"],
    "reasons": ["new_plan"],
}

CREATE: Final[dict[str, Any]] = {
    "profile": PROFILE,
    "lifts": {"goblet_squat": 14},
    "note": "I like short sessions.",
}
MODIFY: Final[dict[str, Any]] = {
    "profile": PROFILE,
    "current_plan": PLAN,
    "operations": [{"kind": "swap", "exercise_id": "goblet_squat"}],
}
ADJUST: Final[dict[str, Any]] = {
    "profile": PROFILE,
    "current_plan": PLAN,
    "pain": {"region": "knee", "level": 5},
}
ADAPT: Final[dict[str, Any]] = {
    "profile": PROFILE,
    "current_plan": PLAN,
    "progress": {"statuses": {"goblet_squat": "top"}, "adherence_share": 0.9},
}
WEEKS: Final[dict[str, Any]] = {"profile": PROFILE, "current_plan": PLAN}
JOB: Final[dict[str, Any]] = {"task": "create", **CREATE}
