"""The labelled phrases of `tests/data/triage_phrases.yaml`."""

from pathlib import Path

import yaml

from fitsense_training.domain.safety.triage.report import read_phrases

FILE = Path(__file__).resolve().parents[3] / "data" / "triage_phrases.yaml"
PHRASES = read_phrases(yaml.load(FILE.read_text("utf-8"), Loader=yaml.CSafeLoader))
