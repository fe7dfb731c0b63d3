"""The promotion policy: gates on the challenger alone, then pairs with the champion, per slice.

A pair is judged by two intervals: Agresti-Min over its cases, and a bootstrap over people, who ask
several times and so are no independent cases. The lower of their lower ends counts.
`judge` is pure: two score tables in, one verdict with all its numbers out. "Not enough evidence"
is an outcome of its own and keeps the champion.
"""

import importlib.resources
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fitsense_training.bootstrap import bootstrap_mean
from fitsense_training.domain.errors import BadInput
from fitsense_training.intervals import (
    Interval,
    PairedDifference,
    clopper_pearson,
    holm,
    paired_difference,
)
from fitsense_training.scoring import SLICES

if TYPE_CHECKING:
    import polars as pl

Share = Annotated[float, Field(ge=0, le=1)]
Measure = Literal["is_schema_valid", "is_block_free", "is_clean", "is_task_success"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Gate(_Frozen):
    """A floor the challenger's own share must reach."""

    system: Literal["free", "constrained", "guarded"]
    measure: Measure
    floor: Share
    why: str


class Comparison(_Frozen):
    """A measure on which the challenger must not be worse than the champion."""

    system: Literal["free", "constrained", "guarded"]
    measure: Measure
    margin: Share
    slice_margin: Share


class Policy(_Frozen):
    """`promotion_policy.yaml`, typed."""

    version: int
    minimum_n: Annotated[int, Field(ge=1)]
    slice_minimum_n: Annotated[int, Field(ge=1)]
    confidence: Annotated[float, Field(gt=0.5, lt=1)]
    worse_p: Annotated[float, Field(gt=0, lt=1)]
    gates: tuple[Gate, ...]
    comparisons: tuple[Comparison, ...]


class Outcome(StrEnum):
    """What becomes of a challenger."""

    PROMOTE = "promote"
    KEEP = "keep"
    INSUFFICIENT = "insufficient"


class Standing(StrEnum):
    """How a challenger stands on one measure in one slice."""

    NOT_WORSE = "not worse"
    WORSE = "worse"
    UNSURE = "unsure"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True)
class GateResult:
    """One gate with the challenger's share and its exact interval."""

    gate: Gate
    n: int
    share: float
    low: float
    high: float

    @property
    def is_passed(self) -> bool:
        """Whether the share reaches the floor."""
        return self.n > 0 and self.share >= self.gate.floor


@dataclass(frozen=True)
class PairResult:
    """One measure, overall or in one slice, challenger less champion."""

    system: str
    measure: str
    slice_name: str
    difference: PairedDifference
    people: Interval
    margin: float
    standing: Standing

    @property
    def low(self) -> float:
        """The greatest loss that neither interval rules out."""
        return min(self.difference.low, self.people.low)


@dataclass(frozen=True)
class Verdict:
    """The decision and everything it rests on."""

    outcome: Outcome
    reasons: tuple[str, ...]
    n: int
    gates: tuple[GateResult, ...]
    pairs: tuple[PairResult, ...]

    @property
    def failed_gates(self) -> tuple[str, ...]:
        """What each gate says that the challenger did not pass."""
        return tuple(_say_gate(result) for result in self.gates if not result.is_passed)


def load_policy(path: Path | None = None) -> Policy:
    """The policy file, the shipped one by default; BadInput names the field that breaks it."""
    shipped = importlib.resources.files("fitsense_assets.lib.registry")
    source = path or shipped.joinpath("promotion_policy.yaml")
    try:
        return Policy.model_validate(yaml.safe_load(source.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError, OSError) as error:
        raise BadInput(f"the promotion policy {source} cannot be used: {error}") from error


def judge(policy: Policy, challenger: "pl.DataFrame", champion: "pl.DataFrame | None") -> Verdict:
    """Judge a challenger's scores against the champion's on the same queries.

    Without a champion the gates alone decide.
    """
    gates = tuple(_gate_results(policy, challenger))
    failed = [_say_gate(result) for result in gates if not result.is_passed]
    n = challenger.filter(challenger["system"] == "guarded").height
    if champion is None:
        if n < policy.minimum_n:
            return Verdict(Outcome.INSUFFICIENT, (_too_few(n, policy),), n, gates, ())
        outcome = Outcome.KEEP if failed else Outcome.PROMOTE
        return Verdict(outcome, tuple(failed) or ("the first to pass every gate",), n, gates, ())
    pairs = tuple(_pair_results(policy, challenger, champion))
    n = min((pair.difference.n for pair in pairs if pair.slice_name == "all"), default=0)
    if n < policy.minimum_n:
        return Verdict(Outcome.INSUFFICIENT, (_too_few(n, policy),), n, gates, pairs)
    outcome, reasons = _decide(failed, pairs)
    return Verdict(outcome, reasons, n, gates, pairs)


def _decide(failed: list[str], pairs: tuple[PairResult, ...]) -> tuple[Outcome, tuple[str, ...]]:
    worse = [_say_pair(pair) for pair in pairs if pair.standing is Standing.WORSE]
    if failed or worse:
        return Outcome.KEEP, (*failed, *worse)
    unsure = [_say_pair(pair) for pair in pairs if pair.standing is Standing.UNSURE]
    if unsure:
        return Outcome.INSUFFICIENT, tuple(unsure)
    return Outcome.PROMOTE, ("no worse than the champion on anything, within the margins",)


def _gate_results(policy: Policy, scores: "pl.DataFrame") -> Iterator[GateResult]:
    for gate in policy.gates:
        values = scores.filter(scores["system"] == gate.system)[gate.measure].to_list()
        count, n = sum(values), len(values)
        interval = clopper_pearson(count, n)
        yield GateResult(gate, n, count / n if n else 0.0, interval.low, interval.high)


@dataclass(frozen=True)
class _Compared:
    """One measure over some cases: the difference, over cases and over people."""

    difference: PairedDifference
    people: Interval

    def standing(self, margin: float, *, is_proven: bool) -> Standing:
        """Worse where a loss is proven, not worse where a loss beyond the margin is ruled out."""
        if self.difference.difference < 0 and is_proven:
            return Standing.WORSE
        low = min(self.difference.low, self.people.low)
        return Standing.NOT_WORSE if low > -margin else Standing.UNSURE


def _pair_results(
    policy: Policy, challenger: "pl.DataFrame", champion: "pl.DataFrame"
) -> Iterator[PairResult]:
    for comparison in policy.comparisons:
        joined = _join(comparison, challenger, champion)
        overall = _compare(joined, policy)
        is_proven = overall.difference.p_value <= policy.worse_p
        standing = overall.standing(comparison.margin, is_proven=is_proven)
        yield _pair(comparison, "all", overall, standing)
        yield from _slice_results(policy, comparison, joined)


def _join(
    comparison: Comparison, challenger: "pl.DataFrame", champion: "pl.DataFrame"
) -> "pl.DataFrame":
    """One row per query both answered: the person, the slices, `ours` and `theirs`."""

    def one(frame: "pl.DataFrame", name: str, columns: tuple[str, ...]) -> "pl.DataFrame":
        rows = frame.filter(frame["system"] == comparison.system)
        return rows.rename({comparison.measure: name}).select("query_id", name, *columns)

    theirs = one(champion, "theirs", ())
    ours = one(challenger, "ours", ("user_id", *SLICES))
    return ours.join(theirs, on="query_id").sort("query_id")


def _slice_results(
    policy: Policy, comparison: Comparison, joined: "pl.DataFrame"
) -> Iterator[PairResult]:
    names = [(dimension, value) for dimension in SLICES for value in _values(joined, dimension)]
    found = [_compare(joined.filter(joined[d] == value), policy) for d, value in names]
    judged = [each for each in found if each.difference.n >= policy.slice_minimum_n]
    proven = holm([each.difference.p_value for each in judged], policy.worse_p)
    worse = {id(each) for each, is_proven in zip(judged, proven, strict=True) if is_proven}
    for (dimension, value), each in zip(names, found, strict=True):
        standing = Standing.NOT_JUDGED
        if each.difference.n >= policy.slice_minimum_n:
            standing = each.standing(comparison.slice_margin, is_proven=id(each) in worse)
        yield _pair(comparison, f"{dimension}={value}", each, standing)


def _values(joined: "pl.DataFrame", dimension: str) -> list[str]:
    return sorted(str(value) for value in joined[dimension].unique().to_list())


def _compare(joined: "pl.DataFrame", policy: Policy) -> _Compared:
    ours, theirs = joined["ours"].to_list(), joined["theirs"].to_list()
    changes = [float(a) - float(b) for a, b in zip(ours, theirs, strict=True)]
    people = Interval(-1.0, 1.0)  # of nobody nothing is known
    if changes:
        owners = joined["user_id"].to_list()
        people = bootstrap_mean(changes, owners, confidence=policy.confidence)
    return _Compared(paired_difference(ours, theirs, policy.confidence), people)


def _pair(
    comparison: Comparison, slice_name: str, compared: _Compared, standing: Standing
) -> PairResult:
    return PairResult(
        comparison.system,
        comparison.measure,
        slice_name,
        compared.difference,
        compared.people,
        comparison.margin if slice_name == "all" else comparison.slice_margin,
        standing,
    )


def _too_few(n: int, policy: Policy) -> str:
    return f"{n} cases are too few: the policy asks for {policy.minimum_n}"


def _say_gate(result: GateResult) -> str:
    gate = result.gate
    return (
        f"gate: {gate.system} {gate.measure} is {result.share:.1%} of {result.n}, "
        f"below {gate.floor:.0%} ({gate.why})"
    )


def _say_pair(pair: PairResult) -> str:
    diff = pair.difference
    return (
        f"{pair.standing}: {pair.system} {pair.measure} in {pair.slice_name} changes by "
        f"{diff.difference:+.1%} [{pair.low:+.1%}, {diff.high:+.1%}] over {diff.n} "
        f"(gained {diff.count_gained}, lost {diff.count_lost}, p {diff.p_value:.3f}, "
        f"margin {pair.margin:.0%})"
    )
