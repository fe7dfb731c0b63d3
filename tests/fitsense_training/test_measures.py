"""Agreement, diversity, consistency, pairs and speed: each says what its name says."""

from collections.abc import Sequence

import numpy as np
import pytest

from fitsense_training.agreement import agreement
from fitsense_training.bootstrap import bootstrap_mean
from fitsense_training.consistency import ConsistencyConfig, consistency, flat_consistency
from fitsense_training.diversity import Written, diversity
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.plan.answer import Handoff
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.text.wire import write_answer
from fitsense_training.domain.vocabulary import TemplateId
from fitsense_training.evaluate import evaluate
from fitsense_training.sampling import Perturb, gumbel
from fitsense_training.scorecard import scorecard
from fitsense_training.slice_pairs import pair_rows
from fitsense_training.speed import figures_of, percentile
from tests.builders import a_creation, a_plan, a_profile, edit
from tests.fitsense_training.test_evaluation_journal import Counting, a_case

DOSE = "3x8-12 r2 90s rpe8"
SQUATS = {"mon": [f"goblet_squat {DOSE}", f"push_up {DOSE}"]}


class Wavering:
    """Writes the coach's plan, or nonsense when the dice say so."""

    def __init__(self, share_of_nonsense: float) -> None:
        self.share = share_of_nonsense

    def sample(self, request: PlanRequest, perturb: Perturb, *, is_free: bool = False) -> str:
        noise = float(perturb(np.zeros(1, dtype=np.float32))[0])
        quantile = np.exp(-np.exp(-noise))
        return "?" if quantile < self.share else write_answer(coach(request))


class Typist:
    """Writes four tokens a plan and remembers the sizes of its batches."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def replies(self, requests: Sequence[PlanRequest]) -> list[str]:
        self.sizes.append(len(requests))
        return ["a b c d"] * len(requests)

    def count_tokens(self, request: PlanRequest, reply: str) -> int:
        return len(reply.split())


def test_equal_plans_agree_in_everything() -> None:
    plan = a_plan(SQUATS)

    found = agreement(plan, plan)

    assert (found.exercise_overlap, found.set_overlap, found.sets_ratio) == (1.0, 1.0, 1.0)
    assert found.is_same_days is True


def test_other_exercises_and_fewer_sets_are_told_apart() -> None:
    theirs = a_plan(SQUATS)
    other = a_plan({"tue": [f"goblet_squat {DOSE}", f"floor_press {DOSE}"]})
    fewer = edit(theirs, lambda item: item.model_copy(update={"sets": 1}))

    assert agreement(other, theirs).exercise_overlap == pytest.approx(1 / 3)
    assert agreement(other, theirs).is_same_days is False
    assert agreement(fewer, theirs).exercise_overlap == 1.0
    assert (agreement(fewer, theirs).sets_ratio or 1) < 1


def test_a_plan_where_a_fixed_text_stands_is_another_kind() -> None:
    clinician = Handoff(template=TemplateId.SEE_CLINICIAN)

    assert not agreement(a_plan(SQUATS), clinician).is_same_kind
    assert agreement(clinician, clinician).is_same_kind
    assert not agreement(clinician, Handoff(template=TemplateId.EMERGENCY)).is_same_kind


def test_one_plan_for_everybody_is_not_diverse() -> None:
    same = [Written(a_plan(SQUATS), ("strength",)) for _ in range(5)]
    varied = [
        Written(a_plan({"mon": [f"{name} {DOSE}"]}), ("strength",))
        for name in ("push_up", "goblet_squat")
    ]

    assert diversity(same)["distinct_share"] == 0.2
    assert diversity(same)["similar_overlap"] == 1.0
    assert diversity(varied)["similar_overlap"] == 0.0
    assert diversity(varied)["exercises_used"] == 2
    assert diversity([])["n"] == 0


def test_a_wavering_student_is_found_out_and_the_guard_holds_it() -> None:
    cases = [a_case(age) for age in range(20, 32)]
    config = ConsistencyConfig(count=12, samples=4)

    sure = consistency(Wavering(0.0), cases, config)["systems"]
    wavering = consistency(Wavering(0.5), cases, config)["systems"]

    assert sure["free"]["one_text_share"]["mean"] == 1.0
    assert 0.2 < wavering["free"]["clean_share"]["mean"] < 0.8
    assert wavering["free"]["one_verdict_share"]["mean"] < 0.6
    assert wavering["guarded"]["clean_share"]["mean"] == 1.0
    assert consistency(Wavering(0.5), cases, config)["systems"] == wavering
    flat = dict(flat_consistency({"systems": sure}))
    assert flat["guarded.consistency.exercise_overlap"] == 1.0


def test_samples_follow_the_softmax_and_the_seed() -> None:
    logits = np.log(np.array([0.7, 0.3], dtype=np.float32))

    drawn = [int(np.argmax(gumbel(1.0, seed)(logits))) for seed in range(2000)]

    assert 0.27 < sum(drawn) / 2000 < 0.33
    assert np.array_equal(gumbel(0.5, 7)(logits), gumbel(0.5, 7)(logits))
    with pytest.raises(BadInput, match="above 0"):
        gumbel(0.0, 1)


def test_people_are_drawn_again_not_their_rows() -> None:
    values = [0.0, 1.0] * 20
    by_row = bootstrap_mean(values)
    by_person = bootstrap_mean(sorted(values), [f"u{n // 20}" for n in range(40)])

    assert by_row.low > 0.25
    assert (by_person.low, by_person.high) == (0.0, 1.0)
    assert bootstrap_mean([]).high == 1.0
    with pytest.raises(BadInput, match="one owner for each"):
        bootstrap_mean([1.0], ["a", "b"])


def test_pairs_of_slices_count_each_case_once() -> None:
    scored = evaluate(Counting(), [a_case(30), a_case(40)]).scored

    rows = list(pair_rows(scored))

    assert len({(row["slice"], row["second_slice"]) for row in rows}) == 21
    whole = [row for row in rows if row["system"] == "guarded" and row["measure"] == "all_pass"]
    assert {(row["n"], row["share"]) for row in whole} == {(2, 1.0)}


def test_the_card_holds_kinds_agreement_and_diversity_of_every_system() -> None:
    card = scorecard(evaluate(Counting(), [a_case(30), a_case(40)]).scored)

    assert card["kinds"]["chatter"]["guarded"]["all_pass"]["n"] == 2
    assert card["agreement"]["free"]["exercise_overlap"]["mean"] == 1.0
    assert card["diversity"]["teacher"]["n"] == card["diversity"]["guarded"]["n"] == 2
    assert card["exact"]["guarded"]["block_free"]["low"] < 1.0
    assert card["safety_deltas"]["guarded"]["slices"]["sex"] == {}


def test_speed_is_measured_one_by_one_and_in_eights() -> None:
    typist, requests = Typist(), [a_creation(a_profile(age=20 + n)) for n in range(16)]

    figures = figures_of(typist, requests)

    assert typist.sizes == [1, *[1] * 16, 8, 8]
    assert figures["batch_8.tokens_per_s"] > 0
    assert figures["batch_1.latency_ms_p50"] <= figures["batch_1.latency_ms_p95"]
    assert percentile([3.0, 1.0, 2.0], 50) == 2.0
    assert figures_of(typist, []) == {}
