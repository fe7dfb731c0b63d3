with slices as (

    select * from {{ ref('int_slices_aggregated') }}
    where release = '{{ var("release") }}'

)

select
    ---------- ids
    release,
    teacher,

    ---------- slices
    count_dimensions,
    dimension,
    slice_value,
    second_dimension,
    second_value,

    ---------- numerics
    count_queries as count_responses,
    count_accepted,
    count_task_success,
    count_handoffs,
    count_with_block,
    count_with_fix,
    count_with_warn,
    {{ share('count_accepted', 'count_queries') }} as accept_share,
    {{ share('count_task_success', 'count_queries') }} as task_success_share,
    {{ share('count_with_block', 'count_queries') }} as block_share

from slices
