"""When Dagster makes an asset of a cohort again by itself.

On changed content and changed code only: an input that is written again with the same bytes asks
for nothing, so a change runs down the chain exactly as far as it changes anything.
"""

from typing import Any, cast

import dagster as dg

_Condition = dg.AutomationCondition
# Dagster types this one for assets alone and the rest for assets and checks.
_CODE_CHANGED = cast("dg.AutomationCondition[Any]", _Condition.code_version_changed())

# Somebody or something is at it already, or it failed and waits for its retry or a person.
AT_REST = (~_Condition.in_progress() & ~_Condition.execution_failed()).with_label("at_rest")

# People are drawn from a spec that never changes: only their code does.
ON_CHANGED_CODE = (_CODE_CHANGED.since_last_handled() & ~_Condition.missing() & AT_REST).with_label(
    "on_changed_code"
)

INPUTS_ARE_SOUND = (
    ~_Condition.any_deps_missing()
    & ~_Condition.any_deps_in_progress()
    & _Condition.all_deps_blocking_checks_passed()
).with_label("inputs_are_sound")

ON_CHANGED_CONTENT = (
    (
        _Condition.any_deps_match(_Condition.data_version_changed())
        | (_CODE_CHANGED & ~_Condition.missing())
    ).since_last_handled()
    & INPUTS_ARE_SOUND
    & AT_REST
).with_label("on_changed_content")
