-- Tukey's outer fences lie 3 interquartile ranges beyond the quartiles; 3.5 is the cut of Iglewicz
-- and Hoaglin for the robust z-score, whose 0.6745 makes the median deviation a standard one.
{% set fence = 3.0 %}
{% set z_cut = 3.5 %}
{% set z_scale = 0.6745 %}

with features as (

    select * from {{ ref('int_features_sliced') }}
    where release = '{{ var("release") }}'

),

ranges as (

    select * from {{ ref('feature_ranges') }}

),

duplicates as (

    select * from {{ ref('int_duplicates_counted') }}
    where release = '{{ var("release") }}'

),

bounds as (

    select
        feature,
        dimension,
        slice_value,
        quantile_cont(feature_value, 0.25) as quartile_1,
        quantile_cont(feature_value, 0.75) as quartile_3,
        median(feature_value) as middle,
        mad(feature_value) as median_deviation
    from features
    group by feature, dimension, slice_value

),

counted as (

    select
        features.release,
        features.feature,
        features.dimension,
        features.slice_value,
        any_value(ranges.table_name) as table_name,
        any_value(ranges.low) as low,
        any_value(ranges.high) as high,
        any_value(bounds.quartile_1) as quartile_1,
        any_value(bounds.quartile_3) as quartile_3,
        any_value(bounds.middle) as middle,
        any_value(bounds.median_deviation) as median_deviation,
        count(*) as count_rows,
        count(features.feature_value) as count_values,
        count(*) filter (
            where features.feature_value not between ranges.low and ranges.high
        ) as count_outside,
        count(*) filter (
            where abs(features.feature_value - bounds.middle) * {{ z_scale }}
            > {{ z_cut }} * bounds.median_deviation
        ) as count_far_by_z,
        count(*) filter (
            where features.feature_value
            < bounds.quartile_1 - {{ fence }} * (bounds.quartile_3 - bounds.quartile_1)
            or features.feature_value
            > bounds.quartile_3 + {{ fence }} * (bounds.quartile_3 - bounds.quartile_1)
        ) as count_far_by_fence
    from features
    inner join ranges on features.feature = ranges.feature
    inner join bounds
        on
            features.feature = bounds.feature
            and features.dimension = bounds.dimension
            and features.slice_value = bounds.slice_value
    group by features.release, features.feature, features.dimension, features.slice_value

),

found as (

    select
        release,
        'missing' as kind,
        table_name,
        feature as column_name,
        dimension,
        slice_value,
        count_rows,
        count_rows - count_values as count_anomalies,
        cast(null as double) as low,
        cast(null as double) as high
    from counted

    union all

    select
        release,
        'range' as kind,
        table_name,
        feature as column_name,
        dimension,
        slice_value,
        count_values as count_rows,
        count_outside as count_anomalies,
        low,
        high
    from counted

    union all

    -- Where most values are equal, a median deviation of 0 would make every other one an outlier.
    select
        release,
        'outlier_z' as kind,
        table_name,
        feature as column_name,
        dimension,
        slice_value,
        count_values as count_rows,
        count_far_by_z as count_anomalies,
        middle - {{ z_cut }} * median_deviation / {{ z_scale }} as low,
        middle + {{ z_cut }} * median_deviation / {{ z_scale }} as high
    from counted
    where median_deviation > 0

    union all

    select
        release,
        'outlier_iqr' as kind,
        table_name,
        feature as column_name,
        dimension,
        slice_value,
        count_values as count_rows,
        count_far_by_fence as count_anomalies,
        quartile_1 - {{ fence }} * (quartile_3 - quartile_1) as low,
        quartile_3 + {{ fence }} * (quartile_3 - quartile_1) as high
    from counted
    where quartile_3 > quartile_1

    union all

    select
        release,
        'duplicate' as kind,
        table_name,
        column_name,
        'all' as dimension,
        'all' as slice_value,
        cast(count_rows as bigint) as count_rows,
        cast(count_duplicates as bigint) as count_anomalies,
        cast(null as double) as low,
        cast(null as double) as high
    from duplicates

)

select
    ---------- ids
    release,

    ---------- slices
    kind,
    table_name,
    column_name,
    dimension,
    slice_value,

    ---------- numerics
    count_rows,
    count_anomalies,
    coalesce({{ share('count_anomalies', 'count_rows') }}, 0) as anomaly_share,
    round(low, 6) as low,
    round(high, 6) as high

from found
