with source as (

    select * from {{ lake_parquet('profiles', var('cohorts')) }}

),

renamed as (

    select
        ---------- ids
        '{{ var("release") }}' as release,
        user_id,
        cohort,

        ---------- slices
        goal_type,
        activity_level,
        condition_flag,
        age_band,
        sex,
        experience_level,

        ---------- numerics
        weight as sampling_weight,
        age as age_years,
        height_cm,
        weight_kg,
        round(weight_kg / (height_cm / 100) ** 2, 2) as bmi,
        session_minutes,
        len(goals) as count_goals,
        len(weekdays) as count_weekdays,
        len(equipment) as count_equipment,
        len(conditions) as count_conditions,
        len(medications) as count_medications

    from source

)

select * from renamed
