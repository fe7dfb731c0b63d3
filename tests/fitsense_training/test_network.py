"""The network's own norm is torch's norm, and learns alike."""

import torch
from torch.nn import functional

from fitsense_training.network import RmsNorm
from fitsense_training.shape import NORM_EPSILON


def test_the_norm_and_its_gradients_are_those_of_torch():
    torch.manual_seed(0)
    norm = RmsNorm(8)
    norm.weight.data.normal_()
    x, towards = torch.randn(2, 5, 3, 8, requires_grad=True), torch.randn(2, 5, 3, 8)
    gains = (1.0 + norm.weight.detach()).requires_grad_()
    expected = functional.rms_norm(x, (8,), gains, NORM_EPSILON)
    wanted = torch.autograd.grad((expected * towards).sum(), (x, gains))

    written = norm(x)
    found = torch.autograd.grad((written * towards).sum(), (x, norm.weight))

    assert torch.allclose(written, expected, atol=1e-6)
    for gradient, same in zip(found, wanted, strict=True):
        assert torch.allclose(gradient, same, atol=1e-5)


def test_the_norm_reads_bfloat16_and_writes_single_precision():
    x = torch.randn(2, 4, dtype=torch.bfloat16, requires_grad=True)

    written = RmsNorm(4)(x)
    written.sum().backward()

    assert written.dtype == torch.float32
    assert x.grad is not None
    assert x.grad.dtype == torch.bfloat16
