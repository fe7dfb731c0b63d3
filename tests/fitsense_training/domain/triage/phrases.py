"""The labelled phrases of `tests/data/triage_phrases.yaml`, and look-alikes nobody tuned on."""

from pathlib import Path

import yaml

from fitsense_training.domain.safety.triage.report import Phrase, read_phrases

_DATA = Path(__file__).resolve().parents[3] / "data"


def _phrases(name: str) -> tuple[Phrase, ...]:
    return read_phrases(yaml.load((_DATA / name).read_text("utf-8"), Loader=yaml.CSafeLoader))


PHRASES = _phrases("triage_phrases.yaml")
LOOK_ALIKES = _phrases("triage_look_alikes_held_out.yaml")
