"""Conditions with severities and clearance, symptoms, medicines and allergies, given a body."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitsense_assets.lib.cohort.bodies import Bodies
from fitsense_assets.lib.cohort.chance import Bools, Floats, Ints, pick, shares_of, stable_hash
from fitsense_assets.lib.cohort.medical import load_medical
from fitsense_assets.lib.cohort.person_config import Health
from fitsense_training.domain.conditions import load_conditions
from fitsense_training.domain.profile import ConditionRecord
from fitsense_training.domain.vocabulary import Condition, ConditionSeverity, Sex

CONDITIONS = tuple(sorted(Condition))
SEVERITIES = tuple(ConditionSeverity)
OBESE_BMI, OBESE_2_BMI, OBESE_3_BMI = 30.0, 35.0, 40.0
# Ways to be treated; a share of them is the share of people, to the percent.
MEDICATION_VARIANTS = 100


@dataclass(frozen=True)
class HealthStates:
    """Health of many people: one row a person, one column a condition of CONDITIONS."""

    has: Bools
    severity: NDArray[np.int8]
    is_cleared: Bools
    has_symptoms: Bools
    allergies: Ints
    medication_variant: Ints

    @property
    def count(self) -> Ints:
        """Conditions a person."""
        return self.has.sum(axis=1)

    def codes(self) -> tuple[Ints, list[tuple[ConditionRecord, ...]]]:
        """A code per person, and the records that each code stands for."""
        state = np.where(self.has, 1 + self.severity * 2 + self.is_cleared, 0).astype(np.uint8)
        packed = np.ascontiguousarray(state).view(np.dtype((np.void, state.shape[1]))).ravel()
        _, first, code = np.unique(packed, return_index=True, return_inverse=True)
        return code.reshape(-1), [_records(state[row]) for row in first]


def _records(state: np.ndarray) -> tuple[ConditionRecord, ...]:
    return tuple(
        ConditionRecord(
            condition=CONDITIONS[column],
            severity=SEVERITIES[(int(state[column]) - 1) // 2],
            is_cleared=bool((int(state[column]) - 1) % 2),
        )
        for column in np.flatnonzero(state)
    )


def draw_health(rng: np.random.Generator, rules: Health, bodies: Bodies) -> HealthStates:
    """Draw the health of people with these bodies."""
    count = len(bodies.age)
    has = np.zeros((count, len(CONDITIONS)), dtype=np.bool_)
    for column, share in _shares(rules, bodies):
        has[:, column] = rng.random(count) < share
    obese = bodies.bmi >= OBESE_BMI
    has[:, CONDITIONS.index(Condition.OBESITY)] = obese
    _draw_reproductive(rng, rules, bodies, has)
    fracture = CONDITIONS.index(Condition.OSTEOPOROSIS_FRACTURE)
    has[:, CONDITIONS.index(Condition.OSTEOPOROSIS)] &= ~has[:, fracture]
    held = int(has.sum())
    severity = np.zeros(has.shape, dtype=np.int8)
    severity[has] = pick(rng, shares_of(rules.severity, SEVERITIES), held)
    grade = np.searchsorted(np.array([OBESE_2_BMI, OBESE_3_BMI]), bodies.bmi, side="right")
    severity[:, CONDITIONS.index(Condition.OBESITY)] = np.where(obese, grade, 0)
    book = load_conditions()
    needed = np.array([book.conditions[c].needs_clearance for c in CONDITIONS])
    may = np.where(needed, rules.cleared_share_where_needed, rules.cleared_share)
    is_cleared = np.zeros(has.shape, dtype=np.bool_)
    is_cleared[has] = rng.random(held) < np.broadcast_to(may, has.shape)[has]
    drawn = rng.random((count, len(rules.allergies))) < np.array([*rules.allergies.values()])
    return HealthStates(
        has=has,
        severity=severity,
        is_cleared=is_cleared,
        has_symptoms=rng.random(count) < rules.symptoms_share,
        allergies=drawn @ (1 << np.arange(len(rules.allergies))),
        medication_variant=rng.integers(0, MEDICATION_VARIANTS, count),
    )


def condition_shares(rules: Health, bodies: Bodies) -> Floats:
    """[person, condition of CONDITIONS]: the chance of each condition that is drawn by itself."""
    shares = np.zeros((len(bodies.age), len(CONDITIONS)))
    for column, share in _shares(rules, bodies):
        shares[:, column] = share
    return shares


def _shares(rules: Health, bodies: Bodies) -> Iterator[tuple[int, Floats]]:
    obese = bodies.bmi >= OBESE_BMI
    for condition, rule in rules.conditions.items():
        share = np.array(rule.shares)[bodies.band] * np.where(obese, rule.obese, 1.0)
        share *= np.where(bodies.is_sex(Sex.FEMALE), rule.female, 1.0)
        share *= np.where(bodies.is_sex(Sex.MALE), rule.male, 1.0)
        yield CONDITIONS.index(condition), np.minimum(share, 0.95)


def _draw_reproductive(rng: np.random.Generator, rules: Health, bodies: Bodies, has: Bools) -> None:
    may = may_expect(rules, bodies)
    shares = rules.reproductive.shares
    edges = np.cumsum([*shares.values()])
    drawn = np.searchsorted(edges, rng.random(len(may)), side="right")
    for position, condition in enumerate(shares):
        has[:, CONDITIONS.index(condition)] = may & (drawn == position)


def may_expect(rules: Health, bodies: Bodies) -> Bools:
    """Who may be pregnant or have given birth."""
    low, high = rules.reproductive.ages
    return bodies.is_sex(Sex.FEMALE) & (bodies.age >= low) & (bodies.age <= high)


def medications_for(
    rules: Health, conditions: Sequence[Condition], variant: int
) -> tuple[str, ...]:
    """The medicines of one of the ways people with these conditions are treated.

    The shares of a condition's medicines are laid end to end around all ways to be treated, so
    that few take two where one will do, and nobody takes both of two that share everybody.
    """
    taken: set[str] = set()
    for condition in conditions:
        begin = stable_hash("medication", condition) % MEDICATION_VARIANTS
        for name, share in rules.medications.get(condition, {}).items():
            width = round(share * MEDICATION_VARIANTS)
            if (variant - begin) % MEDICATION_VARIANTS < width:
                taken.add(name)
            begin += width
    avoided = load_medical().not_with.medicines
    return tuple(sorted(taken.difference(*(avoided.get(c, ()) for c in conditions))))


def allergies_for(rules: Health, mask: int) -> tuple[str, ...]:
    """The allergies a bit mask stands for."""
    return tuple(sorted(name for bit, name in enumerate(rules.allergies) if mask >> bit & 1))
