with source as (

    select * from {{ lake_parquet('workouts', var('cohorts')) }}

),

-- The table holds hundreds of rows a person; it is read once, and only their sums go on.
summed as (

    select
        ---------- ids
        '{{ var("release") }}' as release,
        user_id,

        ---------- numerics
        count(*) as count_sets,
        count(distinct session_at) as count_sessions,
        count(distinct row(session_at, exercise_id, set_number)) as count_distinct_sets,
        round(count(*) / count(distinct session_at), 4) as sets_a_session,
        round(avg(load_kg) filter (where not is_warm_up), 4) as load_kg_mean,
        max(load_kg) as load_kg_max,
        round(avg(reps) filter (where not is_warm_up), 4) as reps_mean,
        max(reps) as reps_max,
        round(avg(rir), 4) as rir_mean,
        max(pain_level) as pain_level_max

    from source
    group by user_id

)

select * from summed
