"""What people add in their own words, from `notes.yaml`: remarks, and the request said again.

A note is data. Nothing in it may change an answer, but a grave one means a warning sign, and the
request it comes with says so.
"""

import functools
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field

from fitsense_assets.lib.cohort.dice import picked
from fitsense_assets.lib.cohort.fields import Frozen, Share, complete, shipped
from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.conditions import load_conditions
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.request import MAX_NOTE_CHARS, Operation, PlanRequest
from fitsense_training.domain.vocabulary import OperationKind, PromptType

Text = Annotated[str, Field(min_length=1, max_length=MAX_NOTE_CHARS)]
Texts = Annotated[tuple[Text, ...], Field(min_length=1)]
Theme = OperationKind | Literal["plan_creation", "condition_added", "pain", "progress_adaptation"]
THEMES = (*OperationKind, "plan_creation", "condition_added", "pain", "progress_adaptation")


class Notes(Frozen):
    """`notes.yaml`, typed."""

    asking_share: Share
    remarks: Annotated[dict[PromptType, Texts], complete(PromptType)]
    asking: Annotated[dict[Theme, Texts], complete(THEMES)]
    words: dict[str, Text]
    injections: Texts
    red_flags: Texts


@functools.cache
def load_notes() -> Notes:
    """The texts as shipped; BadInput names the field that breaks them."""
    return shipped(Notes, "notes.yaml")


def plain_note(request: PlanRequest, words: float, kind: float) -> str:
    """A harmless note to a request: two numbers in [0, 1) choose its words and its kind."""
    notes = load_notes()
    if kind < 1 - notes.asking_share:
        return picked(notes.remarks[request.prompt_type], words)
    return " ".join(picked(texts, words) for texts in said_again(request))


def said_again(request: PlanRequest) -> Iterator[list[str]]:
    """Every way to say what a request asks for, one list a wish."""
    for theme, facts in _wishes(request):
        yield [_begun(text.format_map(facts)) for text in load_notes().asking[theme]]


def _wishes(request: PlanRequest) -> Iterator[tuple[Theme, dict[str, str]]]:
    if request.prompt_type is PromptType.PLAN_CREATION:
        yield "plan_creation", _habits(request.profile)
    for operation in request.operations:
        yield operation.kind, _change(operation)
    if request.condition_added is not None:
        name = load_conditions().conditions[request.condition_added].name.lower()
        yield "condition_added", {"condition": name}
    if request.pain is not None:
        region, level = _word(request.pain.region), str(request.pain.level)
        yield "pain", {"region": region, "level": level}
    if request.progress is not None:
        share, gap = request.progress.adherence_share, request.progress.gap_days
        facts = {"adherence": str(round(share * 100)), "since": _since(gap)}
        yield "progress_adaptation", facts


def _habits(person: Profile) -> dict[str, str]:
    return {
        "days": _list_of(person.weekdays),
        "minutes": str(person.session_minutes),
        "goal": _word(person.main_goal),
        "equipment": _list_of(person.equipment),
    }


def _change(operation: Operation) -> dict[str, str]:
    """The argument of an operation, in words."""
    if operation.exercise_id is not None:
        return {"exercise": load_catalogue().by_id(operation.exercise_id).name.lower()}
    if operation.move is not None:
        source, target = operation.move
        return {"day": _word(source), "to": _word(target)}
    if operation.weekdays is not None:
        return {"days": _list_of(operation.weekdays)}
    if operation.equipment is not None:
        return {"equipment": _list_of(operation.equipment)}
    if operation.goal is not None:
        return {"goal": _word(operation.goal)}
    return {} if operation.minutes is None else {"minutes": str(operation.minutes)}


def _since(gap_days: int) -> str:
    near = {0: "today", 1: "yesterday"}
    return near.get(gap_days, f"{gap_days} days ago")


def _word(code: str) -> str:
    return load_notes().words.get(code, code.replace("_", " "))


def _list_of(codes: Sequence[str]) -> str:
    """`Monday, Tuesday and Friday`."""
    *some, last = [_word(code) for code in codes] or ["no equipment"]
    return f"{', '.join(some)} and {last}" if some else last


def _begun(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
