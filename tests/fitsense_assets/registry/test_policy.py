"""A worse challenger stays out, a better one comes in, a thin one is told so."""

import json
from pathlib import Path

import polars as pl
import pytest

from fitsense_assets.lib.registry.dossier import Dossier
from fitsense_assets.lib.registry.policy import Outcome, Standing, judge, load_policy
from fitsense_training.domain.errors import BadInput
from fitsense_training.scoring import SLICES

POLICY = load_policy()
GOOD = {"is_schema_valid": 0, "is_block_free": 0, "is_clean": 0, "is_task_success": 0}


def scores(
    n: int,
    *,
    free_wrong: int = 0,
    guarded_wrong: int = 0,
    model_wrong: int = 0,
    women_wrong: int = 0,
    people_of: int = 1,
) -> pl.DataFrame:
    """n cases; the first `*_wrong` fail on rules and task, women (every second) likewise.

    Every person asks `people_of` times.
    """
    rows = []
    for index in range(n):
        sex = "female" if index % 2 else "male"
        slices = {**dict.fromkeys(SLICES, "any"), "sex": sex}
        wrongs = {"free": free_wrong, "constrained": model_wrong, "guarded": guarded_wrong}
        for system, wrong in wrongs.items():
            is_good = index >= wrong
            if system == "free" and sex == "female" and index < 2 * women_wrong:
                is_good = False
            rows.append(
                {
                    "query_id": f"q{index:04d}",
                    "user_id": f"u{index // people_of}",
                    **slices,
                    "system": system,
                    "is_schema_valid": True,
                    "is_block_free": is_good or system == "guarded",
                    "is_clean": is_good,
                    "is_task_success": is_good,
                }
            )
    return pl.DataFrame(rows)


def test_the_first_student_that_passes_the_gates_is_promoted() -> None:
    verdict = judge(POLICY, scores(300, free_wrong=60), None)

    assert verdict.outcome is Outcome.PROMOTE
    assert all(gate.is_passed for gate in verdict.gates)


def test_a_failed_gate_keeps_even_the_first_out_and_says_why() -> None:
    verdict = judge(POLICY, scores(300, guarded_wrong=30), None)

    assert verdict.outcome is Outcome.KEEP
    assert verdict.reasons[0].startswith("gate: guarded is_clean is 90.0% of 300, below 95%")
    assert verdict.failed_gates == verdict.reasons


def test_a_student_for_whom_the_coach_does_the_tasks_is_kept_out() -> None:
    verdict = judge(POLICY, scores(300, model_wrong=90), None)

    assert verdict.outcome is Outcome.KEEP
    assert verdict.failed_gates == (
        "gate: constrained is_task_success is 70.0% of 300, below 80% "
        "(the model itself does what was asked)",
    )


def test_a_better_challenger_is_promoted() -> None:
    verdict = judge(POLICY, scores(400, free_wrong=40), scores(400, free_wrong=100))

    assert verdict.outcome is Outcome.PROMOTE
    assert {pair.standing for pair in verdict.pairs} == {Standing.NOT_WORSE}


def test_an_equal_challenger_is_no_worse() -> None:
    same = scores(400, free_wrong=60, guarded_wrong=8)

    assert judge(POLICY, same, same).outcome is Outcome.PROMOTE


def test_a_worse_challenger_is_kept_out() -> None:
    verdict = judge(POLICY, scores(400, free_wrong=120), scores(400, free_wrong=60))

    assert verdict.outcome is Outcome.KEEP
    assert any("worse: free is_block_free in all" in reason for reason in verdict.reasons)


def test_a_challenger_worse_in_one_slice_alone_is_kept_out() -> None:
    challenger = scores(600, women_wrong=40)

    verdict = judge(POLICY, challenger, scores(600))

    worse = {pair.slice_name for pair in verdict.pairs if pair.standing is Standing.WORSE}
    assert verdict.outcome is Outcome.KEEP
    assert "sex=female" in worse
    assert "sex=male" not in worse


def test_too_few_cases_decide_nothing() -> None:
    verdict = judge(POLICY, scores(40), scores(40, free_wrong=30))

    assert verdict.outcome is Outcome.INSUFFICIENT
    assert verdict.reasons == ("40 cases are too few: the policy asks for 200",)
    assert judge(POLICY, scores(40), None).outcome is Outcome.INSUFFICIENT


def test_only_cases_both_answered_count() -> None:
    challenger = scores(400)
    champion = scores(500).filter(pl.col("query_id") >= "q0350")

    verdict = judge(POLICY, challenger, champion)

    assert verdict.n == 50
    assert verdict.outcome is Outcome.INSUFFICIENT


def test_intervals_too_wide_to_say_decide_nothing() -> None:
    # As many gained as lost, so no loss is proven, but too much moves to rule one out.
    challenger, champion = scores(210, free_wrong=50), scores(210, free_wrong=50)
    champion = champion.with_columns(
        is_block_free=pl.when(pl.col("system") == "free")
        .then(pl.col("query_id") < "q0160")
        .otherwise(pl.col("is_block_free"))
    )

    verdict = judge(POLICY, challenger, champion)

    assert verdict.outcome is Outcome.INSUFFICIENT
    assert verdict.reasons[0].startswith("unsure: free is_block_free in all")


def test_few_people_who_ask_often_are_no_proof_of_equality() -> None:
    # Sixty cases each way look even; they are two people, and other two might have tipped it.
    challenger = scores(400, free_wrong=60, people_of=60)
    champion = challenger.with_columns(
        is_task_success=pl.when(pl.col("system") == "free")
        .then(~pl.col("query_id").is_between(pl.lit("q0060"), pl.lit("q0119")))
        .otherwise(pl.col("is_task_success"))
    )

    verdict = judge(POLICY, challenger, champion)

    pair = next(
        p
        for p in verdict.pairs
        if (p.measure, p.slice_name) == ("is_task_success", "all") and p.system == "free"
    )
    assert pair.difference.difference == 0.0
    assert pair.people.low < pair.difference.low < 0
    assert verdict.outcome is Outcome.INSUFFICIENT


def test_small_slices_are_shown_but_not_judged() -> None:
    verdict = judge(POLICY, scores(210).head(615), scores(210))

    small = judge(POLICY, scores(198, free_wrong=10), scores(198))
    assert {p.standing for p in verdict.pairs if p.slice_name == "sex=male"} == {Standing.NOT_WORSE}
    assert {p.standing for p in small.pairs if p.slice_name == "sex=male"} == {Standing.NOT_JUDGED}


def test_the_dossier_holds_the_decision_and_its_numbers() -> None:
    verdict = judge(POLICY, scores(400, free_wrong=120), scores(400, free_wrong=60))
    dossier = Dossier("r0002", "2", "1", POLICY, verdict)

    written = json.loads(dossier.to_json())

    assert written["outcome"] == "keep"
    assert written["count_cases"] == 400
    assert written["pairs"][0]["difference"]["n"] == 400
    assert "Version 2 against version 1" in dossier.to_html()
    assert dossier.to_json() == Dossier("r0002", "2", "1", POLICY, verdict).to_json()


def test_a_policy_that_contradicts_its_form_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text("version: 1\nminimum_n: -3\n")

    with pytest.raises(BadInput, match="minimum_n"):
        load_policy(path)
