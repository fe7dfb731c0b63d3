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
    count_failed,
    count_with_finding,
    count_with_block,
    count_with_fix,
    count_with_warn,
    count_plans,
    {{ share('count_accepted', 'count_queries') }} as accept_share,
    {{ share('count_task_success', 'count_queries') }} as task_success_share,
    {{ share('count_with_block', 'count_queries') }} as block_share,
    {{ share('count_with_finding', 'count_queries') }} as finding_share,
    {{ share('count_handoffs', 'count_queries') }} as handoff_share,
    {{ share('plan_chars', 'count_plans') }} as plan_chars_mean,

    ---------- numerics of the population: people count as often as they occur
    {{ share('weight_accepted', 'weight_queries') }} as weighted_accept_share,
    {{ share('weight_task_success', 'weight_queries') }} as weighted_task_success_share,
    {{ share('weight_with_block', 'weight_queries') }} as weighted_block_share,
    {{ share('weight_with_finding', 'weight_queries') }} as weighted_finding_share,
    {{ share('weighted_plan_chars', 'weight_plans') }} as weighted_plan_chars_mean

from slices
