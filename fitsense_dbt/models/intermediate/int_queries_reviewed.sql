with queries as (

    select * from {{ ref('stg_queries') }}

),

people as (

    select * from {{ ref('stg_profiles') }}

),

reviews as (

    select * from {{ ref('stg_reviewed_responses') }}

),

replies as (

    select * from {{ ref('stg_teacher_responses') }}

),

sft_rows as (

    select * from {{ ref('stg_sft_rows') }}

)

select
    ---------- ids
    queries.release,
    queries.query_id,
    queries.user_id,
    coalesce(reviews.teacher, 'nobody') as teacher,

    ---------- slices
    {% for slice in slices() -%}
    queries.{{ slice }},
    {% endfor %}
    coalesce(sft_rows.split, 'left_out') as split,

    ---------- numerics
    people.sampling_weight,
    coalesce(reviews.count_block, 0) as count_block,
    coalesce(reviews.count_fix, 0) as count_fix,
    coalesce(reviews.count_warn, 0) as count_warn,
    reviews.plan_chars,

    ---------- booleans
    coalesce(reviews.is_accepted, false) as is_accepted,
    coalesce(reviews.is_handoff, false) as is_handoff,
    coalesce(reviews.is_task_success, false) as is_task_success,
    coalesce(replies.is_failed, true) as is_failed

from queries
left join people on queries.user_id = people.user_id
left join replies on queries.query_id = replies.query_id
left join reviews on queries.query_id = reviews.query_id
left join sft_rows on queries.query_id = sft_rows.query_id
where queries.release = '{{ var("release") }}'
