"""Where each lake column would stand in the service's database: one line a column.

The record is the same on both sides; what the lake keeps beyond it (slices, splits, weights, texts
for the teacher) says so with None. Tests hold both sides to this page.
"""

from collections.abc import Mapping

Place = str | None  # `table.column`, or None for what only the lake keeps

PROFILES: Mapping[str, Place] = {
    "user_id": "users.id",
    "cohort": None,
    "weight": None,
    "split": None,
    "age": "user_profiles.date_of_birth",
    "sex": "user_profiles.sex",
    "height_cm": "user_profiles.height_cm",
    "weight_kg": "weight_logs.weight_kg",
    "activity_level": "user_profiles.activity_level",
    "experience_level": "user_profiles.experience_level",
    "goals": "user_goals.priority",
    "weekdays": "user_profiles.weekdays",
    "session_minutes": "user_profiles.session_minutes",
    "equipment": "user_equipment.equipment_id",
    "conditions": "user_conditions.condition_id",
    "condition_severities": "user_conditions.severity",
    "excluded_exercises": "user_profiles.excluded_exercises",
    "has_symptoms": None,
    "medications": "user_medications.medication_name",
    "allergies": "user_allergies.allergen",
    "age_band": None,
    "condition_flag": None,
    "screening_state": "screenings.state",
    "goal_type": "goals.name",
    "profile_json": None,
    "injuries": "user_medical_profiles.injury_details",
    "has_guardian_consent": "consents.purpose",
    "screening_json": "screenings.answers",
}

PLANS: Mapping[str, Place] = {
    "user_id": "workout_plans.user_id",
    "plan_id": "workout_plans.id",
    "plan_json": "plan_revisions.plan",
}
# Inside `plan_json`: a session is a plan day, a prescription its exercise and sets.
PLAN_FIELDS: Mapping[str, Place] = {
    "session.focus": "plan_days.name",
    "session.weekday": "plan_days.day_order",
    "prescription.exercise_id": "plan_exercises.exercise_id",
    "prescription.sets": "plan_sets.set_number",
    "prescription.dose_low": "plan_sets.target_reps",
    "prescription.dose_high": "plan_sets.target_reps_max",
    "prescription.load": "plan_sets.target_load",
    "prescription.rir": "plan_sets.target_rir",
    "prescription.rest_s": "plan_sets.rest_seconds",
}

WORKOUTS: Mapping[str, Place] = {
    "user_id": "workouts.user_id",
    "plan_id": "workouts.plan_id",
    "session_at": "workouts.started_at",
    "session_index": None,
    "weekday": None,
    "focus": "plan_days.name",
    "exercise_id": "workout_exercises.exercise_id",
    "exercise_position": "workout_exercises.position",
    "set_number": "workout_sets.set_number",
    "is_warm_up": "workout_sets.is_warmup",
    "is_deload": None,
    "target_reps_low": "plan_sets.target_reps",
    "target_reps_high": "plan_sets.target_reps_max",
    "target_rir": "workout_sets.target_rir",
    "reps": "workout_sets.reps",
    "rir": "workout_sets.rir",
    "target_load_kg": "workout_sets.target_weight_kg",
    "load_kg": "workout_sets.weight_kg",
    "entered_unit": "workout_sets.entered_unit",
    "duration_s": "workout_sets.dose_kind",
    "distance_m": "workout_sets.dose_kind",
    "target_rest_s": "workout_sets.rest_seconds",
    "pain_level": "workout_sets.has_pain",
}

DAILY_LOGS: Mapping[str, Place] = {
    "user_id": "calorie_intake_logs.user_id",
    "day": "calorie_intake_logs.log_date",
    "calories": "calorie_intake_logs.calories_consumed",
    "sleep_hours": "sleep_duration_logs.sleep_duration_hours",
    "weight_kg": "weight_logs.weight_kg",
}

QUERIES: Mapping[str, Place] = {
    "query_id": "ai_interactions.id",
    "user_id": "ai_interactions.user_id",
    "prompt_type": "ai_interactions.context_type",
    "prompt": "ai_interactions.query_text",
    "cohort": None,
    "split": None,
    "request_json": None,
    "expected_constraints": None,
    "goal_type": None,
    "activity_level": None,
    "condition_flag": None,
    "age_band": None,
    "sex": None,
    "experience_level": None,
    "equipment_band": None,
}

TABLES: Mapping[str, Mapping[str, Place]] = {
    "profiles": PROFILES,
    "plans": PLANS,
    "workouts": WORKOUTS,
    "daily_logs": DAILY_LOGS,
    "queries": QUERIES,
}
