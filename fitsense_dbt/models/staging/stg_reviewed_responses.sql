with source as (

    select * from {{ lake_parquet('reviewed_responses', var('cohorts')) }}

),

renamed as (

    select
        ---------- ids
        '{{ var("release") }}' as release,
        query_id,
        coalesce(nullif(teacher, ''), 'nobody') as teacher,

        ---------- numerics
        count_block,
        count_fix,
        count_warn,
        -- A template answer is short on purpose, and no plan.
        case when not is_handoff then length(answer) end as plan_chars,

        ---------- booleans
        is_accepted,
        is_handoff,
        coalesce(is_task_success, false) as is_task_success,

        ---------- texts
        -- A template answer is the same for everybody it is meant for.
        case when not is_handoff then md5(answer) end as plan_hash

    from source

)

select * from renamed
