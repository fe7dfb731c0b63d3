with queries as (

    select * from {{ ref('stg_queries') }}
    where release = '{{ var("release") }}'

),

reviews as (

    select * from {{ ref('stg_reviewed_responses') }}
    where release = '{{ var("release") }}' and plan_hash is not null

),

daily_logs as (

    select * from {{ ref('stg_daily_logs') }}
    where release = '{{ var("release") }}'

),

workouts as (

    select * from {{ ref('stg_workouts') }}
    where release = '{{ var("release") }}'

)

select
    '{{ var("release") }}' as release,
    'queries' as table_name,
    'prompt' as column_name,
    count(*) as count_rows,
    count(*) - count(distinct prompt_hash) as count_duplicates
from queries

union all

select
    '{{ var("release") }}' as release,
    'reviewed_responses' as table_name,
    'plan' as column_name,
    count(*) as count_rows,
    count(*) - count(distinct plan_hash) as count_duplicates
from reviews

union all

select
    '{{ var("release") }}' as release,
    'daily_logs' as table_name,
    'user_id, day' as column_name,
    coalesce(sum(count_days), 0) as count_rows,
    coalesce(sum(count_days - count_distinct_days), 0) as count_duplicates
from daily_logs

union all

select
    '{{ var("release") }}' as release,
    'workouts' as table_name,
    'user_id, session_at, exercise_id, set_number' as column_name,
    coalesce(sum(count_sets), 0) as count_rows,
    coalesce(sum(count_sets - count_distinct_sets), 0) as count_duplicates
from workouts
