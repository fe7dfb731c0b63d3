"""`fitsense teacher` tells what asking costs and what was paid, and puts refused replies aside."""

from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fitsense_assets.cli.commands.teacher import teacher_app
from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.teacher.choose import endpoint_of, journal_of
from fitsense_assets.lib.teacher.estimate import estimate, forget_rejected
from fitsense_assets.lib.teacher.litellm_teacher import LitellmTeacher
from fitsense_assets.lib.teacher.report import response_table
from fitsense_assets.lib.teacher.responses import questions_of
from fitsense_assets.lib.teacher.stages import RUN_FACTS, write_responses
from fitsense_training.domain.errors import BadInput
from fitsense_training.settings import Settings, load_settings
from tests.builders import a_cohort
from tests.fakes import FakeModel, FakeTime

QUERIES = 6


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("FITSENSE_HOME", str(tmp_path))
    monkeypatch.setenv("FITSENSE_TEACHER", "litellm/openai/gpt-4o-mini")
    found = load_settings()
    with Lake(found.lake_root).write("queries", "c0001") as draft:
        draft.write_frame("part-00000.parquet", a_cohort(users=300).queries.head(4))
        draft.write_frame("part-00001.parquet", a_cohort(users=300).queries.slice(4, 2))
    return found


def a_run(settings: Settings, model: FakeModel) -> str:
    """One run of the stage with a fake model; the version of what it wrote."""
    journal = journal_of(settings)
    teacher = LitellmTeacher(endpoint_of(settings), journal, model.gateway, FakeTime().clock)
    manifest = write_responses(Lake(settings.lake_root), "c0001", teacher)
    journal.close()
    return manifest.version


def told(*arguments: str) -> str:
    result = CliRunner().invoke(teacher_app, list(arguments))
    if result.exception:
        raise result.exception
    return result.output


def test_the_estimate_counts_what_is_paid_for(settings: Settings):
    before = told("estimate", "c0001")
    a_run(settings, FakeModel(["no plan"] * 3 * QUERIES))
    after = told("estimate", "c0001")

    assert "6 questions to openai/gpt-4o-mini, 0 of them paid for; the others about $0.0" in before
    assert "6 of them paid for; the others about $0.0000, at most $0.0000" in after


def test_the_status_tells_what_was_spent(settings: Settings):
    assert "paid replies: none" in told("status")

    a_run(settings, FakeModel(["no plan"] * 3 * QUERIES))

    # 900 tokens asked and 70 answered, 18 times.
    assert "paid replies: 18\nspent: $0.0032, no budget is set" in told("status")


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


def test_the_reference_costs_nothing_and_is_not_asked_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FITSENSE_TEACHER", "reference")

    assert "6 questions to the reference teacher, $0" in told("estimate", "c0001")
    with pytest.raises(BadInput, match="set FITSENSE_TEACHER"):
        told("retry", "c0001")


def test_the_table_of_replies_tells_what_the_last_run_saw(settings: Settings):
    lake = Lake(settings.lake_root)
    a_run(settings, FakeModel(["no plan"] * 3 * QUERIES))
    paid = response_table(lake, "c0001")
    a_run(settings, FakeModel([]))

    assert "| served-model-7b | miss | 6 |" in paid
    assert "| served-model-7b | hit | 6 |" in response_table(lake, "c0001")
