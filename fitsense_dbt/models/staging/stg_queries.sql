with source as (

    select * from {{ lake_parquet('queries', var('cohorts')) }}

),

renamed as (

    select
        ---------- ids
        '{{ var("release") }}' as release,
        query_id,
        user_id,

        ---------- slices
        {% for slice in slices() -%}
        {{ slice }},
        {% endfor %}
        ---------- texts
        md5(prompt) as prompt_hash

    from source

)

select * from renamed
