"""The reference teacher answers by rule, offline, and pays for nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from fitsense_assets.lib.teacher.choose import teacher_of
from fitsense_assets.lib.teacher.reference import ReferenceTeacher
from fitsense_assets.lib.teacher.responses import ask_teacher, response_frame
from fitsense_assets.lib.teacher.teacher import CacheState, Question
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.text.prompt import render_prompt
from fitsense_training.domain.text.wire import parse_answer
from fitsense_training.settings import Settings
from tests.builders import a_cohort, a_creation, a_modification, a_profile

TEACHER = ReferenceTeacher(coach)


@pytest.mark.parametrize(
    "request_asked",
    [a_creation(), a_modification("lighter"), a_creation(a_profile(has_symptoms=True))],
    ids=["plan", "change", "fixed text"],
)
def test_it_says_what_the_coach_says(request_asked):
    reply = TEACHER.reply(Question("q1", render_prompt(request_asked), request_asked))

    assert parse_answer(reply.text) == coach(request_asked)
    assert (reply.query_id, reply.served_model, reply.error) == ("q1", "reference", None)
    assert (reply.cost_usd, reply.latency_ms, reply.cache_state) == (0.0, 0.0, CacheState.NONE)


def test_there_is_a_row_for_every_query_in_order():
    queries = a_cohort(users=300).queries.head(40)

    frame = response_frame(ask_teacher(TEACHER, queries))

    assert frame["query_id"].to_list() == queries["query_id"].to_list()
    assert frame["error"].is_null().all()
    assert set(frame["teacher"]) == {"reference"}


def test_it_is_the_teacher_by_default(tmp_path: Path):
    assert teacher_of(Settings(home=tmp_path)).name == "reference"
    assert not (tmp_path / "teacher").exists()


def test_nobody_pays_for_litellm_who_does_not_ask_it():
    code = (
        "import sys, fitsense_assets.lib.teacher.choose, fitsense_assets.lib.teacher.stages;"
        "heavy = {'litellm', 'openai', 'aiohttp', 'pandera', 'torch', 'dagster'};"
        "print(*sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")
