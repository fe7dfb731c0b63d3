{% test has_rows(model) %}
select count(*) as count_rows
from {{ model }}
where release = '{{ var("release") }}'
having count(*) = 0
{% endtest %}
