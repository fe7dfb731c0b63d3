"""What was asked and has no answer counts as spent, also for the process that comes after."""

import asyncio
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from fitsense_assets.lib.teacher.endpoint import Endpoint, messages_of, most_of
from fitsense_assets.lib.teacher.journal import Journal
from fitsense_assets.lib.teacher.online_teacher import OnlineTeacher
from fitsense_assets.lib.teacher.responses import questions_of
from fitsense_assets.lib.teacher.tab import Tab
from fitsense_assets.lib.teacher.teacher import Question
from fitsense_training.domain.errors import BadInput
from tests.builders import a_cohort
from tests.fakes import BadRequestError, FakeModel, FakeTime, Timeout
from tests.providers.dying_run import COUNT_ANSWERED, COUNT_IN_AIR, PRICE, an_endpoint

ROOT = Path(__file__).resolve().parents[3]


def questions(count: int) -> list[Question]:
    return list(questions_of([a_cohort(users=300).queries.head(count)]))


def most_for(asked: list[Question]) -> Decimal:
    return sum((most_of(an_endpoint(), messages_of(each)) for each in asked), Decimal(0))


def ask(journal: Journal, endpoint: Endpoint, model: FakeModel, count: int = 1) -> None:
    teacher = OnlineTeacher(endpoint, journal, model.gateway, FakeTime().clock)
    list(teacher.replies(questions(count)))


@pytest.mark.slow
def test_what_was_in_the_air_at_kill_9_counts_against_the_budget(tmp_path: Path):
    path = tmp_path / "journal.sqlite"
    done = subprocess.run(
        [sys.executable, "-m", "tests.providers.dying_run", str(path)], cwd=ROOT, check=False
    )
    journal = Journal(path)
    spent, set_aside = journal.spent, journal.set_aside

    assert done.returncode == -signal.SIGKILL
    assert journal.count == COUNT_ANSWERED
    # The one that broke off, those in the air, and the one during which the process died.
    assert journal.count_unanswered == (1 + COUNT_IN_AIR + 1, 0)
    asked = questions(20)
    assert most_for(asked[:6]) * Decimal("0.5") < set_aside < most_for(asked)
    with pytest.raises(BadInput, match=r"has \$0\.00\d+ left"):
        ask(journal, an_endpoint(spent + set_aside + Decimal("0.001")), FakeModel([]), 20)
    journal.close()


def test_an_attempt_that_broke_off_stays_and_one_that_was_refused_does_not(tmp_path: Path):
    journal = Journal(tmp_path / "journal.sqlite")

    ask(journal, an_endpoint(), FakeModel([BadRequestError("400")]))
    after_refusal = journal.set_aside
    ask(journal, an_endpoint(), FakeModel([Timeout("slow"), "a plan"]))
    after_timeout = journal.set_aside
    journal.close()

    assert after_refusal == 0
    assert after_timeout == most_for(questions(1))


def test_settling_puts_the_bill_in_the_place_of_the_estimate(tmp_path: Path):
    journal = Journal(tmp_path / "journal.sqlite")
    ask(journal, an_endpoint(), FakeModel([Timeout("slow"), "a plan"]))
    before = journal.spent

    count = journal.settle(Decimal("0.002"))
    spent, set_aside = journal.spent, journal.set_aside
    journal.close()

    assert (count, set_aside) == (1, 0)
    assert spent == before + Decimal("0.002")


def test_a_model_without_a_price_leaves_nothing_on_the_tab(tmp_path: Path):
    journal = Journal(tmp_path / "journal.sqlite")

    ask(journal, Endpoint("m", corrections_max=0), FakeModel([Timeout("slow"), "a plan"]))
    unanswered = journal.count_unanswered
    journal.close()

    assert unanswered == (0, 0)


def test_attempts_begun_together_are_written_together(tmp_path: Path):
    journal = Journal(tmp_path / "journal.sqlite")

    async def open_many() -> list[int]:
        tab = Tab(journal)
        numbers = await asyncio.gather(*(tab.open("key", PRICE.asked) for _ in range(9)))
        tab.close()
        return numbers

    numbers = asyncio.run(open_many())
    unanswered = journal.count_unanswered
    journal.close()

    assert numbers == sorted(set(numbers))
    assert unanswered == (9, 0)
