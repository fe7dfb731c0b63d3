"""M3: what the newest student cost to train, in CPU-seconds of the training loop."""

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.student.train import read_record
from fitsense_training.settings import Settings
from tests.bench.goal import Goal, Measured
from tests.bench.student import newest_student


def measure(settings: Settings) -> Measured:
    """CPU-seconds and tokens of the recorded run."""
    release, _ = newest_student(settings)
    body = read_record(Lake(settings.lake_root), release).body
    cpu_s, tokens = body["train_cpu_s"], body["count_tokens"]
    text = f"{cpu_s:.0f} CPU-s for {tokens / 1e6:.1f}M tokens"
    return Measured(text, cpu_s <= 600, {"train_cpu_s": cpu_s, "count_tokens": tokens})


GOAL = Goal("M3", "<= 600 CPU-s", measure)
