"""A pretrained model learns through an adapter, goes on after a kill, and is served as a bundle."""

import json
import pickle
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from fitsense_training.bases.bundling import bundle_run
from fitsense_training.bases.lora import ADAPTER
from fitsense_training.bases.writing import (
    TransformersStudent,
    open_anywhere,
    open_in_transformers,
)
from fitsense_training.bundle import (
    CONFIG,
    GENERATION_CONFIG,
    MANIFEST,
    MODEL_WEIGHTS,
    ONNX,
    TOKENIZER,
    TOKENIZER_CONFIG,
    open_student,
    verify_bundle,
)
from fitsense_training.decoding import OnnxStudent
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.errors import BadInput, CorruptArtifact
from fitsense_training.domain.plan.model import WorkoutPlan
from fitsense_training.domain.safety.validator import is_blocked, review
from fitsense_training.domain.text.wire import parse_answer, write_answer
from fitsense_training.evaluate import Case, evaluate
from fitsense_training.scoring import SLICES
from fitsense_training.sft import TrainedStudent, fine_tune
from fitsense_training.sft_config import LoraRecipe, SftConfig
from tests.fitsense_training.checkpoints import a_checkpoint
from tests.fitsense_training.students import ORIGIN, a_creation, write_conversations

pytestmark = pytest.mark.slow


def a_recipe(base: Path, **changes: object) -> SftConfig:
    lora = LoraRecipe(
        model=str(base), rank=4, alpha=8, rate=1e-2, dropout=0.1, max_tokens=1200
    ).model_copy(update=changes)
    return SftConfig(
        name="tiny_lora",
        base="lora",
        lora=lora,
        tokens_per_step=1536,
        epochs=2,
        warm_up_steps=2,
        threads=1,
        log_every=1,
        checkpoint_every=2,
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_conversations(tmp_path_factory.mktemp("data"), 20)


@pytest.fixture(scope="module")
def base(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_checkpoint(tmp_path_factory.mktemp("base") / "tiny-gemma", data)


@pytest.fixture(scope="module")
def trained(base: Path, data: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainedStudent:
    return fine_tune(a_recipe(base), data, tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="module")
def bundle(base: Path, trained: TrainedStudent, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle")
    origin = ORIGIN.model_copy(update={"base": "lora"})
    bundle_run(a_recipe(base), trained.folder, 0, origin, folder)
    return folder


@pytest.fixture(scope="module")
def embedded(bundle: Path) -> OnnxStudent:
    return open_student(bundle)


@pytest.fixture(scope="module")
def reference(bundle: Path) -> TransformersStudent:
    return open_in_transformers(bundle)


def test_adapter_learns_and_the_record_says_from_what(trained: TrainedStudent):
    curve, model = trained.record["loss_curve"], trained.record["model"]

    assert curve[-1] < curve[0]
    assert model["base_model"]["name"] == "tiny-gemma"
    assert len(model["base_model"]["sha256"]) == 64
    assert model["count_learned_parameters"] < model["count_parameters"]
    assert trained.record["versions"]["peft"]
    assert (
        "/"
        not in json.loads((trained.folder / ADAPTER / "adapter_config.json").read_text())[
            "base_model_name_or_path"
        ]
    )


def test_torn_checkpoint_leads_to_the_same_adapter(
    trained: TrainedStudent, base: Path, data: Path, tmp_path: Path
):
    shutil.copytree(trained.folder, tmp_path / "run")
    newest = sorted((tmp_path / "run" / "checkpoints").glob("*.safetensors"))[-1]
    newest.write_bytes(newest.read_bytes()[:500])
    shutil.rmtree(tmp_path / "run" / ADAPTER)

    again = fine_tune(a_recipe(base), data, tmp_path / "run")

    assert again.weights.read_bytes() == trained.weights.read_bytes()
    assert again.record["loss_curve"] == trained.record["loss_curve"]


def test_another_base_begins_anew(trained: TrainedStudent, base: Path, data: Path, tmp_path: Path):
    shutil.copytree(trained.folder, tmp_path / "run")
    shutil.copytree(base, tmp_path / "other")
    config = json.loads((base / "config.json").read_text())
    (tmp_path / "other" / "config.json").write_text(json.dumps(config | {"rope_theta": 5000.0}))

    other = fine_tune(a_recipe(tmp_path / "other"), data, tmp_path / "run")

    assert other.record["fingerprint"] != trained.record["fingerprint"]


def test_bundle_is_whole_and_names_its_base(bundle: Path):
    manifest = verify_bundle(bundle)

    assert manifest.pretrained is not None
    assert manifest.pretrained.base_model == "tiny-gemma"
    assert manifest.is_embeddable
    generation = json.loads((bundle / GENERATION_CONFIG).read_text())
    assert generation["eos_token_id"] == manifest.pretrained.turn.stop == 4
    assert not any(path.suffix in {".bin", ".pt", ".pkl"} for path in bundle.rglob("*"))


def test_bundle_holds_what_the_adapter_learned(base: Path, bundle: Path):
    before, after = load_file(base / MODEL_WEIGHTS), load_file(bundle / MODEL_WEIGHTS)
    changed = {name for name in after if not torch.equal(before[name], after[name])}

    assert before.keys() == after.keys()
    assert changed == {name for name in after if "_proj" in name}


@pytest.mark.parametrize("name", [MODEL_WEIGHTS, ONNX, TOKENIZER, TOKENIZER_CONFIG, CONFIG])
def test_changed_byte_of_a_pretrained_bundle_is_refused(bundle: Path, tmp_path: Path, name: str):
    copy = Path(shutil.copytree(bundle, tmp_path / "copy"))
    body = bytearray((copy / name).read_bytes())
    body[len(body) // 2] ^= 1
    (copy / name).write_bytes(bytes(body))

    with pytest.raises(CorruptArtifact, match=name):
        open_anywhere(copy)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "modeling_own.py", "adapter/x.pkl"])
def test_file_that_could_hold_code_is_refused(bundle: Path, tmp_path: Path, name: str):
    copy = Path(shutil.copytree(bundle, tmp_path / "copy"))
    (copy / name).parent.mkdir(exist_ok=True)
    (copy / name).write_bytes(b"")

    with pytest.raises(CorruptArtifact, match="does not belong"):
        open_anywhere(copy)


class _Bomb:
    """Leaves a mark when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return (Path.touch, (self.mark,))


def test_pickle_sealed_as_weights_is_never_run(bundle: Path, tmp_path: Path):
    import hashlib

    copy = Path(shutil.copytree(bundle, tmp_path / "copy"))
    (copy / MODEL_WEIGHTS).write_bytes(pickle.dumps(_Bomb(tmp_path / "went-off")))
    manifest = json.loads((copy / MANIFEST).read_text())
    sha256 = hashlib.sha256((copy / MODEL_WEIGHTS).read_bytes()).hexdigest()
    manifest["files"][MODEL_WEIGHTS] = sha256
    (copy / MANIFEST).write_text(json.dumps(manifest))

    with pytest.raises(CorruptArtifact, match="safetensors"):
        open_in_transformers(copy)
    assert not (tmp_path / "went-off").exists()


def test_answers_under_the_grammar_are_plans_without_repeats(embedded: OnnxStudent):
    for age in (19, 34, 51):
        request = a_creation(age)

        answer = parse_answer(embedded.reply(request))

        assert isinstance(answer, WorkoutPlan)
        assert not is_blocked(review(request, answer))
        for session in answer.sessions:
            names = [item.exercise_id for item in session.prescriptions]
            assert len(names) == len(set(names))


def test_transformers_and_onnx_write_the_same(
    embedded: OnnxStudent, reference: TransformersStudent
):
    requests = [a_creation(age) for age in (20, 33)]

    assert reference.replies(requests) == embedded.replies(requests)


def test_student_is_measured_as_any_other(embedded: OnnxStudent):
    request = a_creation(40)
    case = Case(
        query_id="q1",
        user_id="u1",
        cohort="c0001",
        slices={**dict.fromkeys(SLICES, "any"), "prompt_type": "plan_creation"},
        request=request,
        teacher_reply=write_answer(coach(request)),
    )

    scored = evaluate(embedded, [case]).scored

    constrained = next(row for row in scored if row.system == "constrained")
    assert constrained.score.is_block_free


def test_student_too_large_for_onnx_says_how_it_is_served(bundle: Path, tmp_path: Path):
    copy = Path(shutil.copytree(bundle, tmp_path / "copy"))
    (copy / ONNX).unlink()
    manifest = json.loads((copy / MANIFEST).read_text())
    del manifest["files"][ONNX]
    (copy / MANIFEST).write_text(json.dumps(manifest))

    with pytest.raises(BadInput, match="vllm serve"):
        open_student(copy)
    assert isinstance(open_anywhere(copy), TransformersStudent)


def test_conversations_that_do_not_fit_are_told(base: Path, data: Path, tmp_path: Path):
    with pytest.raises(BadInput, match="raise max_tokens"):
        fine_tune(a_recipe(base, max_tokens=64), data, tmp_path)
