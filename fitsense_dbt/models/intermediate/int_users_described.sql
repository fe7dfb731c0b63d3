with profiles as (

    select * from {{ ref('stg_profiles') }}

),

workouts as (

    select * from {{ ref('stg_workouts') }}

),

daily_logs as (

    select * from {{ ref('stg_daily_logs') }}

)

select
    ---------- ids
    profiles.release,
    profiles.user_id,
    profiles.cohort,

    ---------- slices
    {% for slice in person_slices() -%}
    profiles.{{ slice }},
    {% endfor %}
    ---------- numerics
    profiles.sampling_weight,
    profiles.age_years,
    profiles.height_cm,
    profiles.weight_kg,
    profiles.bmi,
    profiles.session_minutes,
    profiles.count_goals,
    profiles.count_weekdays,
    profiles.count_equipment,
    profiles.count_conditions,
    profiles.count_medications,
    workouts.count_sessions,
    workouts.count_sets,
    workouts.sets_a_session,
    workouts.load_kg_mean,
    workouts.load_kg_max,
    workouts.reps_mean,
    workouts.reps_max,
    workouts.rir_mean,
    -- Who never trained has logged no pain.
    coalesce(workouts.pain_level_max, 0) as pain_level_max,
    daily_logs.count_days,
    daily_logs.calories_mean,
    daily_logs.calories_min,
    daily_logs.calories_max,
    daily_logs.sleep_hours_mean,
    daily_logs.sleep_hours_min,
    daily_logs.sleep_hours_max,
    daily_logs.weighed_share,
    daily_logs.weight_change_kg

from profiles
left join workouts on profiles.user_id = workouts.user_id
left join daily_logs on profiles.user_id = daily_logs.user_id
where profiles.release = '{{ var("release") }}'
