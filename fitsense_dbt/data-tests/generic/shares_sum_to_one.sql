{% test shares_sum_to_one(model, share, group_by) %}
select
    {{ group_by | join(', ') }},
    sum({{ share }}) as share_sum
from {{ model }}
group by {{ group_by | join(', ') }}
having abs(sum({{ share }}) - 1) > 0.001
{% endtest %}
