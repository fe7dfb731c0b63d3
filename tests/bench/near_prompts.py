"""Prompts about plans with near-duplicates planted among them, and which of them truly are any.

Prompts are of the length and the words of real ones: lines that ask, and a plan in wire format of
the catalogue's exercises. A planted prompt changes another in a known way; whether it is a
near-duplicate then is counted with plain sets, not with what is measured.
"""

import random
import re
from dataclasses import dataclass

import polars as pl

from fitsense_assets.lib.release.recipe import NearDuplicates
from fitsense_training.domain.catalogue import load_catalogue

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
GOALS = ("strength", "hypertrophy", "fat_loss", "endurance", "mobility", "general_health")
# One row in so many is planted.
PLANT_EVERY = 20
CHANGES = ("copy", "one number", "two numbers", "other question", "half the plan")
_DOSE = re.compile(r"\d+kg")
_WORD = re.compile(r"[^\s,;:\[\]{}\"<>]+")


@dataclass(frozen=True)
class Planted:
    """A changed copy: its row, the row it was made of, how, and whether it nearly repeats it."""

    query_id: str
    source: str
    change: str
    is_repeat: bool


def planted_prompts(
    count: int, rule: NearDuplicates, seed: int
) -> tuple[pl.DataFrame, list[Planted]]:
    """So many rows, one in twenty of them a changed copy of the row before."""
    chance, names = random.Random(seed), [exercise.id for exercise in load_catalogue()]
    prompts: list[str] = []
    planted: list[Planted] = []
    for place in range(count):
        if place % PLANT_EVERY != PLANT_EVERY - 1:
            prompts.append(_prompt(chance, names))
            continue
        change = CHANGES[place // PLANT_EVERY % len(CHANGES)]
        prompts.append(_changed(prompts[-1], change, chance))
        is_repeat = _share(prompts[-1], prompts[-2], rule) >= rule.jaccard_min
        planted.append(Planted(_id(place), _id(place - 1), change, is_repeat))
    ids = [_id(place) for place in range(count)]
    return pl.DataFrame({"query_id": ids, "prompt": prompts}), planted


def gram_set(prompt: str, rule: NearDuplicates) -> set[str]:
    """The n-grams of a prompt as strings, each with its question: the plain way."""
    words, size = _WORD.findall(prompt), rule.words
    lines = [line for line in prompt.split("\n") if line.split(" ", 1)[0] in rule.question_lines]
    question = "\n".join(lines)
    return {f"{question}|{' '.join(words[at : at + size])}" for at in range(len(words) - size + 1)}


def set_share(first: set[str], second: set[str]) -> float:
    """The Jaccard similarity of two sets."""
    common = len(first & second)
    return common / (len(first) + len(second) - common)


def _share(first: str, second: str, rule: NearDuplicates) -> float:
    return set_share(gram_set(first, rule), gram_set(second, rule))


def _id(place: int) -> str:
    return f"q{place:06d}"


def _prompt(chance: random.Random, names: list[str]) -> str:
    days = sorted(chance.sample(range(7), chance.randint(2, 5)))
    sessions = ",".join(_session(WEEKDAYS[day], chance, names) for day in days)
    goal = chance.choice(GOALS)
    return (
        f"task plan_modification\ngoal {goal}\n"
        f"person {chance.randint(18, 80)} female {chance.randint(150, 190)}cm "
        f"{chance.randint(45, 120)}kg novice sedentary\n"
        f"days {' '.join(WEEKDAYS[day] for day in days)} {chance.choice((30, 45, 60))}min\n"
        f'plan {{"g":"{goal}","s":[{sessions}]}}\nask swap {chance.choice(names)}'
    )


def _session(day: str, chance: random.Random, names: list[str]) -> str:
    lines = ",".join(
        f'["{name}","{chance.randint(2, 4)}x{chance.randint(5, 9)}-12 r3 90s '
        f'{2 * chance.randint(2, 40)}kg"]'
        for name in chance.sample(names, chance.randint(4, 7))
    )
    return f'["{day}","full_body",8,[{lines}]]'


def _changed(prompt: str, change: str, chance: random.Random) -> str:
    if change == "one number":
        return _with_other_doses(prompt, 1, chance)
    if change == "two numbers":
        return _with_other_doses(prompt, 2, chance)
    if change == "other question":
        return f"{prompt} easier"
    if change == "half the plan":
        half = len(_DOSE.findall(prompt)) // 2
        return _with_other_doses(prompt, half, chance)
    return prompt.replace(",", ", ")


def _with_other_doses(prompt: str, count: int, chance: random.Random) -> str:
    head, plan = prompt.split("\nplan ")
    places = list(_DOSE.finditer(plan))
    for place in sorted(chance.sample(places, count), key=lambda found: -found.start()):
        plan = f"{plan[: place.start()]}{chance.randint(101, 199)}kg{plan[place.end() :]}"
    return f"{head}\nplan {plan}"
