with slices as (

    select * from {{ ref('slice_counts') }}
    where release = '{{ var("release") }}'

),

singles as (

    select * from slices
    where count_dimensions = 1

),

pairs as (

    select * from slices
    where count_dimensions = 2

),

dimension_pairs as (

    select distinct
        dimension,
        second_dimension
    from pairs

),

-- Every pair of values that could occur, so that the ones nobody asked about are seen too.
possible as (

    select
        first_slices.release,
        first_slices.dimension,
        first_slices.slice_value,
        second_slices.dimension as second_dimension,
        second_slices.slice_value as second_value,
        first_slices.train_share * second_slices.count_train as expected_train
    from dimension_pairs
    inner join singles as first_slices
        on dimension_pairs.dimension = first_slices.dimension
    inner join singles as second_slices
        on dimension_pairs.second_dimension = second_slices.dimension

),

counted as (

    select
        possible.release,
        possible.dimension,
        possible.slice_value,
        possible.second_dimension,
        possible.second_value,
        possible.expected_train,
        coalesce(pairs.count_queries, 0) as count_queries,
        coalesce(pairs.count_train, 0) as count_train
    from possible
    left join pairs
        on
            possible.dimension = pairs.dimension
            and possible.slice_value = pairs.slice_value
            and possible.second_dimension = pairs.second_dimension
            and possible.second_value = pairs.second_value

)

select
    ---------- ids
    release,

    ---------- slices
    dimension,
    slice_value,
    second_dimension,
    second_value,

    ---------- numerics
    count_queries,
    count_train,
    round(expected_train, 6) as expected_train,

    ---------- texts
    case
        when count_queries = 0 then 'absent'
        when count_train = 0 then 'lost'
        when count_train < {{ var('coverage_minimum') }} then 'thin'
        else 'enough'
    end as status

from counted
