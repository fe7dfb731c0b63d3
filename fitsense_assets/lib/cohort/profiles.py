"""Profiles: one row per synthetic person, drawn column by column and written in chunks.

Rare slices are drawn more often than they occur; `weight` undoes it, so that weighted statistics
speak of the population. The split is fixed by the user id alone, before anything is asked.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
import polars as pl

from fitsense_assets.lib.cohort.bodies import BANDS, SEXES, Bodies, bmi_deviations, draw_bodies
from fitsense_assets.lib.cohort.chance import (
    Bools,
    Floats,
    Ints,
    hashed_shares,
    stable_hash,
    stream,
)
from fitsense_assets.lib.cohort.habits import (
    ACTIVITIES,
    GOALS,
    LEVELS,
    NO_GOAL,
    Habits,
    draw_habits,
    weekdays_of,
)
from fitsense_assets.lib.cohort.health import (
    CONDITIONS,
    MEDICATION_VARIANTS,
    HealthStates,
    allergies_for,
    draw_health,
    medications_for,
)
from fitsense_assets.lib.cohort.medical import with_medical_history
from fitsense_assets.lib.cohort.person_config import Expecting, Rare
from fitsense_assets.lib.cohort.spec import CohortSpec
from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.profile import ConditionRecord, Profile
from fitsense_training.domain.safety.screening import screen
from fitsense_training.domain.vocabulary import AgeBand, DoseKind

VERSION = "6"
CHUNK_USERS = 20_000
EXCLUSION_SETS = 48


@dataclass(frozen=True)
class People:
    """Drawn people, column by column."""

    bodies: Bodies
    health: HealthStates
    habits: Habits
    boost: Floats

    def take(self, rows: Ints) -> "People":
        """The people of these rows."""
        return People(
            Bodies(**{name: column[rows] for name, column in vars(self.bodies).items()}),
            HealthStates(**{name: column[rows] for name, column in vars(self.health).items()}),
            Habits(**{name: column[rows] for name, column in vars(self.habits).items()}),
            self.boost[rows],
        )


def profile_chunks(spec: CohortSpec) -> Iterator[pl.DataFrame]:
    """The profiles of a cohort, CHUNK_USERS at a time, in user order."""
    for start in range(0, spec.config.users, CHUNK_USERS):
        count = min(CHUNK_USERS, spec.config.users - start)
        people = draw_people(spec, start // CHUNK_USERS, count)
        yield with_medical_history(spec, _frame(spec, people, 1 + start + np.arange(count)))


def draw_people(spec: CohortSpec, chunk: int, count: int) -> People:
    """Draw candidates and keep each with a chance in proportion to the boost of its slices."""
    rng = stream(spec, "people", chunk)
    kept: list[People] = []
    missing = count
    while missing > 0:
        found = _candidates(rng, spec, missing * 3 + 64)
        most = max(spec.config.population.boosts.factors.values())
        taken = np.flatnonzero(rng.random(len(found.boost)) < found.boost / most)[:missing]
        kept.append(found.take(taken))
        missing -= len(taken)
    return kept[0] if len(kept) == 1 else _joined(kept)


def _candidates(rng: np.random.Generator, spec: CohortSpec, count: int) -> People:
    rules = spec.config
    bodies = draw_bodies(rng, rules.population, count)
    health = draw_health(rng, rules.health, bodies)
    factors = rules.population.boosts.factors
    expecting = health.has[:, [CONDITIONS.index(c) for c in get_args(Expecting)]]
    slices: dict[Rare, Bools] = {
        "minor": bodies.band == BANDS.index(AgeBand.MINOR),
        "older": bodies.band == BANDS.index(AgeBand.OLDER),
        "pregnancy": np.logical_or.reduce(expecting, axis=1),
        "two_conditions": health.count == 2,
    }
    boost = np.ones(count)
    for name, members in slices.items():
        boost = np.where(members, np.maximum(boost, factors[name]), boost)
    heaviness = bmi_deviations(rules.population.bmi, bodies)
    return People(bodies, health, draw_habits(rng, rules.training, bodies, heaviness), boost)


def _joined(parts: list[People]) -> People:
    def joined(kind: Callable[..., Any], name: str) -> Any:
        pieces = [vars(getattr(part, name)) for part in parts]
        return kind(**{key: np.concatenate([p[key] for p in pieces]) for key in pieces[0]})

    return People(
        joined(Bodies, "bodies"),
        joined(HealthStates, "health"),
        joined(Habits, "habits"),
        np.concatenate([part.boost for part in parts]),
    )


def _frame(spec: CohortSpec, people: People, numbers: Ints) -> pl.DataFrame:
    body, health, habits, rules = people.bodies, people.health, people.habits, spec.config
    health_code, records = health.codes()
    excluded_code, excluded = _exclusions(spec, numbers)
    goal_code = habits.goals @ np.array([1, 8, 64])
    medicine_code = health_code * MEDICATION_VARIANTS + health.medication_variant
    band_names = [str(band) for band in BANDS]
    frame = pl.DataFrame(
        {
            "user_id": pl.Series(numbers).cast(pl.String).str.zfill(6),
            "cohort": pl.repeat(spec.key, len(numbers), eager=True),
            "weight": _weights(people.boost),
            "split": _splits(spec, numbers),
            "age": pl.Series(body.age, dtype=pl.Int64),
            "sex": _named(SEXES, body.sex),
            "height_cm": body.height_cm,
            "weight_kg": body.weight_kg,
            "activity_level": _named(ACTIVITIES, habits.activity),
            "experience_level": _named(LEVELS, habits.level),
            "goals": _lists(goal_code, _goals_of),
            "weekdays": _lists(habits.weekdays, weekdays_of),
            "session_minutes": pl.Series(habits.session_minutes, dtype=pl.Int64),
            "equipment": _lists(habits.equipment, _equipment_of(spec)),
            "conditions": _lists(health_code, lambda c: [r.condition for r in records[c]]),
            "condition_severities": _lists(health_code, lambda c: [r.severity for r in records[c]]),
            "excluded_exercises": _lists(excluded_code, lambda c: excluded[c]),
            "has_symptoms": health.has_symptoms,
            "medications": _lists(
                medicine_code,
                lambda c: medications_for(
                    rules.health,
                    [r.condition for r in records[c // MEDICATION_VARIANTS]],
                    c % MEDICATION_VARIANTS,
                ),
            ),
            "allergies": _lists(health.allergies, lambda c: allergies_for(rules.health, c)),
            "age_band": _named(band_names, body.band),
            "condition_flag": _text(health_code, lambda c: condition_flag(records[c])),
            "screening_state": _screening_states(people, health_code, records),
            "condition_json": _text(health_code, lambda c: _json_of(records[c])),
        }
    )
    return _with_json(frame, spec.key)


def _with_json(frame: pl.DataFrame, key: str) -> pl.DataFrame:
    """Add the goal type, the full id, and each profile as the canonical JSON of a Profile."""
    values = {
        "age": pl.col("age"),
        "sex": _quoted("sex"),
        "height_cm": pl.col("height_cm"),
        "weight_kg": pl.col("weight_kg"),
        "activity_level": _quoted("activity_level"),
        "experience_level": _quoted("experience_level"),
        "goals": _array("goals"),
        "weekdays": _array("weekdays"),
        "session_minutes": pl.col("session_minutes"),
        "equipment": _array("equipment"),
        "conditions": pl.col("condition_json"),
        "excluded_exercises": _array("excluded_exercises"),
        "has_symptoms": pl.when("has_symptoms").then(pl.lit("true")).otherwise(pl.lit("false")),
    }
    pieces: list[pl.Expr] = []
    for name, value in values.items():
        pieces += [pl.lit(("," if pieces else "{") + f'"{name}":'), value]
    return frame.with_columns(
        pl.concat_str(pl.lit(f"{key}-u"), "user_id").alias("user_id"),
        pl.col("goals").list.first().alias("goal_type"),
        pl.concat_str(*pieces, pl.lit("}")).alias("profile_json"),
    ).drop("condition_json")


def _quoted(name: str) -> pl.Expr:
    return pl.concat_str(pl.lit('"'), name, pl.lit('"'))


def _array(name: str) -> pl.Expr:
    filled = pl.concat_str(pl.lit('["'), pl.col(name).list.join('","'), pl.lit('"]'))
    return pl.when(pl.col(name).list.len() > 0).then(filled).otherwise(pl.lit("[]"))


def _named(names: Sequence[str], positions: Ints) -> pl.Series:
    return pl.Series([str(name) for name in names], dtype=pl.String).gather(positions)


def _text(codes: Ints, text_of: Callable[[int], str]) -> pl.Series:
    """One text per code, worked out once per distinct code."""
    distinct, inverse = np.unique(codes, return_inverse=True)
    return pl.Series([text_of(int(c)) for c in distinct], dtype=pl.String).gather(inverse)


def _lists(codes: Ints, list_of: Callable[[int], Sequence[str]]) -> pl.Series:
    """One list of texts per code, worked out once per distinct code."""
    distinct, inverse = np.unique(codes, return_inverse=True)
    values = [[str(value) for value in list_of(int(c))] for c in distinct]
    return pl.Series(values, dtype=pl.List(pl.String)).gather(inverse)


def _goals_of(code: int) -> list[str]:
    held = (code % 8, code // 8 % 8, code // 64)
    return [GOALS[goal] for goal in held if goal != NO_GOAL]


def _equipment_of(spec: CohortSpec) -> Callable[[int], Sequence[str]]:
    sets = [sorted(owned) for owned in spec.config.training.equipment.sets.values()]
    return lambda position: sets[position]


def condition_flag(records: Sequence[ConditionRecord]) -> str:
    """`none`, the one condition, or `multiple`."""
    if not records:
        return "none"
    return str(records[0].condition) if len(records) == 1 else "multiple"


def _json_of(records: Sequence[ConditionRecord]) -> str:
    return "[" + ",".join(record.model_dump_json() for record in records) + "]"


def _screening_states(
    people: People, health_code: Ints, records: Sequence[tuple[ConditionRecord, ...]]
) -> pl.Series:
    """Screening looks at conditions, age band and symptoms only: one call per combination."""
    age_of_band = (15, 30, 50, 70)
    codes = (health_code * 4 + people.bodies.band) * 2 + people.health.has_symptoms

    def state(code: int) -> str:
        person = {
            "age": age_of_band[code // 2 % 4],
            "sex": "unspecified",
            "height_cm": 170,
            "weight_kg": 70,
            "activity_level": ACTIVITIES[0],
            "experience_level": LEVELS[0],
            "goals": GOALS[:1],
            "weekdays": ("mon",),
            "session_minutes": 30,
            "conditions": records[code // 8],
            "has_symptoms": bool(code % 2),
        }
        return screen(Profile.model_validate(person)).state

    return _text(codes, state)


def _weights(boost: Floats) -> Floats:
    """Sampling weights with a mean near 1; exact ratios between slices."""
    return np.round(1.0 / boost, 6)


def _splits(spec: CohortSpec, numbers: Ints) -> pl.Series:
    rules = spec.config.split
    edges = np.array([rules.test_share, rules.test_share + rules.val_share])
    share = hashed_shares(f"split/{spec.key}", numbers)
    return _named(["test", "val", "train"], np.searchsorted(edges, share, side="right"))


def _exclusions(spec: CohortSpec, numbers: Ints) -> tuple[Ints, list[list[str]]]:
    """A code per person, and the exercises that each code leaves out; code 0 is nothing."""
    names = [e.id for e in load_catalogue() if e.dose_kind is DoseKind.REPS]
    sets: list[list[str]] = [[]]
    for number in range(EXCLUSION_SETS):
        salt = stable_hash("exclusion", spec.key, number)
        count = 1 + salt % 2
        picked = {names[stable_hash(salt, place) % len(names)] for place in range(count)}
        sets.append(sorted(picked))
    share = hashed_shares(f"exclusion/{spec.key}/{spec.config.seed}", numbers)
    excluded = spec.config.training.excluded_share.value
    which = np.floor(share / max(excluded, 1e-9) * EXCLUSION_SETS).astype(np.int64)
    return np.where(share < excluded, 1 + np.minimum(which, EXCLUSION_SETS - 1), 0), sets
