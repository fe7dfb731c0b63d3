{% set percents = ['05', '25', '50', '75', '95'] %}

with features as (

    select * from {{ ref('int_features_sliced') }}
    where release = '{{ var("release") }}'

),

-- The share of the population's weight at or below each value, and a hair against rounding.
ranked as (

    select
        *,
        sum(sampling_weight) filter (where feature_value is not null) over (
            partition by feature, dimension, slice_value
            order by feature_value nulls last, user_id
        ) / sum(sampling_weight) filter (where feature_value is not null) over (
            partition by feature, dimension, slice_value
        ) + 1e-9 as reached
    from features

),

summed as (

    select
        release,
        feature,
        dimension,
        slice_value,
        count(*) as count_rows,
        count(feature_value) as count_values,
        avg(feature_value) as mean,
        stddev_samp(feature_value) as standard_deviation,
        min(feature_value) as minimum,
        max(feature_value) as maximum,
        sum(sampling_weight) filter (where feature_value is not null) as weight_values,
        sum(sampling_weight) as weight_rows,
        sum(sampling_weight * feature_value) as weighted_sum,
        sum(sampling_weight * feature_value ** 2) as weighted_squares,
        {% for percent in percents -%}
        {%- set weighted = 'weighted_quantile_' ~ percent -%}
        quantile_cont(feature_value, 0.{{ percent }}) as quantile_{{ percent }},
        min(feature_value) filter (where reached > 0.{{ percent }}) as {{ weighted }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from ranked
    group by release, feature, dimension, slice_value

)

select
    ---------- ids
    release,
    feature,

    ---------- slices
    dimension,
    slice_value,

    ---------- numerics
    count_rows,
    count_rows - count_values as count_missing,
    {{ share('count_rows - count_values', 'count_rows') }} as missing_share,
    1 - {{ share('coalesce(weight_values, 0)', 'weight_rows') }} as weighted_missing_share,
    round(mean, 6) as mean,
    round(standard_deviation, 6) as standard_deviation,
    round(minimum, 6) as minimum,
    round(maximum, 6) as maximum,
    round(weighted_sum / weight_values, 6) as weighted_mean,
    round(
        sqrt(greatest(weighted_squares / weight_values - (weighted_sum / weight_values) ** 2, 0)),
        6
    ) as weighted_standard_deviation,
    {% for percent in percents -%}
    round(quantile_{{ percent }}, 6) as quantile_{{ percent }},
    round(weighted_quantile_{{ percent }}, 6) as weighted_quantile_{{ percent }}
    {%- if not loop.last %},{% endif %}
    {% endfor %}
from summed
