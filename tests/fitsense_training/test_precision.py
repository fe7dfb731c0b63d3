"""Products in bfloat16 where the device multiplies it; everything else in single precision."""

import pytest
import torch

from fitsense_training import precision
from fitsense_training.muon import orthogonalise
from fitsense_training.network import StudentNetwork
from tests.fitsense_training.students import TINY


@pytest.fixture
def able(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch):
    """A processor that multiplies bfloat16, or one that does not."""
    able = {"avx512_bf16": request.param, "amx_bf16": False}
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: able)
    precision.multiplies_bfloat16.cache_clear()
    yield request.param
    precision.multiplies_bfloat16.cache_clear()


@pytest.mark.parametrize("able", [True, False], indirect=True)
def test_a_processor_multiplies_bfloat16_only_where_it_can(able: bool):
    with precision.mixed_precision("cpu"):
        product = torch.ones(2, 3) @ torch.ones(3, 2)

    assert (product.dtype is torch.bfloat16) == able


@pytest.mark.parametrize("able", [True, False], indirect=True)
def test_hidden_states_and_gradients_stay_in_single_precision(able: bool):
    network = StudentNetwork(TINY.shape, 100)

    with precision.mixed_precision("cpu"):
        hidden = network.hidden(torch.ones(2, 6, dtype=torch.long))
    hidden.sum().backward()

    assert hidden.dtype is torch.float32
    assert {value.grad.dtype for value in network.parameters() if value.grad is not None} == {
        torch.float32
    }


@pytest.mark.parametrize("able", [True, False], indirect=True)
def test_an_update_is_about_orthogonal_and_in_single_precision(able: bool):
    torch.manual_seed(0)

    update = orthogonalise(torch.randn(2, 16, 48))

    assert update.dtype is torch.float32
    assert torch.linalg.svdvals(update).sub(1).abs().max() < 0.45
