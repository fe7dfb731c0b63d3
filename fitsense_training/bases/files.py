"""Where a pretrained model lies on this machine, and what exactly it is.

A base is a folder, or the name of a model in the Hugging Face cache. Training never fetches:
`fitsense base fetch` does, when a person asks. Only safetensors are read, and no code that comes
with a model is run.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from fitsense_training.domain.errors import BadInput

CONFIG = "config.json"
NEEDED = ("*.safetensors", "*.safetensors.index.json", "*.json", "*.jinja", "tokenizer.model")


@dataclass(frozen=True)
class BaseModel:
    """A pretrained model on this machine. `sha256` covers weights, configuration and tokenizer."""

    folder: Path
    name: str
    revision: str | None
    sha256: str

    def facts(self) -> dict[str, str | None]:
        """What a run record says of it; where it lay is of no interest later."""
        return {key: value for key, value in asdict(self).items() if key != "folder"}


def find_base(model: str, revision: str | None = None) -> BaseModel:
    """The files of a base, hashed.

    Raises:
        BadInput: it is not here, holds no safetensors, or wants to bring code of its own.
    """
    folder, found = Path(model).expanduser(), None
    if not folder.is_dir():
        folder = _in_cache(model, revision)
        found = folder.name
    _refuse_unfit(folder)
    return BaseModel(folder, folder.name if found is None else model, found, _sha256(folder))


def fetch_base(model: str, revision: str | None = None) -> BaseModel:
    """Fetch a base from the Hugging Face hub into its cache; the one place that asks the network.

    Raises:
        BadInput: there is no such model, or the hub does not give it out.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, OfflineModeIsEnabled

    try:
        snapshot_download(model, revision=revision, allow_patterns=list(NEEDED))
    except HFValidationError as error:
        raise BadInput(f"{model!r} is no name of a model: write owner/name") from error
    except (HfHubHTTPError, OfflineModeIsEnabled, OSError) as error:
        raise BadInput(
            f"{model} could not be fetched ({error}): see that its name is right and the hub can "
            "be reached; a model with a licence needs to be accepted there, and HF_TOKEN set"
        ) from error
    return find_base(model, revision)


def _in_cache(model: str, revision: str | None) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(model, revision=revision, local_files_only=True))
    except HFValidationError as error:
        raise BadInput(f"there is no folder {model}, and it is no name of a model") from error
    except LocalEntryNotFoundError as error:
        at = "" if revision is None else f" --revision {revision}"
        raise BadInput(
            f"the base {model} is not on this machine: fetch it with `fitsense base fetch "
            f"{model}{at}`, or name a folder that holds it"
        ) from error


def _refuse_unfit(folder: Path) -> None:
    if not (folder / CONFIG).is_file() or not (folder / "tokenizer.json").is_file():
        raise BadInput(
            f"{folder} holds no Hugging Face model: config.json and tokenizer.json are needed"
        )
    if not any(folder.glob("*.safetensors")):
        raise BadInput(
            f"{folder} holds no safetensors, and pickled weights are never read: save the model "
            "again with save_pretrained"
        )
    if "auto_map" in json.loads((folder / CONFIG).read_text(encoding="utf-8")):
        raise BadInput(
            f"{folder} wants to run code of its own, which is refused: take a model that "
            "transformers knows"
        )


def _sha256(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted((*folder.glob("*.safetensors"), folder / CONFIG, folder / "tokenizer.json")):
        with path.open("rb") as source:
            digest.update(
                f"{path.name} {hashlib.file_digest(source, 'sha256').hexdigest()}".encode()
            )
    return digest.hexdigest()
