{% set names = slices() %}

with queries as (

    select * from {{ ref('int_queries_reviewed') }}
    where release = '{{ var("release") }}'

),

-- Every slice and every pair of slices in one pass over the queries.
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
        count(*) as count_queries,
        sum(sampling_weight) as weight_queries,
        count(*) filter (where is_accepted) as count_accepted,
        sum(sampling_weight) filter (where is_accepted) as weight_accepted,
        count(*) filter (where is_task_success) as count_task_success,
        sum(sampling_weight) filter (where is_task_success) as weight_task_success,
        count(*) filter (where is_handoff) as count_handoffs,
        count(*) filter (where is_failed) as count_failed,
        count(*) filter (where count_block + count_fix + count_warn > 0) as count_with_finding,
        sum(sampling_weight) filter (
            where count_block + count_fix + count_warn > 0
        ) as weight_with_finding,
        count(*) filter (where count_block > 0) as count_with_block,
        sum(sampling_weight) filter (where count_block > 0) as weight_with_block,
        count(*) filter (where count_fix > 0) as count_with_fix,
        count(*) filter (where count_warn > 0) as count_with_warn,
        count(plan_chars) as count_plans,
        sum(plan_chars) as plan_chars,
        sum(sampling_weight) filter (where plan_chars is not null) as weight_plans,
        sum(sampling_weight * plan_chars) as weighted_plan_chars,
        {% for split in ['train', 'val', 'test'] -%}
        count(*) filter (where split = '{{ split }}') as count_{{ split }},
        sum(sampling_weight) filter (where split = '{{ split }}') as weight_{{ split }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from queries
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
