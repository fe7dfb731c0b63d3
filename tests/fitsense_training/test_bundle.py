"""A bundle proves that it is whole, and the student in it writes under the rules."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from fitsense_training.bases.writing import open_in_transformers
from fitsense_training.bundle import (
    CONFIG,
    MANIFEST,
    ONNX,
    TOKENIZER,
    WEIGHTS,
    open_student,
    verify_bundle,
)
from fitsense_training.constraint import Answer, Constraint
from fitsense_training.conversations import encode_prompt
from fitsense_training.decoding import OnnxStudent
from fitsense_training.domain.errors import BadInput, CorruptArtifact
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.safety.validator import is_blocked, review
from fitsense_training.domain.text.grammar import render_grammar
from fitsense_training.domain.text.prompt import PROMPT_VERSION, render_prompt
from fitsense_training.domain.text.shorthand import kept_in
from fitsense_training.domain.text.wire import parse_answer
from fitsense_training.sampling import gumbel
from fitsense_training.student import load_student
from fitsense_training.tokenizer import load_tokenizer
from tests.builders import a_modification, a_plan
from tests.fitsense_training.students import TINY, a_bundle, a_creation

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_bundle(tmp_path_factory.mktemp("student"))[0]


@pytest.fixture(scope="module")
def student(bundle: Path) -> OnnxStudent:
    return open_student(bundle)


def a_swap() -> PlanRequest:
    """A change of one session of two."""
    plan = a_plan(
        {
            "mon": ["goblet_squat 3x6-12 r2 90s rpe8", "dumbbell_row 3x6-12 r2 90s rpe8"],
            "thu": ["push_up 3x6-12 r2 90s bw", "dumbbell_row 3x6-12 r2 90s rpe8"],
        }
    )
    return a_modification("swap", plan, exercise_id="push_up")


def a_copy(bundle: Path, folder: Path) -> Path:
    shutil.copytree(bundle, folder / "copy")
    return folder / "copy"


def test_whole_bundle_is_accepted(bundle: Path):
    manifest = verify_bundle(bundle)

    assert manifest.release == "r0001"
    assert manifest.cohorts == ("c0001",)


@pytest.mark.parametrize("name", [WEIGHTS, ONNX, TOKENIZER, CONFIG])
def test_changed_byte_is_refused_and_the_file_named(bundle: Path, tmp_path: Path, name: str):
    copy = a_copy(bundle, tmp_path)
    body = bytearray((copy / name).read_bytes())
    body[len(body) // 2] ^= 1
    (copy / name).write_bytes(bytes(body))

    with pytest.raises(CorruptArtifact, match=name):
        verify_bundle(copy)


@pytest.mark.parametrize("name", ["MLmodel", "model.pkl", "code/run.py"])
def test_planted_file_is_refused(bundle: Path, tmp_path: Path, name: str):
    copy = a_copy(bundle, tmp_path)
    (copy / name).parent.mkdir(exist_ok=True)
    (copy / name).write_text("import os", encoding="utf-8")

    with pytest.raises(CorruptArtifact, match="does not belong"):
        open_student(copy)


def test_link_in_a_bundle_is_refused(bundle: Path, tmp_path: Path):
    copy = a_copy(bundle, tmp_path)
    (copy / WEIGHTS).rename(tmp_path / "elsewhere")
    (copy / WEIGHTS).symlink_to(tmp_path / "elsewhere")

    with pytest.raises(CorruptArtifact, match="does not belong"):
        verify_bundle(copy)


def test_student_of_another_prompt_version_is_refused(bundle: Path, tmp_path: Path):
    copy = a_copy(bundle, tmp_path)
    text = (copy / MANIFEST).read_text(encoding="utf-8")
    other = text.replace(f'"prompt_version": "{PROMPT_VERSION}"', '"prompt_version": "0"')
    (copy / MANIFEST).write_text(other, encoding="utf-8")

    with pytest.raises(BadInput, match="train it again"):
        open_student(copy)


def test_bundle_whose_step_reads_the_cache_in_an_older_form_is_told_to_be_trained_again(
    bundle: Path, tmp_path: Path
):
    copy = a_copy(bundle, tmp_path)
    text = (copy / MANIFEST).read_text(encoding="utf-8")
    (copy / MANIFEST).write_text(text.replace('"format": 2', '"format": 1'), encoding="utf-8")

    with pytest.raises(BadInput, match=r"r0001 is a bundle of format 1.*train it again"):
        open_student(copy)
    assert open_in_transformers(copy).reply(a_creation(30))


def test_same_training_gives_the_same_bundle(bundle: Path, tmp_path: Path):
    again, manifest = a_bundle(tmp_path)

    assert manifest.bundle_sha256 == verify_bundle(bundle).bundle_sha256
    assert (again / ONNX).read_bytes() == (bundle / ONNX).read_bytes()


def test_constrained_answer_is_a_plan_without_a_blocking_finding(student: OnnxStudent):
    for age in (19, 34, 50):
        request = a_creation(age)

        answer = parse_answer(student.reply(request))

        assert isinstance(answer, WorkoutPlan)
        assert not is_blocked(review(request, answer))


def test_batch_writes_what_single_requests_get(student: OnnxStudent):
    requests = [a_creation(age) for age in (20, 21, 33, 48)]

    assert student.replies(requests) == [student.reply(request) for request in requests]


def test_what_stays_is_named_in_tokens_and_whole_in_the_reply(student: OnnxStudent):
    request = a_swap()
    prompt = render_prompt(request)

    tokens = student.write_tokens([prompt], [render_grammar(request, prompt)])[0]
    reply = student.reply(request)

    kept = kept_in(prompt)
    assert len(kept.sessions) == len(kept.lines) == 1
    assert all(text in reply for text in (*kept.sessions.values(), *kept.lines.values()))
    # A student that hardly learned spells some of it in smaller pieces than the tokenizer would.
    assert 0 < student.count_tokens(request, reply) <= len(tokens)


def test_prompt_that_leaves_no_room_is_refused(student: OnnxStudent):
    with pytest.raises(BadInput, match="shorten"):
        student.write(["word " * 2000], [None])


def test_onnx_and_torch_write_the_same_tokens(bundle: Path, student: OnnxStudent):
    tokenizer = load_tokenizer(bundle / TOKENIZER)
    model = load_student(bundle / WEIGHTS, TINY.shape, tokenizer.get_vocab_size())
    prompt = render_prompt(a_creation(30))
    ids = encode_prompt(tokenizer, prompt)
    written: list[int] = []
    with torch.no_grad():
        for _ in range(24):
            logits = model.logits(model.hidden(torch.tensor([[*ids, *written]]))[:, -1])
            written.append(int(logits.argmax()))

    free = student.write([prompt], [None])[0]

    expected = tokenizer.decode([t for t in written if t > 4])
    assert free.startswith(expected) or expected.startswith(free)


def test_transformers_and_onnx_write_token_for_token_the_same(
    bundle: Path, student: OnnxStudent, monkeypatch: pytest.MonkeyPatch
):
    requests = [a_creation(age) for age in (20, 33, 48)]
    prompts = [*map(render_prompt, requests), render_prompt(requests[0])]
    grammars = [*map(render_grammar, requests, prompts), None]
    begin, begun = Constraint.begin, list[Answer]()

    def keep(constraint: Constraint, grammar: str | None) -> Answer:
        begun.append(begin(constraint, grammar))
        return begun[-1]

    with monkeypatch.context() as watched:
        watched.setattr(Constraint, "begin", keep)
        student.write(prompts, grammars)

    reference = open_in_transformers(bundle)
    written = reference.write_tokens(prompts, grammars)
    drawn = reference.sample(requests[0], gumbel(0.7, seed=1))

    assert written == [answer.tokens for answer in begun]
    assert all(written)
    assert drawn == student.sample(requests[0], gumbel(0.7, seed=1))


def test_weights_load_into_transformers_with_the_same_logits(bundle: Path):
    from transformers import Gemma3ForCausalLM, Gemma3TextConfig

    config = Gemma3TextConfig.from_json_file(str(bundle / CONFIG))
    theirs = Gemma3ForCausalLM(config).eval()
    weights = load_file(bundle / WEIGHTS)
    missing, unexpected = theirs.load_state_dict(weights, strict=False)
    tokenizer = load_tokenizer(bundle / TOKENIZER)
    ours = load_student(bundle / WEIGHTS, TINY.shape, tokenizer.get_vocab_size())
    ids = torch.tensor([encode_prompt(tokenizer, render_prompt(a_creation(25)))])

    with torch.no_grad():
        wanted = theirs(ids).logits[0].numpy()
        found = ours.logits(ours.hidden(ids))[0].numpy()

    assert set(missing) <= {"lm_head.weight"}
    assert not unexpected
    np.testing.assert_allclose(found, wanted, atol=2e-4)
