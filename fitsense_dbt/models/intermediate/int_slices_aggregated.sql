{% set names = slices() %}

{# What is counted, and the weight of the same; every one is a sum, so parts can be added up. #}
{% set parts = {
    'accepted': 'is_accepted',
    'task_success': 'is_task_success',
    'with_finding': 'count_block + count_fix + count_warn > 0',
    'with_block': 'count_block > 0',
    'train': "split = 'train'",
    'val': "split = 'val'",
    'test': "split = 'test'"
} %}
{% set sums = {'count_queries': 'count(*)', 'weight_queries': 'sum(sampling_weight)'} %}
{% for name, condition in parts.items() %}
{% do sums.update({'count_' ~ name: 'count(*) filter (where ' ~ condition ~ ')'}) %}
{% do sums.update({
    'weight_' ~ name: 'sum(sampling_weight) filter (where ' ~ condition ~ ')'
}) %}
{% endfor %}
{% do sums.update({
    'count_handoffs': 'count(*) filter (where is_handoff)',
    'count_failed': 'count(*) filter (where is_failed)',
    'count_with_fix': 'count(*) filter (where count_fix > 0)',
    'count_with_warn': 'count(*) filter (where count_warn > 0)',
    'count_plans': 'count(plan_chars)',
    'plan_chars': 'sum(plan_chars)',
    'weight_plans': 'sum(sampling_weight) filter (where plan_chars is not null)',
    'weighted_plan_chars': 'sum(sampling_weight * plan_chars)'
}) %}

with queries as (

    select * from {{ ref('int_queries_reviewed') }}
    where release = '{{ var("release") }}'

),

-- First every combination of slices that occurs, once over all queries. There are far fewer of
-- them, so the sets below are added up from little: over five million queries this costs a tenth
-- of grouping the queries themselves by every set.
combined as (

    select
        ---------- ids
        release,
        teacher,

        ---------- slices
        {% for name in names -%}
        {{ name }},
        {% endfor %}
        ---------- numerics
        {% for name, expression in sums.items() -%}
        {{ expression }} as {{ name }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from queries
    group by all

),

-- Then every slice and every pair of slices in one pass over the combinations.
aggregated as (

    select
        ---------- ids
        release,
        teacher,

        ---------- slices
        {% for name in names -%}
        {{ name }},
        grouping({{ name }}) = 0 as is_by_{{ name }},
        {% endfor %}
        ---------- numerics
        {% for name in sums -%}
        {% if name.startswith('weight') -%}
        sum({{ name }}) as {{ name }}
        {%- else -%}
        cast(sum({{ name }}) as bigint) as {{ name }}
        {%- endif -%}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from combined
    group by
        -- sqlfluff's duckdb dialect does not know the clause yet.
        grouping sets ( -- noqa: PRS,LT02
            (release, teacher),
            {% for first in names -%}
            (release, teacher, {{ first }})
            {%- for second in names[loop.index:] %},
            (release, teacher, {{ first }}, {{ second }})
            {%- endfor -%}
            {%- if not loop.last %},{% endif %}
            {% endfor %}
        )

),

named as (

    select
        *,
        {% for name in names -%}
        cast(is_by_{{ name }} as integer){% if not loop.last %} + {% endif %}
        {%- endfor %} as count_dimensions,
        case
            {% for name in names -%}
            when is_by_{{ name }} then '{{ name }}'
            {% endfor -%}
            else 'all'
        end as dimension,
        case
            {% for name in names -%}
            when is_by_{{ name }} then {{ name }}
            {% endfor -%}
            else 'all'
        end as slice_value,
        case
            {% for name in names | reverse -%}
            when is_by_{{ name }} then '{{ name }}'
            {% endfor -%}
            else 'all'
        end as last_dimension,
        case
            {% for name in names | reverse -%}
            when is_by_{{ name }} then {{ name }}
            {% endfor -%}
            else 'all'
        end as last_value
    from aggregated

)

select
    ---------- ids
    release,
    teacher,

    ---------- slices
    count_dimensions,
    dimension,
    slice_value,
    case when count_dimensions = 2 then last_dimension else 'all' end as second_dimension,
    case when count_dimensions = 2 then last_value else 'all' end as second_value,

    ---------- numerics
    count_queries,
    round(weight_queries, 6) as weight_queries,
    count_accepted,
    round(coalesce(weight_accepted, 0), 6) as weight_accepted,
    count_task_success,
    round(coalesce(weight_task_success, 0), 6) as weight_task_success,
    count_handoffs,
    count_failed,
    count_with_finding,
    round(coalesce(weight_with_finding, 0), 6) as weight_with_finding,
    count_with_block,
    round(coalesce(weight_with_block, 0), 6) as weight_with_block,
    count_with_fix,
    count_with_warn,
    count_plans,
    cast(coalesce(plan_chars, 0) as bigint) as plan_chars,
    round(coalesce(weight_plans, 0), 6) as weight_plans,
    round(coalesce(weighted_plan_chars, 0), 6) as weighted_plan_chars,
    {% for split in ['train', 'val', 'test'] -%}
    count_{{ split }},
    round(coalesce(weight_{{ split }}, 0), 6) as weight_{{ split }}
    {%- if not loop.last %},{% endif %}
    {% endfor %}
from named
