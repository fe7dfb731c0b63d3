{# The Parquet of one lake table, for exactly the partitions a run was told about. #}
{% macro lake_parquet(table, keys) %}
{#- Naming the source here gives every reader its place in the lineage. -#}
{%- set _ = source('lake', table) -%}
read_parquet([
    {%- for key in keys %}
    '{{ var("lake_root") }}/{{ table }}/{{ key }}/*.parquet'
    {%- if not loop.last %},{% endif %}
    {%- endfor %}
])
{%- endmacro %}
