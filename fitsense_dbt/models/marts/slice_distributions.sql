{% set populations = {
    'asked': 'queries', 'accepted': 'accepted', 'train': 'train', 'val': 'val', 'test': 'test'
} %}

with slices as (

    select
        release,
        dimension,
        slice_value,
        {% for column in populations.values() -%}
        sum(count_{{ column }}) as count_{{ column }},
        sum(weight_{{ column }}) as weight_{{ column }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref('int_slices_aggregated') }}
    where release = '{{ var("release") }}' and count_dimensions = 1
    group by release, dimension, slice_value

),

features as (

    select * from {{ ref('int_features_sliced') }}
    where release = '{{ var("release") }}'

),

ranges as (

    select * from {{ ref('feature_ranges') }}

),

-- Values beyond the plausible range go to the outermost bins; anomalies counts them.
placed as (

    select
        features.release,
        features.dimension,
        features.slice_value,
        features.feature,
        features.sampling_weight,
        ranges.low,
        ranges.bin_width,
        case
            when features.feature_value is null then -1
            else cast(
                floor(
                    (greatest(ranges.low, least(ranges.high, features.feature_value)) - ranges.low)
                    / ranges.bin_width
                ) as integer
            )
        end as bin_index
    from features
    inner join ranges on features.feature = ranges.feature

),

counted as (

    select
        release,
        'people' as population,
        dimension,
        slice_value,
        'number' as kind,
        feature as variable,
        bin_index,
        case
            when bin_index = -1 then 'missing'
            else cast(round(low + bin_index * bin_width, 6) as varchar)
        end as bin_label,
        count(*) as count_rows,
        sum(sampling_weight) as weight_rows
    from placed
    group by release, dimension, slice_value, feature, low, bin_width, bin_index

    {% for population, column in populations.items() %}
    union all

    select
        release,
        '{{ population }}' as population,
        'all' as dimension,
        'all' as slice_value,
        'category' as kind,
        dimension as variable,
        cast(0 as integer) as bin_index,
        slice_value as bin_label,
        cast(count_{{ column }} as bigint) as count_rows,
        weight_{{ column }} as weight_rows
    from slices
    where count_{{ column }} > 0
    {% endfor %}
)

select
    ---------- ids
    release,

    ---------- slices
    population,
    dimension,
    slice_value,
    kind,
    variable,
    bin_index,
    bin_label,

    ---------- numerics
    count_rows,
    {{ share('count_rows', 'sum(count_rows) over histogram') }} as row_share,
    {{ share('weight_rows', 'sum(weight_rows) over histogram') }} as weighted_share

from counted
window histogram as (partition by population, dimension, slice_value, variable)
