"""A tiny student for tests: trained for a few steps on the coach's own answers."""

import json
from pathlib import Path

from fitsense_training.bundle import ONNX, BundleManifest, Origin, seal_bundle
from fitsense_training.domain.coach.reference import coach
from fitsense_training.domain.profile import Profile
from fitsense_training.domain.request import PlanRequest
from fitsense_training.domain.text.prompt import render_prompt
from fitsense_training.domain.text.wire import write_answer
from fitsense_training.domain.vocabulary import PromptType
from fitsense_training.export import export_onnx
from fitsense_training.sft import fine_tune
from fitsense_training.sft_config import SftConfig
from fitsense_training.shape import StudentShape
from fitsense_training.student import load_student

TINY = SftConfig(
    name="tiny",
    shape=StudentShape(
        hidden_size=32,
        ffn_size=64,
        count_layers=2,
        count_heads=2,
        count_kv_heads=1,
        head_dim=16,
        sliding_window=4,
        count_local_layers=1,
    ),
    vocab_size=1024,
    tokens_per_step=512,
    epochs=3,
    warm_up_steps=2,
    threads=1,
    log_every=1,
    checkpoint_every=2,
)
ORIGIN = Origin(base="scratch", release="r0001", cohorts=("c0001",), data_version="d1")


def a_person(age: int, **changes: object) -> Profile:
    """Somebody who trains at home on two days."""
    return Profile.model_validate(
        {
            "age": age,
            "sex": "female",
            "height_cm": 165,
            "weight_kg": 60,
            "activity_level": "sedentary",
            "experience_level": "novice",
            "goals": ("general_health",),
            "weekdays": ("mon", "thu"),
            "session_minutes": 30,
            "equipment": ("dumbbells",) if age % 2 else (),
            **changes,
        }
    )


def a_creation(age: int) -> PlanRequest:
    """A request for a new plan."""
    return PlanRequest(prompt_type=PromptType.PLAN_CREATION, profile=a_person(age))


def write_conversations(folder: Path, count: int) -> Path:
    """Train and val files of the coach's answers to people of many ages."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, start, ages in (("train", 18, count), ("val", 70, 8)):
        lines: list[str] = []
        for age in range(start, start + ages):
            request = a_creation(18 + age % 50)
            messages = [
                {"role": "user", "content": render_prompt(request)},
                {"role": "assistant", "content": write_answer(coach(request))},
            ]
            lines.append(json.dumps({"messages": messages}) + "\n")
        (folder / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


def a_bundle(folder: Path, count: int = 40) -> tuple[Path, BundleManifest]:
    """A sealed bundle of a tiny student."""
    trained = fine_tune(TINY, write_conversations(folder / "data", count), folder / "run")
    bundle = folder / "bundle"
    bundle.mkdir()
    trained.weights.rename(bundle / trained.weights.name)
    trained.tokenizer.rename(bundle / trained.tokenizer.name)
    size = trained.record["vocab_size"]
    model = load_student(bundle / trained.weights.name, TINY.shape, size)
    export_onnx(model, bundle / ONNX)
    return bundle, seal_bundle(bundle, ORIGIN, TINY.shape, size)
