"""What health conditions and age bands change: gates, caps, avoided risk tags, inclusions, signs.

The rules stand in `rules/conditions.yaml`. No clinician has reviewed them. Several conditions
combine to the strictest of everything; three or more leave no plan to generate.
"""

import functools
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from fitsense_training.domain.condition_defaults import (
    Default,
    default_fields,
    defaults_by_name,
)
from fitsense_training.domain.errors import RuleBookError
from fitsense_training.domain.profile import ConditionRecord, Profile
from fitsense_training.domain.rulebook import load_rulebook, read_rules
from fitsense_training.domain.vocabulary import (
    AgeBand,
    Condition,
    ConditionSeverity,
    Intensity,
    Pattern,
    RiskTag,
    ScreeningState,
)


class Inclusion(StrEnum):
    """What a plan must hold for somebody."""

    BALANCE = "balance"
    PELVIC_FLOOR = "pelvic_floor"
    BACK_EXTENSORS = "back_extensors"
    LONG_WARM_UP = "long_warm_up"
    COOL_DOWN = "cool_down"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Caps(_Frozen):
    """Upper bounds of effort, and the lower bounds that keep effort down. None: no such bound.

    `rest_min_s` holds between sets of power and compound exercises; `rpe_max` (0-10) for
    conditioning work, while strength work is held by `rir_min`; reps for sets counted in reps;
    `cool_down_min` where a cool-down is required.
    """

    max_percent_1rm: Annotated[int, Field(ge=20, le=100)] | None = None
    rir_min: Annotated[int, Field(ge=0, le=6)] = 0
    reps_min: Annotated[int, Field(ge=1, le=30)] | None = None
    reps_max: Annotated[int, Field(ge=1, le=30)] | None = None
    sets_max: Annotated[int, Field(ge=1, le=10)] | None = None
    rest_min_s: Annotated[int, Field(ge=0, le=300)] | None = None
    aerobic_intensity_max: Intensity = Intensity.VIGOROUS
    rpe_max: Annotated[int, Field(ge=1, le=10)] | None = None
    load_step_max_share: Annotated[float, Field(ge=0, le=0.10)] = 0.10
    warm_up_min: Annotated[int, Field(ge=0, le=30)] = 5
    cool_down_min: Annotated[int, Field(ge=0, le=30)] = 5


class Rule(_Frozen):
    """What a condition and an age band have in common."""

    name: str
    caps: Caps = Caps()
    avoid: frozenset[RiskTag] = frozenset()
    warn: frozenset[RiskTag] = Field(
        default=frozenset(), description="Allowed, but the plan should say why it is there."
    )
    no_heart_rate_targets: bool = False
    include: frozenset[Inclusion] = frozenset()
    no_deficit: bool = False
    prefer: tuple[str, ...] = Field(default=(), description="Exercise ids to reach for first.")
    advice: tuple[str, ...] = Field(
        default=(), description="What no check can hold, as sentences for the person."
    )
    stop_signs: tuple[str, ...] = ()
    escalate: Annotated[str, Field(min_length=10)]
    source: Annotated[str, Field(min_length=3)]
    tag: Literal["V", "S", "K", "H"]
    reviewed_by_clinician: Literal[False] = False


class AgeBandRule(Rule):
    """What an age band changes."""

    age_band: AgeBand


class ConditionRule(Rule):
    """What one condition changes."""

    condition: Condition
    gate: ScreeningState = Field(description="State when present and stable, not yet cleared.")
    gate_cleared: ScreeningState = Field(description="State once a clinician has cleared exercise.")
    gate_severe: ScreeningState = Field(description="State when the condition is severe.")
    needs_clearance: bool = Field(default=False, description="Blocked until a clinician clears it.")
    avoid_when_severe: frozenset[RiskTag] = frozenset()

    @model_validator(mode="after")
    def _gates_agree(self) -> Self:
        if self.needs_clearance != (self.gate is ScreeningState.BLOCKED):
            raise ValueError("gate is blocked exactly when needs_clearance is true")
        if not self.gate_cleared.rank <= self.gate.rank <= self.gate_severe.rank:
            raise ValueError("gates must not get looser from gate_cleared to gate to gate_severe")
        if self.avoid_when_severe and self.gate_severe.rank >= ScreeningState.BLOCKED.rank:
            raise ValueError("avoid_when_severe means nothing where a severe condition is blocked")
        return self

    def state(self, severity: ConditionSeverity, *, is_cleared: bool) -> ScreeningState:
        """What screening allows a person with this condition; clearance opens no severe gate."""
        if severity is ConditionSeverity.SEVERE:
            return self.gate_severe
        return self.gate_cleared if is_cleared else self.gate

    def as_reported(self, record: ConditionRecord) -> "ConditionRule":
        """The rule for one person: `gate` is their state, severe tags join `avoid` if severe."""
        is_severe = record.severity is ConditionSeverity.SEVERE
        extra: frozenset[RiskTag] = self.avoid_when_severe if is_severe else frozenset()
        state = self.state(record.severity, is_cleared=record.is_cleared)
        return self.model_copy(
            update={
                "gate": state,
                "avoid": self.avoid | extra,
                "needs_clearance": self.needs_clearance and not record.is_cleared,
            }
        )


class CombinedLimits(_Frozen):
    """Every rule that holds for one person, at its strictest."""

    gate: ScreeningState
    needs_clearance: bool
    caps: Caps
    avoid: frozenset[RiskTag]
    warn: frozenset[RiskTag]
    include: frozenset[Inclusion]
    no_heart_rate_targets: bool
    no_deficit: bool
    prefer: tuple[str, ...]
    advice: tuple[str, ...]
    stop_signs: tuple[str, ...]
    escalate: tuple[str, ...]
    conditions: tuple[Condition, ...]

    def allows(self, tags: frozenset[RiskTag]) -> bool:
        """Whether an exercise with these tags may be planned."""
        return not tags & self.avoid


class DroppedPattern(_Frozen):
    """A pattern for which nothing safe is left, and why."""

    pattern: Pattern
    conditions: tuple[Condition, ...] = ()
    age_bands: tuple[AgeBand, ...] = ()
    reason: Annotated[str, Field(min_length=10)]


class ConditionBook(_Frozen):
    """All of `rules/conditions.yaml`."""

    defaults: Mapping[str, Default] = Field(description="By field; those of caps by `caps.name`.")

    stop_signs: Mapping[str, str] = Field(description="Code to the sentence shown to people.")
    always_stop_signs: tuple[str, ...]
    inclusion_exercises: Mapping[Inclusion, tuple[str, ...]]
    conditions: Mapping[Condition, ConditionRule]
    age_bands: Mapping[AgeBand, AgeBandRule]
    dropped: tuple[DroppedPattern, ...]

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if missing := set(Condition) - set(self.conditions):
            raise ValueError(f"conditions without a rule: {sorted(missing)}")
        if missing := set(Inclusion) - set(self.inclusion_exercises):
            raise ValueError(f"inclusions without a list: {sorted(missing)}")
        for rule in (*self.conditions.values(), *self.age_bands.values()):
            if unknown := set(rule.stop_signs) - set(self.stop_signs):
                raise ValueError(f"{rule.name} names unknown stop signs: {sorted(unknown)}")
        if unknown := set(self.always_stop_signs) - set(self.stop_signs):
            raise ValueError(f"always_stop_signs names unknown stop signs: {sorted(unknown)}")
        return self

    def combine(self, rules: Iterable[Rule]) -> CombinedLimits:
        """The strictest of all rules; three or more conditions are blocked."""
        held = tuple(rules)
        sick = tuple(rule for rule in held if isinstance(rule, ConditionRule))
        gate = max((rule.gate for rule in sick), key=lambda g: g.rank, default=ScreeningState.CLEAR)
        if len(sick) >= blocking_count() and gate.rank < ScreeningState.BLOCKED.rank:
            gate = ScreeningState.BLOCKED
        signs = {sign for rule in held for sign in rule.stop_signs} | set(self.always_stop_signs)
        avoid = frozenset[RiskTag]().union(*(rule.avoid for rule in held))
        return CombinedLimits(
            gate=gate,
            needs_clearance=any(rule.needs_clearance for rule in sick),
            caps=strictest(rule.caps for rule in held),
            avoid=avoid,
            warn=frozenset[RiskTag]().union(*(rule.warn for rule in held)) - avoid,
            include=frozenset[Inclusion]().union(*(rule.include for rule in held)),
            no_heart_rate_targets=any(rule.no_heart_rate_targets for rule in held),
            no_deficit=any(rule.no_deficit for rule in held),
            prefer=_in_order(rule.prefer for rule in held),
            advice=_in_order(rule.advice for rule in held),
            stop_signs=tuple(code for code in self.stop_signs if code in signs),
            escalate=_in_order((rule.escalate,) for rule in held),
            conditions=tuple(sorted(rule.condition for rule in sick)),
        )

    def limits_for(self, profile: Profile) -> CombinedLimits:
        """What holds for one person: their conditions as reported, and their age band."""
        return self.limits_of(profile.conditions, profile.age_band)

    def limits_of(self, held: Iterable[ConditionRecord], age_band: AgeBand) -> CombinedLimits:
        """What holds with these conditions at this age."""
        rules: list[Rule] = [self.conditions[r.condition].as_reported(r) for r in held]
        if age_band in self.age_bands:
            rules.append(self.age_bands[age_band])
        return self.combine(rules)


def blocking_count() -> int:
    """How many conditions together leave no plan to generate."""
    return int(load_rulebook().limits.blocking_condition_count.value)


def strictest(caps: Iterable[Caps]) -> Caps:
    """The caps that satisfy every one given; the rep ranges of the rule book always overlap."""
    held = tuple(caps) or (Caps(),)
    return Caps(
        max_percent_1rm=_least(cap.max_percent_1rm for cap in held),
        rir_min=max(cap.rir_min for cap in held),
        reps_min=_most(cap.reps_min for cap in held),
        reps_max=_least(cap.reps_max for cap in held),
        sets_max=_least(cap.sets_max for cap in held),
        rest_min_s=_most(cap.rest_min_s for cap in held),
        aerobic_intensity_max=min(
            (cap.aerobic_intensity_max for cap in held), key=list(Intensity).index
        ),
        rpe_max=_least(cap.rpe_max for cap in held),
        load_step_max_share=min(cap.load_step_max_share for cap in held),
        warm_up_min=max(cap.warm_up_min for cap in held),
        cool_down_min=max(cap.cool_down_min for cap in held),
    )


def _least(values: Iterable[int | None]) -> int | None:
    return min((value for value in values if value is not None), default=None)


def _most(values: Iterable[int | None]) -> int | None:
    return max((value for value in values if value is not None), default=None)


def _in_order(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for group in groups for item in group))


def parse_conditions(document: dict[str, Any]) -> ConditionBook:
    """The book of a parsed document; RuleBookError names the field that breaks it."""
    defaults = document.get("condition_defaults", {})
    fields = {key: value for key, value in document.items() if key != "condition_defaults"}
    fields["defaults"] = defaults_by_name(defaults)
    shared = default_fields(defaults)
    fields["conditions"] = {
        code: {
            **shared,
            **entry,
            "caps": {**shared.get("caps", {}), **entry.get("caps", {})},
            "avoid": [*shared.get("avoid", ()), *entry.get("avoid", ())],
            "condition": code,
        }
        for code, entry in document.get("conditions", {}).items()
    }
    fields["age_bands"] = {
        band: {**entry, "age_band": band} for band, entry in document.get("age_bands", {}).items()
    }
    try:
        return ConditionBook.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise RuleBookError(f"rules/conditions.yaml breaks at {place}: {first['msg']}") from error


@functools.cache
def load_conditions() -> ConditionBook:
    """The book as shipped; RuleBookError names the field that breaks it."""
    return parse_conditions(read_rules("conditions.yaml"))
