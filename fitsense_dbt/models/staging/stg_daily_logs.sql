with source as (

    select * from {{ lake_parquet('daily_logs', var('cohorts')) }}

),

summed as (

    select
        ---------- ids
        '{{ var("release") }}' as release,
        user_id,

        ---------- numerics
        count(*) as count_days,
        count(distinct day) as count_distinct_days,
        round(avg(calories), 4) as calories_mean,
        min(calories) as calories_min,
        max(calories) as calories_max,
        round(avg(cast(sleep_hours as double)), 4) as sleep_hours_mean,
        min(cast(sleep_hours as double)) as sleep_hours_min,
        max(cast(sleep_hours as double)) as sleep_hours_max,
        {{ share('count(weight_kg)', 'count(*)') }} as weighed_share,
        round(
            arg_max(weight_kg, day) filter (where weight_kg is not null)
            - arg_min(weight_kg, day) filter (where weight_kg is not null),
            4
        ) as weight_change_kg

    from source
    group by user_id

)

select * from summed
