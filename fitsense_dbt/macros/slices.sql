{# The dimensions everything is sliced by; what describes a person comes after the prompt type. #}
{% macro slices() %}
{{ return(['prompt_type'] + person_slices() + ['equipment_band']) }}
{% endmacro %}

{% macro person_slices() %}
{{ return([
    'goal_type', 'activity_level', 'condition_flag', 'age_band', 'sex', 'experience_level'
]) }}
{% endmacro %}
