"""Injuries, screening answers and the consent of a guardian, in keeping with the rest of a person.

Every draw hangs on the user's number alone, so these columns move nothing else.
"""

import functools
from collections.abc import Collection, Iterator

import numpy as np
import polars as pl

from fitsense_assets.lib.cohort.chance import Floats, Ints, hashed_shares
from fitsense_assets.lib.cohort.fields import Factor, Frozen, Share, Sourced, shipped
from fitsense_assets.lib.cohort.spec import CohortSpec
from fitsense_training.domain.safety.screening_answers import Symptom, load_screening_rules
from fitsense_training.domain.vocabulary import (
    ActivityLevel,
    AgeBand,
    Condition,
    ConditionSeverity,
    ScreeningState,
)

ANSWER_AGE_DAYS = 180
HEART = (Condition.HYPERTENSION, Condition.CARDIAC_DISEASE)
ACSM = (
    Condition.CARDIAC_DISEASE,
    Condition.TYPE_1_DIABETES,
    Condition.TYPE_2_DIABETES,
    Condition.CHRONIC_KIDNEY_DISEASE,
)
JOINTS = (
    Condition.LOW_BACK_PAIN,
    Condition.KNEE_OSTEOARTHRITIS,
    Condition.SHOULDER_IMPINGEMENT,
    Condition.ARTHRITIS_FLARE,
    Condition.OSTEOPOROSIS_FRACTURE,
    Condition.RECENT_SURGERY,
)
PREGNANCIES = (Condition.PREGNANCY_T1, Condition.PREGNANCY_T2, Condition.PREGNANCY_T3)
# Neither a chronic disease nor asked for by another question.
_OTHERWISE = (*HEART, *JOINTS, *PREGNANCIES, Condition.POSTPARTUM, Condition.OBESITY)

_WITHOUT_PLAN = (str(ScreeningState.BLOCKED), str(ScreeningState.EMERGENCY))


class Injuries(Sourced):
    """Shares of people with an injury, times a factor for how active they are."""

    shares: dict[str, Share]
    activity: dict[ActivityLevel, Factor]


class OldInjuries(Sourced):
    """Injuries that a condition follows from."""

    shares: dict[Condition, dict[str, Share]]


class Pressure(Sourced):
    """Blood pressure as (mean, sd) in mmHg."""

    known_share: Share
    usual: dict[str, tuple[float, float]]
    hypertension: dict[str, tuple[float, float]]


class HeartRate(Sourced):
    """Heart rate at rest in bpm."""

    known_share: Share
    mean: dict[ActivityLevel, float]
    sd: Factor


class FollowUp(Sourced):
    """Who says yes again when asked further."""

    yes_share: dict[ConditionSeverity, Share]


class NotWith(Sourced):
    """Medicines that people with a condition are not given."""

    medicines: dict[Condition, tuple[str, ...]]


class Medical(Frozen):
    """`medical.yaml`, typed."""

    injuries: Injuries
    old_injuries: OldInjuries
    pressure: Pressure
    heart_rate: HeartRate
    follow_up: FollowUp
    over_the_counter: tuple[str, ...]
    not_with: NotWith


@functools.cache
def load_medical() -> Medical:
    """The tables as shipped; BadInput names the field that breaks them."""
    return shipped(Medical, "medical.yaml")


def injury_words() -> list[str]:
    """Every injury a person may have had, sorted."""
    return sorted(load_medical().injuries.shares)


def with_medical_history(spec: CohortSpec, people: pl.DataFrame) -> pl.DataFrame:
    """The people with their injuries, answers and consent."""
    draws = _Draws(spec, people)
    minor = pl.col("age_band") == AgeBand.MINOR
    injured = people.with_columns(
        _injuries(draws, people).alias("injuries"),
        pl.when(minor).then(pl.lit(value=True)).alias("has_guardian_consent"),
    )
    return injured.with_columns(_answers(draws, injured).alias("screening_json"))


class _Draws:
    """Numbers in [0, 1) for every person, by name."""

    def __init__(self, spec: CohortSpec, people: pl.DataFrame) -> None:
        self.end_date = spec.config.end_date
        self._salt = f"medical/{spec.key}/{spec.config.seed}"
        self._numbers: Ints = (
            people["user_id"].str.extract(r"(\d+)$").cast(pl.Int64).to_numpy().astype(np.int64)
        )

    def share(self, name: str) -> Floats:
        return hashed_shares(f"{self._salt}/{name}", self._numbers)

    def normal(self, name: str) -> Floats:
        """Bell-shaped: a sum of four shares, with mean 0 and standard deviation 1."""
        total = sum((self.share(f"{name}/{n}") for n in range(4)), np.zeros(len(self._numbers)))
        return (total - 2.0) * 3.0**0.5


def _injuries(draws: _Draws, people: pl.DataFrame) -> pl.Expr:
    rules = load_medical()
    activity = {str(level): factor for level, factor in rules.injuries.activity.items()}
    factor = people["activity_level"].replace_strict(activity, return_dtype=pl.Float64).to_numpy()
    words: list[pl.Expr] = []
    for name in injury_words():
        chance = rules.injuries.shares[name] * factor
        for condition, shares in rules.old_injuries.shares.items():
            held = people["conditions"].list.contains(str(condition)).to_numpy()
            chance = chance + held * shares.get(name, 0.0)
        had = pl.Series(draws.share(f"injury/{name}") < chance)
        words.append(pl.when(pl.lit(had)).then(pl.lit(name)))
    return pl.concat_list(words).list.drop_nulls()


def _has(conditions: Collection[Condition]) -> pl.Expr:
    return pl.col("conditions").list.eval(pl.element().is_in([*map(str, conditions)])).list.any()


def _answers(draws: _Draws, people: pl.DataFrame) -> pl.Expr:
    """The answers as the canonical JSON of `ScreeningAnswers`: only what is not the default."""
    days = np.floor(draws.share("answered") * ANSWER_AGE_DAYS).astype("m8[D]")
    answered = pl.Series(np.datetime64(draws.end_date, "D") - days).cast(pl.String)
    pieces = [
        pl.lit('{"answered_on":"'),
        pl.lit(answered),
        pl.lit('","age":'),
        pl.col("age").cast(pl.String),
        *(_if_true(name, truth) for name, truth in _questions().items()),
        _follow_up(draws),
        *(_if_true(name, truth) for name, truth in _states().items()),
        _symptoms(draws),
        *_measures(draws, people),
        pl.lit("}"),
    ]
    return pl.concat_str(pieces)


def _if_true(name: str, truth: pl.Expr) -> pl.Expr:
    return pl.when(truth).then(pl.lit(f',"{name}":true')).otherwise(pl.lit(""))


def _questions() -> dict[str, pl.Expr]:
    """The general questions, in the order they are asked; symptoms come on their own."""
    free = [*load_medical().over_the_counter]
    prescribed = pl.col("medications").list.eval(~pl.element().is_in(free)).list.any()
    others = [condition for condition in Condition if condition not in _OTHERWISE]
    return {
        "has_heart_condition_or_pressure": _has(HEART),
        "has_other_chronic_condition": _has(others),
        "takes_prescribed_medicine": prescribed,
        "has_joint_problem": _has(JOINTS) | (pl.col("injuries").list.len() > 0),
    }


def _follow_up(draws: _Draws) -> pl.Expr:
    """What a follow-up question was answered with, by those who were asked one."""
    shares = {str(s): share for s, share in load_medical().follow_up.yes_share.items()}
    likely = pl.max_horizontal(
        pl.when(pl.col("condition_severities").list.contains(name)).then(share).otherwise(0.1)
        for name, share in shares.items()
    )
    any_yes = pl.any_horizontal(*_questions().values())
    # Whoever may be given a plan has nothing graver to tell.
    may_tell = pl.col("screening_state").is_in(_WITHOUT_PLAN)
    again = may_tell & (pl.lit(pl.Series(draws.share("follow_up"))) < likely)
    told = pl.when(again).then(pl.lit("true")).otherwise(pl.lit("false"))
    text = pl.concat_str(pl.lit(',"follow_up_yes":'), told)
    return pl.when(any_yes).then(text).otherwise(pl.lit(""))


def _states() -> dict[str, pl.Expr]:
    active = (str(ActivityLevel.MODERATELY_ACTIVE), str(ActivityLevel.VERY_ACTIVE))
    sick = pl.col("conditions").list.len() > 0
    all_cleared = ~pl.col("profile_json").str.contains('"is_cleared":false', literal=True)
    return {
        "is_regularly_active": pl.col("activity_level").is_in(active),
        "is_used_to_vigorous": pl.col("activity_level") == ActivityLevel.VERY_ACTIVE,
        "has_heart_metabolic_or_renal_disease": _has(ACSM),
        "is_cleared": sick & all_cleared,
        "is_pregnant": _has(PREGNANCIES),
    }


def _symptoms(draws: _Draws) -> pl.Expr:
    """One sign of those who have any; each is as likely."""
    names = [f',"symptoms":["{symptom}"]' for symptom in Symptom]
    place = np.floor(draws.share("symptom") * len(names)).astype(np.int64)
    return (
        pl.when("has_symptoms").then(pl.lit(pl.Series(names).gather(place))).otherwise(pl.lit(""))
    )


def _measures(draws: _Draws, people: pl.DataFrame) -> Iterator[pl.Expr]:
    """Blood pressure and heart rate of those who know them, below what would stop a person.

    The state of screening was settled by the conditions: a number that overrules it stays out.
    """
    rules, limits = load_medical(), load_screening_rules()
    tense = people["conditions"].list.contains(str(Condition.HYPERTENSION)).to_numpy()
    known = pl.lit(pl.Series(draws.share("pressure known") < rules.pressure.known_share))
    most = limits.blood_pressure_clearance
    for name, least, limit in (("systolic", 85, most.systolic), ("diastolic", 50, most.diastolic)):
        usual, high = rules.pressure.usual[name], rules.pressure.hypertension[name]
        mean, sd = np.where(tense, high[0], usual[0]), np.where(tense, high[1], usual[1])
        value = np.clip(mean + sd * draws.normal(name), least, limit - 1)
        yield _number(name, value, known)
    beats = {str(level): mean for level, mean in rules.heart_rate.mean.items()}
    rate = people["activity_level"].replace_strict(beats, return_dtype=pl.Float64).to_numpy()
    rate = np.clip(rate + rules.heart_rate.sd * draws.normal("rate"), 40, 99)
    counted = pl.lit(pl.Series(draws.share("rate known") < rules.heart_rate.known_share))
    yield _number("resting_heart_rate", rate, counted)


def _number(name: str, values: Floats, is_known: pl.Expr) -> pl.Expr:
    text = pl.concat_str(
        pl.lit(f',"{name}":'), pl.lit(pl.Series(np.rint(values).astype(np.int64)).cast(pl.String))
    )
    return pl.when(is_known).then(text).otherwise(pl.lit(""))
