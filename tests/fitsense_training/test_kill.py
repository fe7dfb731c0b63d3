"""A training killed with SIGKILL, in a step or while it writes a checkpoint, ends the same."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fitsense_training.sft import TrainedStudent, fine_tune
from tests.fitsense_training.students import TINY, write_conversations

pytestmark = pytest.mark.slow

# Runs in a process of its own and kills it: argument 1 is the data, 2 the run, 3 where to die.
VICTIM = """
import os, signal, sys
from pathlib import Path

from fitsense_training import checkpoint
from fitsense_training.sft import fine_tune
from tests.fitsense_training.students import TINY

data, out, place = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
whole, written = checkpoint._write_whole, []


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def write(path, body):
    written.append(path)
    if place == "writing" and len(written) == 5:
        path.with_name(f".{path.name}.writing").write_bytes(b"half a checkpoint")
        die()
    whole(path, body)


checkpoint._write_whole = write


def watch(progress):
    if place == "training" and progress.step >= 2 * TINY.checkpoint_every:
        die()


fine_tune(TINY, data, out, watch)
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_conversations(tmp_path_factory.mktemp("data"), 16)


@pytest.fixture(scope="module")
def whole(data: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainedStudent:
    return fine_tune(TINY, data, tmp_path_factory.mktemp("whole"))


def test_same_seed_twice_gives_the_same_weights(whole: TrainedStudent, data: Path, tmp_path: Path):
    again = fine_tune(TINY, data, tmp_path)
    other = fine_tune(TINY.model_copy(update={"seed": 1}), data, tmp_path / "other")

    assert again.weights.read_bytes() == whole.weights.read_bytes()
    assert other.weights.read_bytes() != whole.weights.read_bytes()


# A checkpoint is two files: the fifth write is the weights of the third.
@pytest.mark.parametrize("place", ["training", "writing"])
def test_killed_training_goes_on_to_the_same_weights(
    whole: TrainedStudent, data: Path, tmp_path: Path, place: str
):
    victim = subprocess.run(
        [sys.executable, "-c", VICTIM, str(data), str(tmp_path), place],
        cwd=Path(__file__).resolve().parents[2],
        check=False,
        capture_output=True,
        timeout=300,
    )
    assert victim.returncode == -signal.SIGKILL, victim.stderr.decode()
    assert not (tmp_path / "weights.safetensors").exists()
    assert len(list((tmp_path / "checkpoints").glob("step-*.json"))) == 2

    again = fine_tune(TINY, data, tmp_path)

    assert again.weights.read_bytes() == whole.weights.read_bytes()
    assert again.record["loss_curve"] == whole.record["loss_curve"]
