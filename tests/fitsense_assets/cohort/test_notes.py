"""What people add in their own words says what the request says, and is as harmless."""

from collections import Counter
from collections.abc import Iterator
from string import Formatter

import pytest

from fitsense_assets.lib.cohort.config import make_config
from fitsense_assets.lib.cohort.notes import THEMES, load_notes, plain_note, said_again
from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.request import MAX_NOTE_CHARS, PlanRequest
from fitsense_training.domain.safety.triage.plan_note import template_of_note
from fitsense_training.domain.safety.validator import template_for
from fitsense_training.domain.vocabulary import BodyRegion, Equipment, Goal, PromptType, Weekday
from tests.builders import (
    a_cohort,
    a_creation,
    a_modification,
    a_new_condition,
    a_pain,
    a_profile,
    an_adaptation,
)

FEWEST = 5


def requests() -> Iterator[PlanRequest]:
    """Every theme with all that its words may hold, the longest lists among them."""
    for goal in Goal:
        yield a_creation(a_profile(goals=[goal]))
        yield a_modification("change_goal", goal=goal)
    for owned in ((), tuple(Equipment)):
        yield a_creation(a_profile(equipment=owned))
        yield a_modification("change_equipment", equipment=owned)
    yield a_modification("change_days", weekdays=tuple(Weekday)[:6])
    yield from (a_modification("change_minutes", minutes=m) for m in (15, 120))
    yield from (a_modification(kind) for kind in ("lighter", "harder"))
    for kind in ("swap", "remove"):
        yield from (a_modification(kind, exercise_id=e.id) for e in load_catalogue())
    yield from map(a_new_condition, make_config().asking.conditions_added)
    yield from (a_pain(region, level) for region in BodyRegion for level in range(11))
    yield from (an_adaptation(gap_days=days) for days in (0, 1, 30))


def test_every_wish_has_several_wordings():
    asking = load_notes().asking

    assert {theme: len(set(asking[theme])) >= FEWEST for theme in THEMES} == dict.fromkeys(
        THEMES, True
    )
    assert all(len(texts) >= FEWEST for texts in load_notes().remarks.values())


def test_no_wording_is_graver_or_longer_than_the_wish():
    grave: list[str] = []
    for request in requests():
        for text in (text for texts in said_again(request) for text in texts):
            noted = request.model_copy(update={"note": text})
            assert len(text) < MAX_NOTE_CHARS / 2
            assert "{" not in text
            if template_of_note(noted) is not None or template_for(noted) != template_for(request):
                grave.append(text)

    assert grave == []


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (a_modification("swap", exercise_id="goblet_squat"), {"goblet squat"}),
        (a_modification("change_days", weekdays=("mon", "sat")), {"monday and saturday"}),
        (a_modification("change_minutes", minutes=45), {"45"}),
        (a_modification("change_equipment", equipment=()), {"no equipment"}),
        (a_modification("change_goal", goal="mobility"), {"moving more freely"}),
        (a_pain("lower_back", 6), {"lower back", "6"}),
        (a_new_condition("hypertension"), {"high blood pressure"}),
    ],
)
def test_a_wording_says_what_is_asked_for(request_: PlanRequest, words: set[str]):
    for texts in said_again(request_):
        assert [text for text in texts if not all(word in text.lower() for word in words)] == []


def test_what_stands_in_braces_is_known_to_its_wish():
    names = {
        theme: {name for text in texts for _, name, *_ in Formatter().parse(text) if name}
        for theme, texts in load_notes().asking.items()
    }

    assert names["plan_creation"] == {"days", "minutes", "goal", "equipment"}
    assert names["progress_adaptation"] == {"since", "adherence"}
    assert all(names[theme] for theme in ("swap", "remove", "change_goal", "pain"))


def test_two_wishes_are_both_said():
    request = a_modification("change_minutes", minutes=45)
    second = a_modification("swap", exercise_id="goblet_squat").operations
    both = request.model_copy(update={"operations": (*request.operations, *second)})

    note = plain_note(both, words=0.5, kind=0.99)

    assert "45" in note
    assert "goblet squat" in note


def test_remarks_are_the_most_of_all_notes_and_every_type_is_worded():
    seen: Counter[tuple[PromptType, bool]] = Counter()
    for seed in (1, 2):
        for request in a_cohort(users=500, seed=seed).requests():
            if request.note:
                remarks = load_notes().remarks[request.prompt_type]
                is_remark = any(remark in request.note for remark in remarks)
                is_grave = request.note in load_notes().red_flags
                seen[request.prompt_type, is_remark or is_grave] += 1

    remarked = sum(count for (_, is_remark), count in seen.items() if is_remark)
    assert remarked / seen.total() == pytest.approx(1 - load_notes().asking_share, abs=0.06)
    assert all(seen[kind, False] > 20 for kind in PromptType)
