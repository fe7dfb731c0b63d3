"""Archetypes: the plan a person follows, asked for once per kind of person.

A kind is everything a plan depends on and nothing that names a person. Conditions count by what
they ask for, so that two of them with the same limits make one kind; weekdays count only by their
number and are dealt out again to each person. The coach is asked once per kind.
"""

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from fitsense_assets.lib.cohort.chance import short_hash
from fitsense_assets.lib.cohort.habits import WEEKDAYS
from fitsense_training.domain.plan.answer import Answer, Handoff
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.screening import Screening, screen
from fitsense_training.domain.science.endurance import has_aerobic_base
from fitsense_training.domain.science.week import lay_out_week
from fitsense_training.domain.vocabulary import AgeBand, ExperienceLevel, PromptType, ScreeningState

PlanSource = Callable[[PlanRequest, int], Answer]

KINDS_KEPT = 50_000
_AGE = {AgeBand.MINOR: 16, AgeBand.YOUNG: 30, AgeBand.MIDDLE: 50, AgeBand.OLDER: 70}


@dataclass(frozen=True)
class Followed:
    """The plan a kind of person follows, as JSON, and the id that its content gives it."""

    plan_id: str | None
    plan_json: str | None


NO_PLAN = Followed(None, None)


class Archetypes:
    """Plans by kind of person; each kind is asked for once.

    The kinds met first are kept, so that memory stays flat; how many are kept changes no answer.
    """

    def __init__(self, plan_source: PlanSource) -> None:
        """Ask this source for the plan of each new kind."""
        self._plan_source = plan_source
        self._plans: dict[str, Followed] = {}

    def plans(self, profiles: pl.DataFrame) -> list[Followed]:
        """The plan of each person."""
        return [self._plan(person) for person in profiles.select(_traits()).iter_rows(named=True)]

    def _plan(self, traits: dict[str, Any]) -> Followed:
        kind = _kind(traits)
        found = self._plans.get(kind)
        if found is None:
            found = self._ask(traits)
            if len(self._plans) < KINDS_KEPT:
                self._plans[kind] = found
        return found

    def _ask(self, traits: dict[str, Any]) -> Followed:
        person = _representative(traits)
        request = PlanRequest(prompt_type=PromptType.PLAN_CREATION, profile=person)
        answer = self._plan_source(request, 0)
        if isinstance(answer, Handoff):
            return NO_PLAN
        text = answer.model_dump_json(exclude_none=True)
        return Followed(f"p-{short_hash(text)}", text)


def _traits() -> list[pl.Expr]:
    return [
        pl.col("goal_type", "experience_level", "age_band", "has_symptoms", "session_minutes"),
        (pl.col("activity_level") == "sedentary").alias("is_sedentary"),
        pl.col("weekdays").list.join(" ").alias("weekdays"),
        pl.col("equipment").list.join(" ").alias("equipment"),
        pl.col("excluded_exercises").list.join(" ").alias("excluded"),
        pl.col("profile_json").str.extract(r'"conditions":(\[.*\]),"excluded').alias("sick"),
    ]


def _kind(traits: dict[str, Any]) -> str:
    """What the plan of this person depends on, as one text."""
    needs, has_base = _needs(
        traits["sick"], traits["age_band"], traits["has_symptoms"], traits["is_sedentary"]
    )
    if needs is None:
        return "no plan"
    has_base = has_base and traits["experience_level"] != ExperienceLevel.NOVICE
    week = ("goal_type", "experience_level", "session_minutes", "age_band", "weekdays")
    layout = _layout(*(traits[name] for name in week))
    own = (traits[name] for name in (*week[:3], "equipment", "excluded"))
    return "|".join(map(str, (*own, layout, has_base, needs)))


@functools.lru_cache(maxsize=65_536)
def _layout(goal: str, level: str, minutes: int, age_band: str, weekdays: str) -> str:
    """How the days of a person are used, whichever they are."""
    person = _representative(
        {
            "sick": "[]",
            "age_band": age_band,
            "has_symptoms": False,
            "is_sedentary": False,
            "goal_type": goal,
            "experience_level": level,
            "session_minutes": minutes,
            "weekdays": weekdays,
            "equipment": "",
            "excluded": "",
        }
    )
    return " ".join(day.focus for day in lay_out_week(person))


@functools.lru_cache(maxsize=65_536)
def _needs(
    sick: str, age_band: str, has_symptoms: bool, is_sedentary: bool
) -> tuple[str | None, bool]:
    """What the conditions ask for, None where no plan may stand, and whether a base is trained."""
    person = _sick_person(sick, age_band, has_symptoms, is_sedentary)
    found = screen(person)
    if found.state.rank >= ScreeningState.BLOCKED.rank:
        return None, False
    return _limits_text(found), has_aerobic_base(person)


def _limits_text(screening: Screening) -> str:
    limits = screening.limits
    tags, include = sorted(limits.avoid), sorted(limits.include)
    return short_hash(screening.state, limits.caps, tags, include, limits.stop_signs, limits.prefer)


def _representative(traits: dict[str, Any]) -> Profile:
    """A person of this kind, of no particular body."""
    person = _sick_person(
        traits["sick"], traits["age_band"], traits["has_symptoms"], traits["is_sedentary"]
    )
    own = {
        "experience_level": traits["experience_level"],
        "goals": (traits["goal_type"],),
        "weekdays": traits["weekdays"].split(),
        "session_minutes": traits["session_minutes"],
        "equipment": traits["equipment"].split(),
        "excluded_exercises": traits["excluded"].split(),
    }
    return Profile.model_validate({**dict(person), **own})


def _sick_person(sick: str, age_band: str, has_symptoms: bool, is_sedentary: bool) -> Profile:
    conditions = json.loads(sick)
    is_obese = any(record["condition"] == "obesity" for record in conditions)
    return Profile.model_validate(
        {
            "age": _AGE[AgeBand(age_band)],
            "sex": "unspecified",
            "height_cm": 170,
            "weight_kg": 95 if is_obese else 70,
            "activity_level": "sedentary" if is_sedentary else "lightly_active",
            "experience_level": "intermediate",
            "goals": ("general_health",),
            "weekdays": WEEKDAYS[:1],
            "session_minutes": 45,
            "conditions": conditions,
            "has_symptoms": has_symptoms,
        }
    )
