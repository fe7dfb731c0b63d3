"""`fitsense teacher` tells what asking costs and what was paid, and puts refused replies aside."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fitsense_assets.cli.commands.teacher import teacher_app
from fitsense_assets.lib.cohort.config import make_config
from fitsense_assets.lib.cohort.spec import add_cohort
from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.teacher.batch_state import OpenBatches
from fitsense_assets.lib.teacher.choose import endpoint_of, journal_of
from fitsense_assets.lib.teacher.estimate import MEAN_FROM, estimate, forget_rejected
from fitsense_assets.lib.teacher.online_teacher import OnlineTeacher
from fitsense_assets.lib.teacher.prices import prices_version
from fitsense_assets.lib.teacher.report import response_table
from fitsense_assets.lib.teacher.responses import questions_of
from fitsense_assets.lib.teacher.stages import RUN_FACTS, write_responses, write_reviews
from fitsense_assets.lib.teacher.tab import Tab
from fitsense_assets.lib.teacher.teacher import CacheState, Question, Reply
from fitsense_training.domain.errors import BadInput, UnknownName
from fitsense_training.settings import Settings, load_settings
from tests.builders import a_cohort
from tests.fakes import FakeModel, FakeTime

QUERIES = 6


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("FITSENSE_HOME", str(tmp_path))
    monkeypatch.setenv("FITSENSE_TEACHER", "litellm/openai/gpt-4o-mini")
    found = load_settings()
    add_cohort(Lake(found.lake_root), "c0001", make_config(users=300, seed=1, lookback_days=90))
    with Lake(found.lake_root).write("queries", "c0001") as draft:
        draft.write_frame("part-00000.parquet", a_cohort(users=300).queries.head(4))
        draft.write_frame("part-00001.parquet", a_cohort(users=300).queries.slice(4, 2))
    return found


def a_run(settings: Settings, model: FakeModel) -> str:
    """One run of the stage with a fake model; the version of what it wrote."""
    journal = journal_of(settings)
    teacher = OnlineTeacher(endpoint_of(settings), journal, model.gateway, FakeTime().clock)
    manifest = write_responses(Lake(settings.lake_root), "c0001", teacher)
    journal.close()
    return manifest.version


def told(*arguments: str) -> str:
    result = CliRunner().invoke(teacher_app, list(arguments))
    if result.exception:
        raise result.exception
    return result.output


def lines(text: str) -> dict[str, str]:
    """What was told, by name."""
    return {line[:20].strip(): line[20:] for line in text.splitlines() if line.startswith("  ")}


def test_the_estimate_counts_what_is_paid_for(settings: Settings):
    before = lines(told("estimate", "c0001"))
    a_run(settings, FakeModel(["no plan"] * 3 * QUERIES))
    after = lines(told("estimate", "c0001"))

    assert (before["questions"], before["already paid"], before["to ask"]) == ("6", "0", "6")
    assert before["likely cost"].startswith("$0.0")
    assert before["likely cost"].endswith("400 a reply (a guess)")
    assert (after["already paid"], after["to ask"]) == ("6", "0")
    assert after["likely cost"].startswith("$0.00 ")


def test_the_estimate_learns_from_paid_replies(settings: Settings):
    journal = journal_of(settings)
    for number in range(MEAN_FROM):
        journal.keep(f"key {number}", Reply("q", "m", "text", completion_tokens=77))
    journal.close()

    assert "77 a reply (as 20 paid ones have)" in told("estimate", "c0001")


def test_batches_are_estimated_at_half_the_price(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    single = lines(told("estimate", "c0001"))["price"]
    monkeypatch.setenv("FITSENSE_TEACHER", "litellm-batch/openai/gpt-4o-mini")
    batch = lines(told("estimate", "c0001"))["price"]

    assert single.startswith("$0.1500 a million tokens asked, $0.6000 answered")
    assert batch.startswith("$0.0750 a million tokens asked, $0.3000 answered")


def test_the_estimate_of_a_model_without_a_price_makes_none_up(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FITSENSE_TEACHER", "litellm/hosted_vllm/own")

    found = lines(told("estimate", "c0001"))

    assert found["cost"].startswith("no price is known: set FITSENSE_TEACHER_USD")
    assert "likely cost" not in found


def test_the_estimate_says_whether_the_budget_allows_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FITSENSE_TEACHER_BUDGET_USD", "0.0001")
    short = lines(told("estimate", "c0001"))["budget left"]
    monkeypatch.setenv("FITSENSE_TEACHER_BUDGET_USD", "5")

    assert short == "$0.0001 of $0.0001, NOT enough: raise it or ask fewer"
    assert lines(told("estimate", "c0001"))["budget left"] == "$5.00 of $5.00, enough"


def test_the_status_tells_what_was_spent_and_what_has_no_answer(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    assert lines(told("status"))["paid replies"] == "none"

    a_run(settings, FakeModel(["no plan"] * 3 * QUERIES))
    journal = journal_of(settings)
    batch = OpenBatches(journal, endpoint_of(settings)).plan({"key": Decimal("0.25")})
    asyncio.run(Tab(journal).open("another key", Decimal("0.5")))
    journal.close()
    monkeypatch.setenv("FITSENSE_TEACHER_BUDGET_USD", "1")
    found = told("status")

    # 900 tokens asked and 70 answered, 18 times.
    assert (lines(found)["paid replies"], lines(found)["spent"]) == ("18", "$0.0032")
    assert lines(found)["set aside"] == "$0.7500"
    assert "1 attempts in the air or broken off" in found
    assert lines(found)["open batch"] == f"{batch.name} (not known to be created yet), 1 rows"
    assert lines(found)["budget left"] == "$0.2468 of $1.00"


def test_settling_frees_the_budget_of_what_was_not_charged(settings: Settings):
    journal = journal_of(settings)
    asyncio.run(Tab(journal).open("key", Decimal("0.5")))
    journal.close()

    said = told("settle", "--cost", "0.12")

    assert said == "1 attempts settled: $0.5000 set aside, $0.1200 paid\n"
    assert lines(told("status"))["spent"] == "$0.1200"
    for wrong in ("a lot", "-1", "NaN"):
        with pytest.raises(BadInput, match="is no amount of dollars"):
            told("settle", "--cost", wrong)


def test_a_second_run_pays_nothing_and_writes_the_same_bytes(settings: Settings):
    first = a_run(settings, FakeModel(["no plan"] * 3 * QUERIES))
    facts = Lake(settings.lake_root).read_text("teacher_responses", "c0001", RUN_FACTS)
    again = a_run(settings, FakeModel([]))
    facts_again = Lake(settings.lake_root).read_text("teacher_responses", "c0001", RUN_FACTS)

    assert first == again
    assert facts.count('"miss"') == facts_again.count('"hit"') == QUERIES


def test_what_was_refused_is_put_aside_and_still_counts_as_spent(settings: Settings):
    a_run(settings, FakeModel(["no plan"] * 3 * QUERIES))
    journal, endpoint = journal_of(settings), endpoint_of(settings)
    questions = list(questions_of([a_cohort(users=300).queries.head(QUERIES)]))
    spent = journal.spent

    count = forget_rejected(endpoint, journal, questions, {questions[0].query_id})
    left = estimate(endpoint, journal, questions)
    spent_after = journal.spent
    journal.close()

    assert (count, left.count_paid) == (1, QUERIES - 1)
    assert spent == spent_after > Decimal(0)


def test_nothing_is_put_aside_when_the_budget_cannot_pay_for_asking_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    a_run(settings, FakeModel(["no plan"] * 3 * QUERIES))
    write_reviews(Lake(settings.lake_root), "c0001")
    monkeypatch.setenv("FITSENSE_TEACHER_BUDGET_USD", "0.001")

    with pytest.raises(BadInput, match=r"of \$0.0010 is spent: raise FITSENSE_TEACHER_BUDGET_USD"):
        told("retry", "c0001", "--rejected")
    assert lines(told("status"))["paid replies"] == "18"
    assert lines(told("status"))["budget left"] == "-$0.0022 of $0.0010"


def test_a_cohort_that_is_not_there_is_named_with_those_that_are(settings: Settings):
    for command in ("estimate", "retry"):
        with pytest.raises(BadInput, match=r"no cohort c0009 \(there are: c0001\): `fit"):
            told(command, "c0009")


def test_the_manifest_names_the_price_and_where_it_is_from(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    lake = Lake(settings.lake_root)
    a_run(settings, FakeModel(["no plan"] * 3 * QUERIES))
    listed = lake.manifest("teacher_responses", "c0001").facts["price"]
    monkeypatch.setenv("FITSENSE_TEACHER_USD_PER_MILLION_ASKED", "2")
    a_run(load_settings(), FakeModel([]))

    assert listed == (
        f"$0.1500 a million tokens asked, $0.6000 answered (table {prices_version()[:12]})"
    )
    told_price = lake.manifest("teacher_responses", "c0001").facts["price"]
    assert told_price == "$2.00 a million tokens asked, $0.00 answered (as set)"


def test_the_reference_costs_nothing_and_is_not_asked_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FITSENSE_TEACHER", "reference")

    assert "6 questions to the reference teacher, $0" in told("estimate", "c0001")
    with pytest.raises(BadInput, match="set FITSENSE_TEACHER"):
        told("retry", "c0001")


def test_the_bar_tells_what_is_in_flight_and_what_the_run_has_paid(
    settings: Settings, capsys: pytest.CaptureFixture[str]
):
    a_run(settings, FakeModel(["no plan"] * 3 * QUERIES))
    told_at_end = capsys.readouterr().err.splitlines()[-1]
    a_run(settings, FakeModel([]))

    # 900 tokens asked and 70 answered, 18 times, in two parts.
    assert "6/6" in told_at_end
    assert "query/s, 0 in flight, $0.0032 paid]" in told_at_end
    assert "0 in flight, $0.0000 paid]" in capsys.readouterr().err.splitlines()[-1]


class ToldTeacher:
    """A teacher whose replies are told beforehand."""

    name = "told"

    def __init__(self, *replies: Reply) -> None:
        self._replies = list(replies)

    def reply(self, question: Question) -> Reply:
        return replace(self._replies.pop(0), query_id=question.query_id)


def test_the_table_of_replies_has_latency_tokens_retries_and_cost_by_model(settings: Settings):
    lake = Lake(settings.lake_root)
    paid = Reply(
        "", "m-1", "text", cache_state=CacheState.MISS, prompt_tokens=900, completion_tokens=70,
        cost_usd=0.25,
    )  # fmt: skip
    replies = [
        replace(paid, latency_ms=100.4),
        replace(paid, latency_ms=200.0, attempts=3),
        replace(paid, latency_ms=300.0, attempts=3, count_turns=2),
        replace(paid, latency_ms=1234.0),
        Reply("", "m-1", "", cache_state=CacheState.MISS, attempts=4, latency_ms=9e9, error="503"),
        replace(paid, served_model="m-2", latency_ms=50.0),
    ]

    write_responses(lake, "c0001", ToldTeacher(*replies))
    head, _, *rows = response_table(lake, "c0001").splitlines()

    assert head == (
        "| model | cache | replies | errors | corrections | retries | p50 ms | p90 ms | p99 ms | "
        "tokens asked | answered | cost |"
    )
    assert rows == [
        "| m-1 | miss | 5 | 1 | 1 | 6 | 300 | 1234 | 1234 | 3600 | 280 | $1.0 |",
        "| m-2 | miss | 1 | 0 | 0 | 0 | 50 | 50 | 50 | 900 | 70 | $0.25 |",
    ]


def test_the_table_of_replies_tells_what_the_last_run_saw(settings: Settings):
    lake = Lake(settings.lake_root)
    a_run(settings, FakeModel(["no plan"] * 3 * QUERIES))
    paid = response_table(lake, "c0001")
    a_run(settings, FakeModel([]))

    assert "| served-model-7b | miss | 6 |" in paid
    assert "| served-model-7b | hit | 6 |" in response_table(lake, "c0001")


def test_an_exchange_is_shown_turn_by_turn_with_its_verdict(settings: Settings):
    unreadable = FakeModel(["no plan at all"] * 3 * QUERIES)
    a_run(settings, unreadable)
    write_reviews(Lake(settings.lake_root), "c0001")
    query_id = a_cohort(users=300).queries["query_id"][0]

    shown = told("show", query_id)

    assert shown.count("--- assistant\nno plan at all") == 3  # asked, and corrected twice
    assert shown.count("Your reply cannot be read") == 2
    assert "--- system\n" in shown
    assert "rejected: " in shown


def test_a_query_that_was_not_asked_shows_its_question(settings: Settings):
    query_id = a_cohort(users=300).queries["query_id"][0]

    shown = told("show", query_id)

    assert "--- user\ntask plan_creation" in shown
    assert shown.endswith("not asked yet\n")


@pytest.mark.parametrize(
    ("query_id", "told_so"), [("c0009-u1-q1", "no cohort with queries"), ("c0001-x", "no query")]
)
def test_a_query_that_is_not_there_is_told(settings: Settings, query_id: str, told_so: str):
    with pytest.raises(UnknownName, match=told_so):
        told("show", query_id)
