"""Gates on a release as a whole: how much was accepted, unsafe, refused or repeated, and slices."""

import functools
import importlib.resources
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, Self

import polars as pl
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.release.filters import SPLITS, FilterName
from fitsense_assets.lib.release.manifest import Pins
from fitsense_assets.lib.release.splits import read_funnel, read_reviewed, read_split
from fitsense_assets.lib.release.verdict import Case, Verdict, verdict_of
from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.vocabulary import (
    ActivityLevel,
    AgeBand,
    ExperienceLevel,
    Goal,
    PromptType,
    Sex,
)

Share = Annotated[float, Field(ge=0, le=1)]
REPEATS = (FilterName.EXACT_DUPLICATE, FilterName.NEAR_DUPLICATE)
VALUES: dict[str, type[StrEnum]] = {
    "prompt_type": PromptType,
    "goal_type": Goal,
    "activity_level": ActivityLevel,
    "age_band": AgeBand,
    "sex": Sex,
    "experience_level": ExperienceLevel,
}


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Bounds(_Frozen):
    """The least and the most a share may be."""

    min: Share
    max: Share

    @model_validator(mode="after")
    def _are_in_order(self) -> Self:
        if self.min > self.max:
            raise ValueError("min must not be above max")
        return self


class Rates(_Frozen):
    """Bounds of the shares a release has as a whole."""

    accepted: Bounds
    unsafe: Bounds
    refused: Bounds
    repeated: Bounds


class Gates(_Frozen):
    """The policy."""

    judged_from: Annotated[int, Field(ge=0)]
    rates: Rates
    slices: dict[str, Share]
    rows_min: dict[str, Annotated[int, Field(ge=0)]]

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        strange = [*(self.slices.keys() - VALUES.keys()), *(self.rows_min.keys() - set(SPLITS))]
        if strange:
            raise ValueError(f"{sorted(strange)[0]!r} is no slice and no split")
        return self


@functools.cache
def default_gates() -> Gates:
    """The gates of `gates.yaml`."""
    folder = importlib.resources.files("fitsense_assets.lib.release")
    return parse_gates(yaml.safe_load(folder.joinpath("gates.yaml").read_text("utf-8")))


def parse_gates(fields: Any) -> Gates:
    """Gates from parsed YAML; BadInput names the field that is wrong."""
    try:
        return Gates.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the policy"
        raise BadInput(f"release gates: {place} is wrong: {first['msg']}") from error


def rates_of(lake: Lake, pins: Pins) -> dict[str, float]:
    """The shares that the gates judge, as the review and the filters left them."""
    rows = read_reviewed(lake, pins, ["is_accepted", "is_handoff", "count_block"])
    accepted = rows.filter("is_accepted")
    steps = read_funnel(lake, pins.release)["filters"]
    repeats = sum(sum(step["lost"].values()) for step in steps if step["filter"] in REPEATS)
    return {
        "accepted": _share(accepted.height, rows.height),
        "unsafe": _share(rows.filter(pl.col("count_block") > 0).height, rows.height),
        "refused": _share(accepted.filter("is_handoff").height, accepted.height),
        "repeated": _share(repeats, accepted.height),
    }


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def missed_rates(rates: dict[str, float], count_train: int, gates: Gates) -> Verdict:
    """The shares that are out of bounds; `count_train` is of the rows that went in."""
    wrong: list[Case] = []
    for name, share in rates.items():
        bounds: Bounds = getattr(gates.rates, name)
        if not bounds.min <= share <= bounds.max:
            between = f"{bounds.min:g} to {bounds.max:g}"
            wrong.append({"rate": name, "share": f"{share:.4f}", "allowed": between})
    is_grave = count_train >= gates.judged_from
    return verdict_of("rates are out of bounds", pl.DataFrame(wrong), len(rates), is_grave=is_grave)


def read_slices(lake: Lake, key: str) -> pl.DataFrame:
    """The slices of every row, with the split of its file."""
    return pl.concat(
        read_split(lake, key, split, [*VALUES]).with_columns(split=pl.lit(split))
        for split in SPLITS
    )


def thin_slices(rows: pl.DataFrame, gates: Gates) -> Verdict:
    """The values of a slice that have too few rows in a split, those with none included."""
    wrong = list(_thin(rows, gates))
    looked_at = sum(len(VALUES[name]) for name in gates.slices) * len(gates.rows_min)
    is_grave = rows.filter(pl.col("split") == "train").height >= gates.judged_from
    return verdict_of("slices are too thin", pl.DataFrame(wrong), looked_at, is_grave=is_grave)


def _thin(rows: pl.DataFrame, gates: Gates) -> Iterator[Case]:
    for split, rows_min in gates.rows_min.items():
        own = rows.filter(pl.col("split") == split)
        for name, share in gates.slices.items():
            counts = dict(own[name].value_counts().iter_rows())
            needed = max(rows_min, round(share * own.height))
            for value in VALUES[name]:
                found = counts.get(str(value), 0)
                if found < needed:
                    place = {"split": split, "slice": name, "value": str(value)}
                    yield {**place, "rows": str(found), "needed": str(needed)}
