"""The student bundle: a folder of plain files that says what it is and can prove it is whole.

`manifest.json` names every file with its sha256, the release and cohorts the student was learned
from, and the versions of everything its words depend on. Nothing in a bundle is code: a file that
is not on the lists below is refused before anything is read.

A student made from zero holds FILES. One that began as a pretrained model holds the files under
which transformers and vLLM look for a model, so that the folder can be served as it is, and the
ONNX step only where its size and architecture allow one.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fitsense_training.domain.catalogue import catalogue_entries, catalogue_version
from fitsense_training.domain.errors import BadInput, CorruptArtifact
from fitsense_training.domain.rulebook import rules_version
from fitsense_training.domain.text.prompt import PROMPT_VERSION
from fitsense_training.domain.text.wire import WIRE_VERSION
from fitsense_training.shape import ROPE_THETA, StudentShape
from fitsense_training.words import ChatTurn, read_words

if TYPE_CHECKING:
    from fitsense_training.decoding import OnnxStudent

MANIFEST = "manifest.json"
WEIGHTS = "weights.safetensors"
ONNX = "model.onnx"
TOKENIZER = "tokenizer.json"
CONFIG = "config.json"
CATALOGUE = "catalogue.json"
FILES = (WEIGHTS, ONNX, TOKENIZER, CONFIG, CATALOGUE)
MODEL_WEIGHTS = "model.safetensors"
TOKENIZER_CONFIG = "tokenizer_config.json"
GENERATION_CONFIG = "generation_config.json"
PRETRAINED_FILES = (
    MODEL_WEIGHTS,
    CONFIG,
    GENERATION_CONFIG,
    TOKENIZER,
    TOKENIZER_CONFIG,
    CATALOGUE,
)
FORMAT = 2  # 1 had an ONNX step that read the cache in another form

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Pretrained(BaseModel):
    """The model a student began as, and the turn its answers are written in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_model: str
    revision: str | None
    base_sha256: Sha256
    turn: ChatTurn


def _is_unset(value: object) -> bool:
    return value is None


class BundleManifest(BaseModel):
    """What a bundle holds and where it comes from.

    `pretrained` stays out of every dump while it is unset: the hash of older bundles stands.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1, 2] = FORMAT
    base: str
    release: str
    cohorts: tuple[str, ...]
    data_version: str = Field(description="Content hash of the splits it was trained on.")
    prompt_version: str = PROMPT_VERSION
    wire_version: str = WIRE_VERSION
    rules_version: str
    catalogue_version: str
    shape: StudentShape
    max_answer_tokens: Annotated[int, Field(ge=16, le=4096)] = 420
    scores: dict[str, float] = Field(default={}, description="What training itself measured.")
    files: dict[str, Sha256]
    pretrained: Pretrained | None = Field(default=None, exclude_if=_is_unset)

    @property
    def bundle_sha256(self) -> str:
        """One hash over the manifest, and through it over every file."""
        body = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(body.encode()).hexdigest()

    @property
    def turn(self) -> ChatTurn | None:
        """The turn of a pretrained model; None for a student with its own tokenizer."""
        return None if self.pretrained is None else self.pretrained.turn

    @property
    def is_embeddable(self) -> bool:
        """Whether it can be served in this process, by ONNX Runtime."""
        return ONNX in self.files


class Origin(BaseModel):
    """Where a student comes from, as its bundle will say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: str
    release: str
    cohorts: tuple[str, ...]
    data_version: str
    scores: dict[str, float] = {}


def seal_bundle(
    folder: Path, origin: Origin, shape: StudentShape, vocab_size: int
) -> BundleManifest:
    """Add configuration, catalogue and manifest to a folder that holds weights, ONNX, tokenizer."""
    write_json(folder / CONFIG, _hugging_face_config(shape, vocab_size))
    write_json(folder / CATALOGUE, catalogue_entries())
    return write_manifest(folder, origin, shape, FILES)


def write_manifest(
    folder: Path,
    origin: Origin,
    shape: StudentShape,
    names: Iterable[str],
    pretrained: Pretrained | None = None,
) -> BundleManifest:
    """The manifest of a folder whose files are all there."""
    manifest = BundleManifest(
        **origin.model_dump(),
        rules_version=rules_version(),
        catalogue_version=catalogue_version(),
        shape=shape,
        files={name: _sha256(folder / name) for name in names},
        pretrained=pretrained,
    )
    write_json(folder / MANIFEST, manifest.model_dump(mode="json"))
    return manifest


def read_manifest(folder: Path) -> BundleManifest:
    """The manifest of a bundle; CorruptArtifact when there is none or it cannot be read."""
    try:
        return BundleManifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValidationError) as error:
        raise CorruptArtifact(
            f"{folder} holds no student bundle: train or fetch it again"
        ) from error


def verify_bundle(folder: Path) -> BundleManifest:
    """The manifest, after every file was found to be what it says and no other file is there.

    Raises:
        CorruptArtifact: a file is missing, changed, or not one that a bundle may hold.
    """
    manifest = read_manifest(folder)
    if set(manifest.files) not in _file_sets(manifest):
        raise CorruptArtifact(f"{folder}: the manifest lists other files than a bundle has")
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or (not path.is_dir() and name not in (*manifest.files, MANIFEST)):
            raise CorruptArtifact(f"{path} does not belong in a student bundle: it is refused")
    for name, sha256 in manifest.files.items():
        if not (folder / name).is_file() or _sha256(folder / name) != sha256:
            raise CorruptArtifact(f"{folder / name} is not the file that was registered")
    return manifest


def _file_sets(manifest: BundleManifest) -> tuple[set[str], ...]:
    if manifest.pretrained is None:
        return (set(FILES),)
    return (set(PRETRAINED_FILES), {*PRETRAINED_FILES, ONNX})


def open_student(folder: Path, threads: int = 1) -> "OnnxStudent":
    """The student of a verified bundle, ready to write.

    Raises:
        CorruptArtifact: the bundle is not whole.
        BadInput: it was taught other prompts or another wire format than this code speaks, or
            its ONNX step is none that this code runs.
    """
    from fitsense_training.decoding import OnnxStudent

    manifest = check_bundle(folder)
    if not manifest.is_embeddable:
        raise BadInput(
            f"the student of {manifest.release} has no ONNX step: serve {folder} with an "
            "OpenAI-compatible server such as `vllm serve`, and set FITSENSE_PLANNER to "
            "openai/<its name> and FITSENSE_PLANNER_API_BASE to its address"
        )
    if manifest.format != FORMAT:
        raise BadInput(
            f"the student of {manifest.release} is a bundle of format {manifest.format}, this code "
            f"serves format {FORMAT}: train it again"
        )
    words = read_words(folder / TOKENIZER, manifest.turn)
    step, shape = folder / ONNX, manifest.shape
    return OnnxStudent(step, words, shape, manifest.max_answer_tokens, threads)


def check_bundle(folder: Path) -> BundleManifest:
    """The manifest of a bundle that is whole and speaks as this code does; raises as above."""
    manifest = verify_bundle(folder)
    taught = (manifest.prompt_version, manifest.wire_version)
    if taught != (PROMPT_VERSION, WIRE_VERSION):
        raise BadInput(
            f"the student of {manifest.release} speaks prompt {taught[0]} and wire {taught[1]}, "
            f"this code {PROMPT_VERSION} and {WIRE_VERSION}: train it again"
        )
    return manifest


def _hugging_face_config(shape: StudentShape, vocab_size: int) -> dict[str, object]:
    """The configuration under which `weights.safetensors` loads into transformers."""
    return {
        "architectures": ["Gemma3ForCausalLM"],
        "model_type": "gemma3_text",
        "vocab_size": vocab_size,
        "hidden_size": shape.hidden_size,
        "intermediate_size": shape.ffn_size,
        "num_hidden_layers": shape.count_layers,
        "num_attention_heads": shape.count_heads,
        "num_key_value_heads": shape.count_kv_heads,
        "head_dim": shape.head_dim,
        "query_pre_attn_scalar": shape.head_dim,
        "max_position_embeddings": shape.max_tokens,
        "sliding_window": shape.sliding_window,
        "tie_word_embeddings": True,
        "fitsense_shape": asdict(shape),
        "layer_types": [
            "sliding_attention" if index < shape.count_local_layers else "full_attention"
            for index in range(shape.count_layers)
        ],
        # Gemma 3 turns the positions of the two kinds differently, unless it is told not to.
        "rope_parameters": {
            kind: {"rope_type": "default", "rope_theta": ROPE_THETA}
            for kind in ("sliding_attention", "full_attention")
        },
    }


def write_json(path: Path, body: object) -> None:
    """Write JSON; the same body gives the same bytes."""
    path.write_text(json.dumps(body, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while chunk := source.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
