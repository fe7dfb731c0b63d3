"""Where matrix products may be made in bfloat16: on GPUs, and on CPUs that multiply it themselves.

Products take most of a training step, and such CPUs (AVX-512 BF16, AMX) make four of them in the
time of one in single precision; one that emulates bfloat16 would take far longer. Weights, sums,
norms and losses stay in single precision everywhere.
"""

from functools import cache

import torch


@cache
def multiplies_bfloat16(kind: str) -> bool:
    """Whether this kind of device ("cpu", "cuda") multiplies bfloat16 itself."""
    if kind != "cpu":
        return True
    able = torch.cpu.get_capabilities()
    return bool(able.get("avx512_bf16") or able.get("amx_bf16"))


def mixed_precision(kind: str) -> torch.autocast:
    """A context in which products are made in bfloat16 where the device multiplies it."""
    return torch.autocast(kind, torch.bfloat16, enabled=multiplies_bfloat16(kind))
