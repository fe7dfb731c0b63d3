"""What a run reads: batches in a seeded order, and no more of them than its recipe allows."""

import pytest

from fitsense_training.batches import Batch, batch_up, up_to
from fitsense_training.conversations import Encoded
from fitsense_training.sft_config import SftConfig

CONFIG = SftConfig(name="small", tokens_per_step=64)


def some_batches() -> list[Batch]:
    rows = [Encoded((5,) * length, (1,) * length) for length in range(10, 30)]
    return batch_up(rows, CONFIG)


def test_without_a_limit_everything_is_read():
    batches = some_batches()

    assert up_to(batches, None) == batches


@pytest.mark.parametrize("most", [100, 200, 300])
def test_a_run_reads_as_much_as_fits_into_its_limit(most: int):
    batches = some_batches()

    read = up_to(batches, most)
    count = sum(batch.count_tokens for batch in read)

    assert read == batches[: len(read)]
    assert count <= most < count + batches[len(read)].count_tokens


def test_a_limit_below_one_batch_reads_one():
    assert len(up_to(some_batches(), 1)) == 1
