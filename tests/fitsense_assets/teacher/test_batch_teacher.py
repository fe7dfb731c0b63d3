"""Batches: half the price, the same replies, and never paid twice, whatever gets lost."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from fitsense_assets.lib.teacher.batch_line import BatchLine
from fitsense_assets.lib.teacher.batch_state import OpenBatches
from fitsense_assets.lib.teacher.batch_teacher import BatchTeacher
from fitsense_assets.lib.teacher.endpoint import Endpoint, arguments_of, key_of, messages_of
from fitsense_assets.lib.teacher.journal import Journal
from fitsense_assets.lib.teacher.online_teacher import OnlineTeacher
from fitsense_assets.lib.teacher.prices import Price
from fitsense_assets.lib.teacher.teacher import CacheState, Question, Reply
from fitsense_training.domain.errors import BadInput, FitSenseError
from fitsense_training.domain.text.prompt import render_prompt
from fitsense_training.domain.text.wire import write_answer
from tests.builders import a_creation, a_profile, coached
from tests.fakes import AuthenticationError, BadRequestError, FakeModel, FakeTime
from tests.fitsense_assets.teacher.fake_batches import FakeBatches
from tests.providers.batches import Troubles

# 900 tokens asked and 70 answered are $0.00114, and half of it in a batch.
PRICE = Price(Decimal("0.000001"), Decimal("0.00000343"))
ENDPOINT = Endpoint("openai/m", "http://127.0.0.1:9", "secret", price=PRICE, corrections_max=0)
REQUEST = a_creation(a_profile(has_symptoms=True))
HALF = 0.00057005


def questions(count: int) -> list[Question]:
    prompt = render_prompt(REQUEST)
    return [Question(f"q{n}", f"{prompt} {n}", REQUEST) for n in range(count)]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with closing(Journal(tmp_path / "journal.sqlite")) as opened:
        yield opened


def ask(
    journal: Journal, provider: FakeBatches, count: int = 6, endpoint: Endpoint = ENDPOINT
) -> list[Reply]:
    teacher = BatchTeacher(endpoint, journal, provider, FakeTime().clock)
    return list(teacher.replies(questions(count)))


def test_all_questions_go_in_one_batch_at_half_the_price(journal: Journal):
    provider = FakeBatches()

    replies = ask(journal, provider)

    assert provider.account.counts["batches"] == 1
    assert [reply.query_id for reply in replies] == [f"q{n}" for n in range(6)]
    assert {(reply.text, reply.error, reply.cost_usd) for reply in replies} == {
        ('{"t":"see_clinician"}', None, HALF)
    }
    assert (journal.count, journal.spent, journal.set_aside) == (6, Decimal(str(HALF)) * 6, 0)
    assert {(reply.served_model, reply.latency_ms) for reply in replies} == {
        ("served-model-7b", 7000.0)
    }


def test_online_finds_what_a_batch_paid_for_and_the_other_way_round(journal: Journal):
    by_batch = ask(journal, FakeBatches(), count=3)
    model = FakeModel(["online"] * 3)
    online = OnlineTeacher(ENDPOINT, journal, model.gateway, FakeTime().clock)

    found_online = list(online.replies(questions(6)))
    provider = FakeBatches()
    found_by_batch = ask(journal, provider)

    assert len(model.calls) == 3
    assert [r.text for r in found_online[:3]] == [r.text for r in by_batch]
    assert provider.account.counts["uploads"] == 0
    assert [r.text for r in found_by_batch] == [r.text for r in found_online]
    assert {r.cache_state for r in found_by_batch} == {CacheState.HIT}


def test_rows_that_are_lost_torn_or_refused_for_now_go_into_the_next_batch(journal: Journal):
    script = ["lost", "half", "row500", "row429", "twice", "answered"]
    provider = FakeBatches(Troubles(script=script))

    replies = ask(journal, provider)

    assert [reply.error for reply in replies] == [None] * 6
    assert [reply.attempts for reply in replies] == [2, 2, 2, 2, 1, 1]
    assert provider.account.counts["batches"] == 2
    assert journal.count == 6
    # Whether the lost and the torn row were charged, only the provider knows.
    assert journal.count_unanswered == (2, 0)


def test_a_row_that_is_refused_for_good_is_not_asked_again(journal: Journal):
    provider = FakeBatches(Troubles(script=["row400"]))

    replies = ask(journal, provider)

    assert replies[0].error == 'BadRequestError: 400 {"error": {"message": "row400"}}'
    assert provider.account.counts["batches"] == 1
    assert (journal.count, journal.set_aside) == (5, 0)


def test_a_row_that_never_comes_is_asked_a_bounded_number_of_times(journal: Journal):
    provider = FakeBatches(Troubles(rows={"lost": 1.0}))

    replies = ask(journal, provider, count=2)

    assert provider.account.counts["batches"] == ENDPOINT.attempts_max
    assert all((reply.error or "").startswith("LostRow: ") for reply in replies)


def test_what_an_expired_batch_has_answered_is_taken_and_the_rest_asked_again(journal: Journal):
    provider = FakeBatches(Troubles(ends=["expired"]))

    replies = ask(journal, provider)

    assert [(reply.error, reply.attempts) for reply in replies] == [(None, 1)] * 3 + [(None, 2)] * 3
    assert provider.account.counts["answered"] == 6
    assert journal.set_aside == 0


def test_a_batch_that_somebody_cancelled_is_not_paid_for_again_behind_their_back(journal: Journal):
    provider = FakeBatches(Troubles(ends=["cancelled"]))

    replies = ask(journal, provider)

    errors = [reply.error or "" for reply in replies]
    assert [error[:14] for error in errors] == [""] * 3 + ["BatchCancelled"] * 3
    assert provider.account.counts["batches"] == 1
    assert (journal.count, journal.set_aside) == (3, 0)


def test_a_file_that_the_provider_refuses_is_told_row_by_row(journal: Journal):
    replies = ask(journal, FakeBatches(Troubles(ends=["failed"])))

    assert {reply.error for reply in replies} == {"BatchFailed: this file is refused"}
    assert journal.set_aside == 0


def test_batches_shrink_until_the_provider_takes_them(journal: Journal):
    provider = FakeBatches(Troubles(limit_rows=2))

    replies = ask(journal, provider)

    assert [reply.error for reply in replies] == [None] * 6
    assert provider.account.counts["answered"] == 6
    assert journal.set_aside == 0


def test_a_create_whose_answer_is_lost_is_looked_up_and_not_repeated(journal: Journal):
    provider = FakeBatches()
    for name in "abcdefgh":  # our batch is not on the first page
        provider.account.create(provider.account.upload(b""), {"name": name})
    provider.lost_creates = 1

    replies = ask(journal, provider)

    assert [reply.error for reply in replies] == [None] * 6
    assert provider.account.counts["answered"] == 6
    assert provider.account.counts["batches"] == 8 + 1


def test_a_create_that_never_arrived_is_made_again(journal: Journal):
    provider = FakeBatches()
    provider.creates = [AuthenticationError("401")]
    refused = ask(journal, provider, count=2)

    again = ask(journal, provider, count=2)

    assert {reply.error for reply in refused} == {"AuthenticationError: 401"}
    assert {reply.error for reply in again} == {None}
    assert (provider.account.counts["batches"], journal.set_aside) == (1, 0)


def killed_run(journal: Journal, provider: FakeBatches, count: int) -> None:
    """As if a run was killed between creating a batch and writing its id down."""
    state = OpenBatches(journal, ENDPOINT)
    keys = [key_of(arguments_of(ENDPOINT, messages_of(each))) for each in questions(count)]
    lines = [json.dumps({"custom_id": key, "body": {}}).encode() + b"\n" for key in keys]
    batch = state.plan(dict.fromkeys(keys, Decimal("0.01")))
    file_id = provider.account.upload(b"".join(lines))
    state.uploaded(batch, file_id)
    provider.account.create(file_id)


def test_a_batch_that_was_created_and_not_written_down_is_found_again(journal: Journal):
    provider = FakeBatches()
    killed_run(journal, provider, count=4)
    before = journal.count_unanswered

    replies = ask(journal, provider)

    assert before == (0, 4)
    assert {reply.error for reply in replies} == {None}
    # Four rows of the batch found again, two of a new one; no row twice.
    assert (provider.account.counts["answered"], provider.account.counts["batches"]) == (6, 2)
    assert (journal.count, journal.set_aside) == (6, 0)


def test_a_batch_that_was_planned_and_never_uploaded_is_forgotten(journal: Journal):
    provider = FakeBatches()
    OpenBatches(journal, ENDPOINT).plan({"some key": Decimal("0.01")})

    ask(journal, provider)

    assert journal.count_unanswered == (0, 0)
    assert provider.account.counts["answered"] == 6


def test_open_batches_of_another_address_are_left_alone(journal: Journal):
    other = replace(ENDPOINT, api_base="http://127.0.0.1:10")
    OpenBatches(journal, other).plan({"some key": Decimal("0.01")})

    ask(journal, FakeBatches())

    assert journal.count_unanswered == (0, 1)


def test_the_budget_holds_over_batches_and_counts_what_is_open(journal: Journal):
    provider = FakeBatches()
    killed_run(journal, provider, count=2)
    capped = replace(ENDPOINT, budget_usd=Decimal("0.0201"))

    with pytest.raises(BadInput, match="raise FITSENSE_TEACHER_BUDGET_USD"):
        ask(journal, provider, count=60, endpoint=capped)

    assert Decimal("0.014") < journal.spent <= Decimal("0.0201")


def test_two_runs_do_not_carry_the_batches_of_one_home(journal: Journal):
    with (
        OpenBatches(journal, ENDPOINT).alone(),
        pytest.raises(BadInput, match="another run waits for batches"),
    ):
        ask(journal, FakeBatches())


def test_a_bad_reply_is_corrected_in_a_batch_of_its_own(journal: Journal):
    ill = write_answer(coached(a_creation()))  # a plan for somebody who must not get one
    provider = FakeBatches(text=ill)

    replies = ask(journal, provider, endpoint=replace(ENDPOINT, corrections_max=1))

    assert {reply.count_turns for reply in replies} == {2}
    assert provider.account.counts["batches"] == 2


def test_a_provider_that_is_away_ends_the_run_and_not_the_batch(journal: Journal):
    class Away(FakeBatches):
        async def retrieve(self, batch_id: str):
            raise BadRequestError("no such batch")

    with pytest.raises(FitSenseError, match=r"cannot be reached \(retrieve: .*not paid for again"):
        ask(journal, Away())

    assert journal.count_unanswered == (0, 6)


def test_a_line_that_asked_nothing_closes_without_a_sound(journal: Journal):
    line = BatchLine(ENDPOINT, journal, FakeBatches(), FakeTime().clock)
    line.stop()
    asyncio.run(line.close())

    assert journal.count_unanswered == (0, 0)
