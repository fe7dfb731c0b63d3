"""A reply that cannot be used is told what is wrong with it, twice at most; every turn is kept."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from fitsense_assets.lib.teacher.corrections import correction_of
from fitsense_assets.lib.teacher.endpoint import Endpoint
from fitsense_assets.lib.teacher.journal import Journal
from fitsense_assets.lib.teacher.online_teacher import OnlineTeacher
from fitsense_assets.lib.teacher.responses import row_of
from fitsense_assets.lib.teacher.review import judge
from fitsense_assets.lib.teacher.teacher import CacheState, Question, Reply
from fitsense_training.domain.text.prompt import render_prompt
from fitsense_training.domain.text.wire import write_answer
from tests.builders import a_creation, a_profile, coached
from tests.fakes import FakeModel, FakeTime, RateLimitError, Timeout
from tests.providers.server import BAD_REPLIES

REQUEST = a_creation()
QUESTION = Question("q1", render_prompt(REQUEST), REQUEST)
GOOD = write_answer(coached(REQUEST))


def a_teacher(model: FakeModel, journal: Journal | None = None) -> OnlineTeacher:
    return OnlineTeacher(Endpoint("m"), journal, model.gateway, FakeTime().clock)


def test_the_findings_are_quoted_and_the_mended_reply_counts():
    model = FakeModel(["no plan at all", GOOD])

    reply = a_teacher(model).reply(QUESTION)

    *_, said_by_model, said_by_us = model.calls[1]["messages"]
    assert (reply.text, reply.count_turns, reply.completion_tokens) == (GOOD, 2, 140)
    assert said_by_model == {"role": "assistant", "content": "no plan at all"}
    assert said_by_us["content"].startswith("Your reply cannot be read: ")


def test_there_are_two_corrections_at_most():
    model = FakeModel(["bad", "worse", "worst", GOOD])

    reply = a_teacher(model).reply(QUESTION)

    assert (reply.text, reply.count_turns, len(model.calls)) == ("worst", 3, 3)


def test_a_plan_that_breaks_a_safety_rule_is_told_which():
    ill = a_creation(a_profile(has_symptoms=True))

    said = correction_of(Question("q1", render_prompt(ill), ill), Reply("q1", "m", GOOD))

    assert said is not None
    assert said.startswith("Your plan breaks safety rules:\n- ")


def test_a_good_plan_needs_no_correction():
    assert correction_of(QUESTION, Reply("q1", "m", GOOD)) is None


def test_a_reply_that_was_cut_off_is_told_so():
    class Cut(FakeModel):
        async def complete(self, **arguments: Any) -> Any:
            response = await super().complete(**arguments)
            reason = "stop" if len(self.calls) > 1 else "length"
            message = response.choices[0].message
            response.choices = [SimpleNamespace(message=message, finish_reason=reason)]
            return response

    model = Cut([GOOD[:30], GOOD])
    reply = a_teacher(model).reply(QUESTION)

    assert "cut off" in model.calls[1]["messages"][-1]["content"]
    assert (reply.text, reply.is_cut) == (GOOD, False)


def test_every_turn_is_found_again_and_the_row_is_the_same(tmp_path: Path):
    journal = Journal(tmp_path / "journal.sqlite")
    model = FakeModel([Timeout("slow"), "bad", RateLimitError("429"), GOOD])
    teacher = a_teacher(model, journal)

    paid, found = teacher.reply(QUESTION), teacher.reply(QUESTION)
    journal.close()

    assert len(model.calls) == 4
    assert (paid.cache_state, found.cache_state) == (CacheState.MISS, CacheState.HIT)
    assert (paid.cost_usd, found.cost_usd) == (0.004, 0.0)
    rows = [
        {name: row_of(teacher, reply)[name] for name in ("reply", "attempts", "cost_usd",
                                                         "cache_state", "latency_ms")}
        for reply in (paid, found)
    ]  # fmt: skip
    assert json.dumps(rows[0]) == json.dumps(rows[1])
    assert rows[0]["attempts"] == 2


@pytest.mark.parametrize("kind", BAD_REPLIES)
def test_no_bad_reply_passes_the_corrections_or_the_review(kind: str):
    text = BAD_REPLIES[kind]

    said = correction_of(QUESTION, Reply("q1", "m", text))
    verdict = judge(REQUEST, text, None)

    assert said is not None
    assert "cannot be read" in said
    assert len(said) < 1000  # what is told is bounded, whatever was said
    assert verdict.answer is None
    assert (verdict.rejection_reason or "").startswith("unreadable: ")
