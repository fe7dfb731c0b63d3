{{ config(materialized='view') }}

{% set features = [
    'age_years', 'height_cm', 'weight_kg', 'bmi', 'session_minutes', 'count_goals',
    'count_weekdays', 'count_equipment', 'count_conditions', 'count_medications',
    'count_sessions', 'count_sets', 'sets_a_session', 'load_kg_mean', 'load_kg_max',
    'reps_mean', 'reps_max', 'rir_mean', 'pain_level_max', 'count_days', 'calories_mean',
    'calories_min', 'calories_max', 'sleep_hours_mean', 'sleep_hours_min', 'sleep_hours_max',
    'weighed_share', 'weight_change_kg'
] %}

with users as (

    select
        users.*,
        unnest([
            {'dimension': 'all', 'slice_value': 'all'},
            {% for slice in person_slices() -%}
            {'dimension': '{{ slice }}', 'slice_value': {{ slice }}}
            {%- if not loop.last %},{% endif %}
            {% endfor %}
        ]) as slice
    from {{ ref('int_users_described') }} as users
    where users.release = '{{ var("release") }}'

),

unpivoted as (

    select
        release,
        user_id,
        sampling_weight,
        slice.dimension as dimension,
        slice.slice_value as slice_value,
        unnest([
            {% for feature in features -%}
            {'feature': '{{ feature }}', 'value': cast({{ feature }} as double)}
            {%- if not loop.last %},{% endif %}
            {% endfor %}
        ]) as entry
    from users

)

select
    release,
    user_id,
    dimension,
    slice_value,
    entry.feature as feature,
    sampling_weight,
    entry.value as feature_value
from unpivoted
