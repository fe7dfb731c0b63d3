"""The budget cannot be overspent, however many calls are in the air."""

import asyncio
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from fitsense_assets.lib.teacher.choose import address_of, endpoint_of, is_batch, secret_of
from fitsense_assets.lib.teacher.endpoint import Endpoint, messages_of, most_of
from fitsense_assets.lib.teacher.journal import Journal
from fitsense_assets.lib.teacher.ledger import Ledger
from fitsense_assets.lib.teacher.online_teacher import OnlineTeacher
from fitsense_assets.lib.teacher.prices import Price, price_of, prices_version
from fitsense_assets.lib.teacher.responses import questions_of
from fitsense_training.domain.errors import BadInput
from fitsense_training.settings import Settings
from tests.builders import a_cohort
from tests.fakes import FakeModel, FakeTime

CENT = Decimal("0.01")
# 900 tokens asked and 70 answered by the fake model are $0.00114.
PRICE = Price(Decimal("0.000001"), Decimal("0.00000343"))


def test_what_is_set_aside_counts_until_it_is_settled():
    async def spend() -> Ledger:
        ledger = Ledger(CENT * 3)
        await ledger.reserve(CENT * 2)
        ledger.settle(CENT * 2, CENT)
        await ledger.reserve(CENT * 2)
        ledger.settle(CENT * 2, CENT * 2)
        with pytest.raises(BadInput, match=r"budget of \$0.0300 has \$0.00 left.*FITSENSE_TEACHER"):
            await ledger.reserve(CENT)
        return ledger

    ledger = asyncio.run(spend())

    assert (ledger.spent, ledger.reserved) == (CENT * 3, 0)


def test_a_hundred_at_once_stay_under_the_cap():
    spent: list[Decimal] = []

    async def one(ledger: Ledger) -> None:
        await ledger.reserve(CENT * 3)
        await asyncio.sleep(0)
        ledger.settle(CENT * 3, CENT * 2)
        spent.append(ledger.spent + ledger.reserved)

    async def together() -> list[Any]:
        ledger = Ledger(CENT * 50)
        return await asyncio.gather(*(one(ledger) for _ in range(100)), return_exceptions=True)

    ended = asyncio.run(together())

    assert max(spent) <= CENT * 50
    assert ended.count(None) == 24
    assert all(isinstance(end, BadInput) for end in ended if end is not None)


def test_a_run_stops_at_the_budget_and_what_was_paid_is_kept(tmp_path: Path):
    queries = a_cohort(users=300).queries.head(60)
    journal, model = Journal(tmp_path / "journal.sqlite"), FakeModel(["a plan"] * 60)
    endpoint = Endpoint("m", price=PRICE, budget_usd=CENT * 6, corrections_max=0, attempts_max=1)
    teacher = OnlineTeacher(endpoint, journal, model.gateway, FakeTime().clock)

    with pytest.raises(BadInput, match=r"raise FITSENSE_TEACHER_BUDGET_USD and run again"):
        list(teacher.replies(questions_of([queries])))
    spent, count = journal.spent, journal.count
    with pytest.raises(BadInput, match="budget"):  # what was spent before counts in a new run
        list(teacher.replies(questions_of([queries])))
    journal.close()

    assert 1 < count == len(model.calls) < 60
    assert 0 < spent <= CENT * 6


@pytest.mark.parametrize(
    "usage",
    [None, SimpleNamespace(), SimpleNamespace(prompt_tokens=0, completion_tokens=0),
     SimpleNamespace(prompt_tokens=900, completion_tokens=-5)],
)  # fmt: skip
def test_a_reply_whose_tokens_are_not_told_counts_as_the_most_it_can_cost(
    tmp_path: Path, usage: SimpleNamespace | None
):
    class Untold(FakeModel):
        async def complete(self, **arguments: Any) -> Any:
            response = await super().complete(**arguments)
            response.usage = usage
            return response

    question = next(iter(questions_of([a_cohort(users=300).queries.head(1)])))
    endpoint = Endpoint("m", price=PRICE, corrections_max=0)
    journal = Journal(tmp_path / "journal.sqlite")
    teacher = OnlineTeacher(endpoint, journal, Untold(["a plan"]).gateway, FakeTime().clock)

    reply = teacher.reply(question)
    spent = journal.spent
    journal.close()

    most = most_of(endpoint, messages_of(question))
    assert reply.completion_tokens == 0
    assert float(spent) == reply.cost_usd == float(most) > 0


def test_prices_are_exact_and_their_table_is_named():
    price = price_of("openai/gpt-4o-mini")

    assert price is not None
    assert price.of(1_000_000, 1_000_000) == Decimal("0.75")
    assert price_of("hosted_vllm/my-own-model") is None
    assert len(prices_version()) == 64


def test_a_budget_needs_a_price(tmp_path: Path):
    settings = Settings(
        home=tmp_path, teacher="litellm/hosted_vllm/own", teacher_budget_usd=Decimal(1)
    )
    told = settings.model_copy(update={"teacher_usd_per_million_asked": Decimal(2)})

    with pytest.raises(BadInput, match="no price is known for hosted_vllm/own"):
        endpoint_of(settings)
    assert endpoint_of(told).price == Price(Decimal("0.000002"), Decimal(0))


def test_the_settings_choose_between_single_calls_and_batches(tmp_path: Path):
    batch = Settings(home=tmp_path, teacher="litellm-batch/openai/gpt-4o-mini")
    online = Settings(home=tmp_path, teacher="litellm/openai/gpt-4o-mini")

    assert endpoint_of(batch) == endpoint_of(online)
    assert (is_batch(batch), is_batch(online)) == (True, False)
    for wrong in ("litellm-batch/", "litellm", "batch/m", "openai/"):
        with pytest.raises(ValidationError, match="use 'reference' or one of 'litellm/<model>'"):
            Settings(home=tmp_path, teacher=wrong)


@pytest.mark.parametrize(
    "wrong",
    ["localhost:8000", "file:///etc/passwd", "http://", "http://me:sk-canary@host/v1",
     "https://host/v1?key=sk-canary", "https://host/v1#sk-canary"],
)  # fmt: skip
def test_an_address_that_is_none_or_holds_a_key_is_refused_without_telling_it(wrong: str):
    with pytest.raises(BadInput, match="FITSENSE_TEACHER_API_BASE") as refused:
        address_of(wrong)

    assert "canary" not in str(refused.value)
    assert address_of("http://127.0.0.1:8000/v1") == "http://127.0.0.1:8000/v1"


@pytest.mark.parametrize("wrong", ["sk-canary\n", "sk canary", "sk-canary\u2019"])
def test_a_key_that_no_header_can_hold_is_refused_without_telling_it(wrong: str):
    with pytest.raises(BadInput, match="FITSENSE_TEACHER_API_KEY holds") as refused:
        secret_of(SecretStr(wrong))

    assert "canary" not in str(refused.value)
    assert secret_of(SecretStr("sk-1_a")) == "sk-1_a"
