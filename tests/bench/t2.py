"""T2: the CPU of hosted_vllm/ beside that of openai/, both through the teacher's engine."""

from tests.bench.goal import Goal
from tests.bench.t1 import measure_vllm

GOAL = Goal("T2", "<= 0.8x the CPU of openai/", measure_vllm)
