"""The fixed evaluation: the same prompts for whoever makes them, and none of them in a release."""

from collections import Counter
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.prompt_set import build, store
from fitsense_assets.lib.prompt_set.build import Candidate, choose, noted, refuse_unfit_notes
from fitsense_assets.lib.prompt_set.recipe import Kind, PromptSetRecipe, default_recipe
from fitsense_assets.lib.release.filters import filter_rows
from fitsense_assets.lib.release.fixed import fixed_prompts
from fitsense_assets.lib.release.leakage import contaminated, read_chats
from fitsense_assets.lib.release.recipe import default_recipe as release_recipe
from fitsense_assets.lib.release.spec import add_release, ready_cohorts
from fitsense_assets.lib.release.splits import read_split, write_splits
from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.text.prompt import render_prompt
from fitsense_training.scoring import SLICES
from tests.builders import a_creation, a_profile
from tests.fitsense_assets.release.builders import (
    a_fixed,
    a_frame,
    a_lake,
    a_pinned_lake,
    a_row,
    pin,
)

SMALL = default_recipe().model_copy(
    update={"users": 60, "count": 80, "value_minimum": 8, "condition_minimum": 4}
)


def a_candidate(number: int, sex: str = "female", kind: Kind = Kind.PLAIN) -> Candidate:
    slices = {**dict.fromkeys(SLICES, "any"), "sex": sex}
    name = f"exam1-u{number}"
    return Candidate(f"{name}-q1", name, slices, a_creation(a_profile(age=18 + number % 60)), kind)


def prompts_of(*rows: dict[str, str]) -> list[dict[str, str]]:
    """Rows of a stored set with these prompts."""
    made = [a_candidate(place).row("exam1") for place in range(len(rows))]
    return [{**one, **row} for one, row in zip(made, rows, strict=True)]


def a_stored_set(lake: Lake, monkeypatch: pytest.MonkeyPatch, *rows: dict[str, str]) -> None:
    monkeypatch.setattr(store, "prompt_rows", lambda _: prompts_of(*rows))
    store.ensure_prompts(lake)


def test_rare_values_get_their_minimum_and_the_rest_follows_the_draw() -> None:
    recipe = SMALL.model_copy(update={"count": 40, "value_minimum": 12})
    many = [a_candidate(n, "male" if n in (50, 51, 52) else "female") for n in range(60)]

    chosen = choose(many, recipe)

    assert len(chosen) == 10
    assert Counter(each.slices["sex"] for each in chosen)["male"] == 3
    assert choose(list(reversed(many)), recipe) == chosen


def test_a_prompt_stands_once_and_handoffs_are_few() -> None:
    recipe = SMALL.model_copy(update={"count": 400, "handoff_share_max": 0.05})
    twins = [a_candidate(1), replace(a_candidate(1), query_id="exam1-u9-q1")]
    handed = [a_candidate(n, kind=Kind.HANDOFF) for n in range(2, 40)]

    chosen = choose([*twins, *handed], recipe)

    assert Counter(each.kind for each in chosen) == {Kind.PLAIN: 1, Kind.HANDOFF: 5}


def test_notes_are_given_to_fixed_shares_and_never_to_handoffs() -> None:
    chosen = [a_candidate(n, kind=Kind.HANDOFF if n < 5 else Kind.PLAIN) for n in range(50)]

    made = noted(chosen, SMALL)

    counts = Counter(each.kind for each in made)
    assert counts[Kind.INJECTION] == round(50 * SMALL.shares[Kind.INJECTION])
    assert all(bool(each.request.note) == (each.kind in SMALL.notes) for each in made)
    assert made == noted(chosen, SMALL)


def test_a_note_that_is_not_what_its_kind_says_is_refused() -> None:
    refuse_unfit_notes(default_recipe())
    notes = {**SMALL.notes, Kind.RED_FLAG: ("I bought new shoes.",)}

    with pytest.raises(BadInput, match=r"new shoes\.' is no red_flag to the triage"):
        refuse_unfit_notes(SMALL.model_copy(update={"notes": notes}))


def test_no_note_of_the_evaluation_is_one_that_people_of_a_cohort_write() -> None:
    from fitsense_assets.lib.cohort.notes import load_notes

    own = load_notes()
    learned = {*own.injections, *own.red_flags, *chain(*own.remarks.values(), *own.asking.values())}

    assert not learned & {note for notes in default_recipe().notes.values() for note in notes}


def test_the_set_is_made_once_and_is_then_only_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = Lake(str(tmp_path))
    a_stored_set(lake, monkeypatch, {"kind": "injection"}, {})
    first = store.read_prompt_set(lake)

    monkeypatch.setattr(store, "prompt_rows", lambda _: pytest.fail("made again"))
    again = store.read_prompt_set(lake)

    assert again == first
    assert [case.kind for case in first.cases] == ["injection", "plain"]
    assert first.sha == store.version_of(lake)


def test_a_release_may_not_hold_the_cohort_of_the_evaluation(tmp_path: Path) -> None:
    lake = a_lake(tmp_path)

    with pytest.raises(BadInput, match="exam1 is the fixed evaluation's own"):
        add_release(lake, "r0001", ["c0001", "exam1"], "a test")
    assert ready_cohorts(lake) == ["c0001"]


def test_rows_that_repeat_a_prompt_of_the_evaluation_leave_every_split() -> None:
    rows = a_frame([a_row(1), a_row(2), a_row(3, "test"), a_row(4, "val")])
    evaluation = a_fixed(a_row(1)["prompt"], a_row(3)["prompt"])

    filtered = filter_rows(rows, release_recipe(), evaluation)

    assert filtered.rows["query_id"].to_list() == ["c0001-u000004-q1", "c0001-u000002-q1"]
    assert set(filtered.removed["kept_by"]) == {"fixed-000000", "fixed-000001"}
    assert sum(step.across for step in filtered.steps) == 2
    assert filtered.count_in == {"train": 2, "val": 1, "test": 1}


def test_a_row_of_train_that_tells_too_much_of_an_evaluation_prompt_goes() -> None:
    rows = a_frame([a_row(1), a_row(2)])
    told = a_row(1)["prompt"].replace("ask lighter", "ask harder")
    evaluation = a_fixed(told)

    filtered = filter_rows(rows, release_recipe(), evaluation)

    assert filtered.rows["query_id"].to_list() == ["c0001-u000002-q1"]
    assert filtered.removed["filter"].to_list() == ["held_out_overlap"]


def told(lake: Lake, key: str) -> int:
    """How many rows of train tell a held-out prompt."""
    found = contaminated(read_chats(lake, key), release_recipe(), fixed_prompts(lake))
    return len(found.cases)


def test_splits_keep_the_evaluation_out_and_say_which(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = a_pinned_lake(tmp_path)
    write_splits(lake, "r0001")
    prompt = read_split(lake, "r0001", "train")["messages"][0][0]["content"]
    assert told(lake, "r0001") == 0

    a_stored_set(lake, monkeypatch, {"prompt": prompt})
    assert told(lake, "r0001") == 1
    pin(lake, "r0002", "c0001")
    write_splits(lake, "r0002")

    assert told(lake, "r0002") == 0
    facts = lake.manifest("sft_splits", "r0002").facts
    assert facts["evaluation_prompts"] == store.version_of(lake)


@pytest.mark.slow
def test_whoever_makes_the_set_gets_the_same_prompts() -> None:
    first, second = (build.prompt_rows(SMALL) for _ in range(2))

    assert first == second
    assert len({row["prompt"] for row in first}) == len(first) == SMALL.count
    assert Counter(row["prompt_type"] for row in first).keys() == {
        "plan_creation",
        "plan_modification",
        "safety_adjustment",
        "progress_adaptation",
    }
    assert {row["kind"] for row in first} >= {"plain", "injection", "red_flag", "refusal"}
    assert {row["cohort"] for row in first} == {SMALL.cohort}


def test_a_recipe_of_other_rules_or_formats_has_a_key_of_its_own() -> None:
    recipe = default_recipe()

    assert recipe.count >= 1000
    assert len(recipe.notes[Kind.INJECTION]) >= 50
    assert recipe.key.startswith(f"v{recipe.version}.r")
    assert isinstance(recipe, PromptSetRecipe)
    assert recipe.model_copy(update={"version": recipe.version + 1}).key != recipe.key


def test_a_stored_case_renders_the_prompt_it_was_stored_with() -> None:
    candidate = a_candidate(7)

    assert candidate.row("exam1")["prompt"] == render_prompt(candidate.request)
