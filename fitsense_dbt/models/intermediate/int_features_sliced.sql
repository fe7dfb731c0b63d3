{{ config(materialized='view') }}

{% set features = [
    'age_years', 'height_cm', 'weight_kg', 'bmi', 'session_minutes', 'count_goals',
    'count_weekdays', 'count_equipment', 'count_conditions', 'count_medications',
    'count_sessions', 'count_sets', 'sets_a_session', 'load_kg_mean', 'load_kg_max',
    'reps_mean', 'reps_max', 'rir_mean', 'pain_level_max', 'count_days', 'calories_mean',
    'calories_min', 'calories_max', 'sleep_hours_mean', 'sleep_hours_min', 'sleep_hours_max',
    'weighed_share', 'weight_change_kg'
] %}

with people as (

    select * from {{ ref('int_users_described') }}
    where release = '{{ var("release") }}'

),

-- Lists that stand side by side are unnested in step.
sliced as (

    select
        *,
        unnest([
            'all',
            {% for name in person_slices() -%}
            '{{ name }}'{% if not loop.last %},{% endif %}
            {% endfor %}
        ]) as dimension,
        unnest(['all', {{ person_slices() | join(', ') }}]) as slice_value
    from people

)

select
    release,
    user_id,
    dimension,
    slice_value,
    sampling_weight,
    unnest([
        {% for name in features -%}
        '{{ name }}'{% if not loop.last %},{% endif %}
        {% endfor %}
    ]) as feature,
    unnest([
        {% for name in features -%}
        cast({{ name }} as double){% if not loop.last %},{% endif %}
        {% endfor %}
    ]) as feature_value
from sliced
