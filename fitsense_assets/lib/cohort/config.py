"""The recipe of a cohort: how many people, from which seed, and every rate they are drawn by.

The defaults stand in `cohort.yaml` beside this module, each block with its source. A value that
cannot be is refused with the name of its field before anything is drawn or written.
"""

import functools
from datetime import date, timedelta
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import AfterValidator, Field, model_validator

from fitsense_assets.lib.cohort.fields import (
    Frozen,
    Share,
    Shares,
    Sourced,
    Span,
    complete,
    parse,
    read_shipped,
)
from fitsense_assets.lib.cohort.person_config import Health, Population, Training
from fitsense_training.domain.vocabulary import (
    Condition,
    Equipment,
    ExperienceLevel,
    Goal,
    OperationKind,
    Pattern,
)

Deviation = Annotated[float, Field(ge=0, le=10)]
# Trunk exercises count as one; the tools whose loads are in kg.
CORE = "core"
PATTERNS = frozenset(CORE if pattern.startswith(CORE) else str(pattern) for pattern in Pattern)
Implement = Literal[
    Equipment.BARBELL, Equipment.MACHINES, Equipment.DUMBBELLS, Equipment.KETTLEBELL
]


def _are_patterns(table: dict[str, float]) -> dict[str, float]:
    if unknown := sorted(set(table) - PATTERNS):
        raise ValueError(
            f"there is no pattern {unknown[0]} (there are: {', '.join(sorted(PATTERNS))})"
        )
    return table


class Strength(Sourced):
    """True one-rep max per kg of body weight, and how it grows."""

    patterns: Annotated[
        dict[str, Annotated[float, Field(gt=0, le=5)]],
        AfterValidator(_are_patterns),
        complete((CORE,)),
    ]
    implements: Annotated[
        dict[Implement, Annotated[float, Field(gt=0, le=2)]], complete(get_args(Implement))
    ]
    isolation: Share
    levels: Annotated[
        dict[ExperienceLevel, Annotated[float, Field(gt=0, le=3)]], complete(ExperienceLevel)
    ]
    female: Annotated[dict[Literal["upper", "lower"], Share], complete(("upper", "lower"))]
    loss_per_year_after_40: Share
    spread: Share
    gain_per_week: Annotated[dict[ExperienceLevel, Span[Share]], complete(ExperienceLevel)]


class Sleep(Frozen):
    """Hours of sleep: between people, and from night to night."""

    mean: Annotated[float, Field(ge=3, le=12)]
    between_sd: Deviation
    within_sd: Deviation


class Logs(Sourced):
    """How people behave in the look-back window, and how they write it down."""

    missed_share: Span[Share]
    illness_week_share: Share
    gap_share: Share
    plateau_share: Share
    impatient_share: Share
    deload_every_weeks: Span[Annotated[int, Field(ge=2, le=26)]]
    heavy_start_sd: Share
    day_form_reps_sd: Deviation
    fatigue_reps_per_set: Deviation
    rir_sd: Annotated[dict[ExperienceLevel, Deviation], complete(ExperienceLevel)]
    rir_bias_above_4: Annotated[float, Field(ge=-5, le=5)]
    pain_share: Share
    pounds_share: Share
    unit_mistake_users_share: Share
    unit_mistake_sessions_share: Share
    weight_noise_share: Share
    weigh_in_share: Share
    tdee_bias_sd: Share
    under_report: Span[Share]
    intake_sd_share: Share
    sleep_h: Sleep
    energy_balance: Annotated[
        dict[Goal | Literal["other"], Annotated[float, Field(ge=-0.5, le=0.5)]],
        complete(("other",)),
    ]


class OwnChanges(Sourced):
    """How much of a plan people have changed: of its lifts, and of the order of its sessions."""

    exchanged: Share
    eased: Share
    dropped: Share
    reordered: Share


class Asking(Sourced):
    """What people ask the coach for."""

    note_share: Share
    injection_share_of_notes: Share
    red_flag_share_of_notes: Share
    no_log_share: Share
    two_operations_share: Share
    pain_share: Share
    operations: Shares[OperationKind]
    conditions_added: Shares[Condition]


class Split(Frozen):
    """Shares of users held out; the rest is trained on."""

    test_share: Share
    val_share: Share

    @model_validator(mode="after")
    def _leaves_a_rest(self) -> Self:
        if self.test_share + self.val_share >= 1:
            raise ValueError("test_share and val_share together leave nobody to train on")
        return self


class CohortConfig(Frozen):
    """Everything a cohort is made from, besides its key."""

    users: Annotated[int, Field(ge=1, le=10_000_000)]
    seed: Annotated[int, Field(ge=0, lt=2**63)]
    lookback_days: Annotated[int, Field(ge=28, le=366)]
    end_date: Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 1, 1))]
    population: Population
    training: Training
    health: Health
    strength: Strength
    logs: Logs
    own_changes: OwnChanges
    asking: Asking
    split: Split

    @property
    def first_day(self) -> date:
        """The first day of the look-back window; `end_date` is its last."""
        return self.end_date - timedelta(days=self.lookback_days - 1)


_defaults = functools.cache(functools.partial(read_shipped, "cohort.yaml"))


def make_config(**changes: Any) -> CohortConfig:
    """The default recipe with top-level fields changed, such as users=200, seed=7.

    Raises:
        BadInput: a field is unknown or its value cannot be; the message names it.
    """
    return parse_config({**_defaults(), **changes})


def parse_config(fields: Any) -> CohortConfig:
    """A recipe from parsed YAML or JSON; BadInput names the field that is wrong."""
    return parse(CohortConfig, fields, "cohort config")
