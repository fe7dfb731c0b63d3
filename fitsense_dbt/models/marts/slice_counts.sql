with slices as (

    select * from {{ ref('int_slices_aggregated') }}
    where release = '{{ var("release") }}'

),

-- Teachers answer different queries, so their counts add up.
summed as (

    select
        release,
        count_dimensions,
        dimension,
        slice_value,
        second_dimension,
        second_value,
        sum(count_queries) as count_queries,
        sum(weight_queries) as weight_queries,
        sum(count_accepted) as count_accepted,
        sum(count_train) as count_train,
        sum(count_val) as count_val,
        sum(count_test) as count_test
    from slices
    group by all

)

select
    ---------- ids
    release,

    ---------- slices
    count_dimensions,
    dimension,
    slice_value,
    second_dimension,
    second_value,

    ---------- numerics
    cast(count_queries as bigint) as count_queries,
    cast(count_accepted as bigint) as count_accepted,
    cast(count_train as bigint) as count_train,
    cast(count_val as bigint) as count_val,
    cast(count_test as bigint) as count_test,
    {{ share('count_queries', 'max(count_queries) over ()') }} as query_share,
    {{ share('weight_queries', 'max(weight_queries) over ()') }} as population_share,
    coalesce({{ share('count_train', 'max(count_train) over ()') }}, 0) as train_share

from summed
