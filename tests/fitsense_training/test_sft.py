"""Training goes on after a kill and ends with the same weights; what is torn is ignored."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from fitsense_training.bases import scratch
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.text.prompt import render_prompt
from fitsense_training.domain.text.wire import write_answer
from fitsense_training.sft import TrainedStudent, fine_tune
from fitsense_training.sft_config import load_config
from fitsense_training.tokenizer import train_tokenizer
from tests.builders import a_modification, a_plan
from tests.fitsense_training.students import TINY, write_conversations

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_conversations(tmp_path_factory.mktemp("data"), 60)


@pytest.fixture(scope="module")
def whole(data: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainedStudent:
    return fine_tune(TINY, data, tmp_path_factory.mktemp("whole"))


def with_changes(data: Path, folder: Path) -> Path:
    """The same conversations, and some about a change of one line."""
    folder.mkdir()
    plan = a_plan({"mon": ["goblet_squat 3x8-12 r2 90s rpe8"], "thu": ["push_up 3x8-12 r2 90s bw"]})
    swap = a_modification("swap", plan, exercise_id="push_up")
    messages = [
        {"role": "user", "content": render_prompt(swap)},
        {"role": "assistant", "content": write_answer(coach(swap))},
    ]
    change = json.dumps({"messages": messages}) + "\n"
    (folder / "train.jsonl").write_text((data / "train.jsonl").read_text() + change * 20)
    (folder / "val.jsonl").write_text((data / "val.jsonl").read_text())
    return folder


def checkpoints(folder: Path) -> list[Path]:
    return sorted((folder / "checkpoints").glob("step-*.json"))


def test_training_lowers_the_loss(whole: TrainedStudent):
    curve = whole.record["loss_curve"]

    assert whole.record["count_steps"] > 2 * TINY.checkpoint_every
    assert curve[-1] < 0.9 * curve[0]


def test_killed_run_goes_on_and_ends_with_the_same_weights(
    whole: TrainedStudent, data: Path, tmp_path: Path
):
    killed = fine_tune(TINY, data, tmp_path)
    newest = checkpoints(tmp_path)[-1]
    # A kill in the middle of the newest checkpoint: half a file, and nothing after it.
    weights = newest.with_suffix(".safetensors")
    weights.write_bytes(weights.read_bytes()[:1000])
    killed.weights.unlink()

    again = fine_tune(TINY, data, tmp_path)

    assert again.weights.read_bytes() == whole.weights.read_bytes()
    assert again.record["loss_curve"] == whole.record["loss_curve"]


def test_checkpoint_of_other_data_is_not_taken_up(
    whole: TrainedStudent, data: Path, tmp_path: Path
):
    other = write_conversations(tmp_path / "other", 50)
    fine_tune(TINY, other, tmp_path / "run")

    again = fine_tune(TINY, data, tmp_path / "run")

    assert again.weights.read_bytes() == whole.weights.read_bytes()


def test_checkpoint_of_another_tokenizer_is_not_taken_up(
    whole: TrainedStudent, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def cut_otherwise(texts: Iterable[str], names: Sequence[str], size: int) -> Tokenizer:
        return train_tokenizer((text.replace(" ", "  ") for text in texts), names, size)

    with monkeypatch.context() as patch:
        patch.setattr(scratch, "train_tokenizer", cut_otherwise)
        other = fine_tune(TINY, data, tmp_path)
    again = fine_tune(TINY, data, tmp_path)

    assert other.record["fingerprint"] != again.record["fingerprint"]
    assert again.weights.read_bytes() == whole.weights.read_bytes()


def test_empty_training_file_is_refused(data: Path, tmp_path: Path):
    (tmp_path / "train.jsonl").write_text("", encoding="utf-8")
    (tmp_path / "val.jsonl").write_text("", encoding="utf-8")

    with pytest.raises(BadInput, match="nothing to learn from"):
        fine_tune(TINY, tmp_path, tmp_path / "run")


def test_line_that_is_no_chat_is_named(tmp_path: Path):
    (tmp_path / "train.jsonl").write_text('{"messages": []}\n', encoding="utf-8")

    with pytest.raises(BadInput, match="line 1 is no chat"):
        fine_tune(TINY, tmp_path, tmp_path / "run")


def test_wrong_field_of_a_recipe_is_named(tmp_path: Path):
    (tmp_path / "bad.yaml").write_text("name: bad\nepochs: none\n", encoding="utf-8")

    with pytest.raises(BadInput, match="epochs"):
        load_config(tmp_path / "bad.yaml")


def test_changes_are_learned_spelled_out_first(data: Path, tmp_path: Path):
    config = TINY.model_copy(update={"epochs": 1})
    changed = with_changes(data, tmp_path / "data")
    as_asked = fine_tune(config, changed, tmp_path / "as_asked")

    first = config.model_copy(update={"spelled_out_tokens": 2000})
    both = fine_tune(first, changed, tmp_path / "both")

    assert 0 < both.record["count_tokens"] - as_asked.record["count_tokens"] <= 2000
    assert (
        fine_tune(first, data, tmp_path / "new").record["count_tokens"]
        == (fine_tune(config, data, tmp_path / "new_too").record["count_tokens"])
    ), "new plans have nothing to spell out"
