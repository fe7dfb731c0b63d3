with source as (

    select * from {{ lake_parquet('teacher_responses', var('cohorts')) }}

),

renamed as (

    select
        ---------- ids
        '{{ var("release") }}' as release,
        query_id,
        teacher,
        coalesce(nullif(served_model, ''), 'nobody') as served_model,

        ---------- numerics
        coalesce(length(reply), 0) as reply_chars,

        ---------- booleans
        error is not null as is_failed

    from source

)

select * from renamed
