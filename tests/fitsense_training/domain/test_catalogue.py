"""The catalogue holds what plans need, and refuses entries that contradict themselves."""

import importlib.resources
import re
from collections import Counter
from itertools import chain

import pytest

from fitsense_training.domain.catalogue import (
    Catalogue,
    Exercise,
    catalogue_version,
    load_catalogue,
    parse_exercises,
)
from fitsense_training.domain.errors import RuleBookError, UnknownName
from fitsense_training.domain.vocabulary import (
    DoseKind,
    Equipment,
    ExerciseRole,
    ExperienceLevel,
    LoadKind,
    Muscle,
    Pattern,
    RiskTag,
)

CATALOGUE = load_catalogue()
CUES = ("Stand tall", "Breathe out")


def an_exercise(**changes: object) -> Exercise:
    fields: dict[str, object] = {
        "id": "chair_rise",
        "name": "Chair rise",
        "pattern": "squat",
        "role": "compound",
        "direct": ["quadriceps"],
        "cues": CUES,
    }
    return Exercise.model_validate(fields | changes)


def test_holds_enough_exercises_of_every_pattern():
    counts = Counter(exercise.pattern for exercise in CATALOGUE)

    assert len(CATALOGUE) >= 190
    assert {pattern: counts[pattern] for pattern in Pattern if counts[pattern] < 10} == {}


def test_every_kind_of_equipment_serves_five_exercises():
    counts = Counter(chain.from_iterable(chain(*e.equipment) for e in CATALOGUE))

    assert {tool: counts[tool] for tool in Equipment if counts[tool] < 5} == {}


def test_half_can_be_done_by_novices_and_every_level_is_served():
    counts = Counter(exercise.level for exercise in CATALOGUE)

    assert counts[ExperienceLevel.NOVICE] >= len(CATALOGUE) / 2
    assert min(counts[level] for level in ExperienceLevel) >= 20


def test_every_muscle_but_the_neck_has_direct_work():
    trained = {muscle for exercise in CATALOGUE for muscle in exercise.direct}

    # Nothing here is meant to strengthen the neck: unsupervised, it does more harm than good.
    assert set(Muscle) - trained == {Muscle.NECK}


def test_muscles_count_whole_or_half_sets():
    weights = {weight for exercise in CATALOGUE for weight in exercise.muscles.values()}

    assert weights == {1.0, 0.5}
    assert CATALOGUE.by_id("push_up").muscles == {
        Muscle.CHEST: 1.0,
        Muscle.TRICEPS: 1.0,
        Muscle.SHOULDERS: 0.5,
        Muscle.ABDOMINALS: 0.5,
    }


def test_cues_are_short_and_distinct():
    for exercise in CATALOGUE:
        assert 2 <= len(set(exercise.cues)) <= 3, exercise.id
        assert all(len(cue) <= 80 for cue in exercise.cues), exercise.id


def test_spoken_names_lead_to_one_exercise():
    spoken = [word for e in CATALOGUE for word in (e.name.lower(), *e.aliases)]

    assert len(spoken) == len(set(spoken))
    assert all(word == word.lower() for e in CATALOGUE for word in e.aliases)


def test_exercises_come_in_order_of_their_ids():
    ids = [exercise.id for exercise in CATALOGUE]

    assert ids == sorted(ids)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", exercise_id) for exercise_id in ids)


def test_nobody_needs_equipment_for_any_pattern():
    bare = CATALOGUE.doable_with(frozenset())

    assert {e.pattern for e in bare if e.level is ExperienceLevel.NOVICE} == set(Pattern)


def test_equipment_alternatives_are_each_enough():
    goblet = CATALOGUE.by_id("goblet_squat")
    bench_press = CATALOGUE.by_id("dumbbell_bench_press")

    assert goblet.is_doable_with(frozenset({Equipment.KETTLEBELL}))
    assert goblet.is_doable_with(frozenset({Equipment.DUMBBELLS, Equipment.BANDS}))
    assert not bench_press.is_doable_with(frozenset({Equipment.DUMBBELLS}))
    assert bench_press in CATALOGUE.doable_with(frozenset({Equipment.DUMBBELLS, Equipment.BENCH}))


def test_barbells_start_with_the_empty_bar():
    barbells = [
        e for e in CATALOGUE if e.is_loadable and all(Equipment.BARBELL in o for o in e.equipment)
    ]

    light_bars = {"barbell_curl"}
    assert {e.id for e in barbells if e.min_load_kg < 20} == light_bars
    assert {e.load_step_kg for e in barbells} == {2.5}


def test_body_weight_needs_no_number_and_bands_go_by_effort():
    assert CATALOGUE.by_id("push_up").load_kind_default is LoadKind.BODYWEIGHT
    assert CATALOGUE.by_id("band_row").load_kind_default is LoadKind.RPE
    assert CATALOGUE.by_id("brisk_walk").load_kind_default is LoadKind.RPE
    assert CATALOGUE.by_id("goblet_squat").load_kind_default is LoadKind.RPE


def test_conditioning_is_counted_in_seconds():
    kinds = {e.dose_kind for e in CATALOGUE if e.role is ExerciseRole.CONDITIONING}

    assert kinds == {DoseKind.SECONDS}


@pytest.mark.parametrize(
    ("exercise_id", "tags"),
    [
        ("barbell_back_squat", {RiskTag.AXIAL_LOAD, RiskTag.DEEP_KNEE_FLEXION, RiskTag.VALSALVA}),
        ("sit_up", {RiskTag.SPINAL_FLEXION_LOADED, RiskTag.SUPINE, RiskTag.ABDOMINAL_PRESSURE}),
        ("burpee", {RiskTag.HIGH_IMPACT, RiskTag.FALL_RISK}),
        ("barbell_upright_row", {RiskTag.SHOULDER_IR_ABD}),
        ("leg_extension", {RiskTag.HEAVY_OPEN_CHAIN_KNEE}),
        ("treadmill_run", {RiskTag.TREADMILL_FAST, RiskTag.HIGH_IMPACT}),
        ("pull_up", {RiskTag.OVERHEAD, RiskTag.HEIGHTS}),
        ("barbell_bench_press", {RiskTag.SUPINE, RiskTag.FREE_BAR_OVER_BODY}),
    ],
)
def test_known_risks_are_tagged(exercise_id: str, tags: set[RiskTag]):
    assert tags <= CATALOGUE.by_id(exercise_id).tags


def test_impact_cardio_is_tagged_and_other_cardio_is_not():
    high = CATALOGUE.of_pattern(Pattern.CARDIO_HIGH_IMPACT)
    low = CATALOGUE.of_pattern(Pattern.CARDIO_LOW_IMPACT)

    assert all(RiskTag.HIGH_IMPACT in exercise.tags for exercise in high)
    assert not any(RiskTag.HIGH_IMPACT in exercise.tags for exercise in low)


def test_lying_on_a_bench_or_floor_is_tagged():
    for exercise in CATALOGUE:
        cues = " ".join(exercise.cues)
        if re.search(r"\b[Ll]ie (on your back|back|with)\b", cues):
            assert RiskTag.SUPINE in exercise.tags, exercise.id


def test_kneeling_on_the_knees_is_tagged():
    for exercise in CATALOGUE:
        if any(cue.startswith("Kneel") for cue in exercise.cues):
            assert RiskTag.KNEELING in exercise.tags, exercise.id


def test_overhead_words_carry_the_overhead_tag():
    for exercise in CATALOGUE:
        if "overhead" in exercise.name.lower():
            assert RiskTag.OVERHEAD in exercise.tags, exercise.id


def test_unknown_id_suggests_what_was_meant():
    with pytest.raises(UnknownName, match="goblet_squat"):
        CATALOGUE.by_id("goblet_squats")

    assert "goblet_squat" in CATALOGUE
    assert "goblet_squats" not in CATALOGUE


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"indirect": ["quadriceps"]}, "twice"),
        ({"direct": []}, "needs a direct muscle"),
        ({"min_load_kg": 5}, "or neither"),
        ({"min_load_kg": 5, "load_step_kg": 5}, "needs equipment"),
    ],
)
def test_entries_that_contradict_themselves_are_refused(changes: dict[str, object], message: str):
    with pytest.raises(ValueError, match=message):
        an_exercise(**changes)


def test_slip_is_reported_with_file_entry_and_field():
    entry = {"name": "Chair rise", "role": "compound", "direct": ["quads"], "cues": CUES}

    with pytest.raises(RuleBookError, match=r"legs\.yaml: chair_rise\.direct\.0"):
        parse_exercises("legs.yaml", {"squat": {"exercises": {"chair_rise": entry}}})


@pytest.mark.parametrize(
    "document", [{"squats": {"exercises": {}}}, {"squat": {"moves": {}}}, {"squat": None}, None]
)
def test_file_of_another_shape_is_refused(document: object):
    with pytest.raises(RuleBookError, match=r"rules/exercises/legs\.yaml"):
        parse_exercises("legs.yaml", document)


def test_no_entry_is_hidden_by_a_later_one_of_the_same_id():
    # YAML keeps the last of two equal keys without a word, so the entries are counted by hand.
    folder = importlib.resources.files("fitsense_training.domain").joinpath("rules", "exercises")
    text = "".join(f.read_text("utf-8") for f in folder.iterdir() if f.name.endswith(".yaml"))

    assert len(re.findall(r"^    [a-z]\w*:$", text, re.MULTILINE)) == len(CATALOGUE)


def test_two_exercises_cannot_share_a_spoken_name():
    first = an_exercise(aliases=["sit to stand"])
    second = an_exercise(id="stool_rise", name="Sit to stand")

    with pytest.raises(RuleBookError, match="both answer to 'sit to stand'"):
        Catalogue((first, second))


def test_version_is_short_and_stable():
    assert re.fullmatch(r"[0-9a-f]{10}", catalogue_version())
    assert catalogue_version.__wrapped__() == catalogue_version()
