{# Files of one lake table, in exactly the partitions a run was told about. #}
{% macro lake_parquet(table, keys, files=['*']) -%}
{#- Naming the source here gives every reader its place in the lineage. -#}
{%- set _ = source('lake', table) -%}
{%- set places = [] -%}
{%- for key in keys -%}
{%- for file in files -%}
{%- set place = [var('lake_root'), table, key, file ~ '.parquet'] | join('/') -%}
{%- do places.append("'" ~ place | replace("'", "''") ~ "'") -%}
{%- endfor -%}
{%- endfor -%}
read_parquet([{{ places | join(', ') }}])
{%- endmacro %}
