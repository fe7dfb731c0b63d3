{{ config(materialized='view') }}

-- A view, because the rows lie in the table it reads: nothing is kept twice.
select
    ---------- ids
    release,
    query_id,
    user_id,
    teacher,

    ---------- slices
    {% for slice in slices() -%}
    {{ slice }},
    {% endfor %}
    split,

    ---------- numerics
    sampling_weight,
    cast(plan_chars as bigint) as plan_chars,

    ---------- booleans
    is_accepted,
    is_task_success,
    is_handoff,
    is_failed,
    count_block > 0 as has_block,
    count_block + count_fix + count_warn > 0 as has_finding

from {{ ref('int_queries_reviewed') }}
