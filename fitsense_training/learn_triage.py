"""Recipe: learn the second reading of triage from labelled phrases.

    python -m fitsense_training.learn_triage tests/data/triage_phrases.yaml \
        tests/data/triage_second_author_tune.yaml tests/data/triage_third_author.yaml

Two logistic regressions over the same features: whether a phrase tells of an emergency, and, of
those that do, which text should answer. At the threshold, `FALSE_ALARMS_MAX` of the harmless are
taken for an emergency in cross-validation. Phrases marked `held_out` or `fresh` are never learned
from. Same files, same bytes, on the same libraries.
"""

import argparse
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from fitsense_training.domain.catalogue import load_catalogue
from fitsense_training.domain.safety.triage.lexicon import load_lexicon
from fitsense_training.domain.safety.triage.normalise import words_of
from fitsense_training.domain.safety.triage.second_reading import (
    FILE,
    LEAST_KNOWN,
    features_of,
    windows_of,
)
from fitsense_training.domain.vocabulary import EscalationLevel, Muscle

# Of phrases that were often written to be misread; of what people write it is less.
FALSE_ALARMS_MAX = 0.02
STRENGTH = 10.0
FOLDS = 10
SCALE = 0.1
OUT = Path(__file__).parent / "domain" / "rules" / FILE
# Urgent, though no emergency: to raise it does little harm.
_DOUBTFUL_WEIGHT = 0.2
_EMERGENCY = EscalationLevel.E0.value
_NONE = EscalationLevel.NONE.value
# Which category speaks for all that have the same text.
SPEAKERS = {
    "e0.cardiac": "cardiac",
    "e0.hypo": "glucose_low",
    "e0.selfharm": "self_harm",
    "e0.overdose": "overdose",
    "e0.general": "unspecified",
}
# What the second author calls a category.
_NAMES = {"collapse_exertion": "collapse", "severe_breathlessness": "breathing"} | {
    "glucose": "glucose_low",
    "suicidal": "self_harm",
}

_OF_EXERCISES = (
    "Can I swap the {} for something else?",
    "How heavy should I go on {}?",
    "the {} felt easy today, add weight",
    "I don't like {}, take it out please",
    "{} three times ten, is that enough",
    "What should I feel when I do {}?",
    "my {} is stuck at the same weight",
    "Please add {} on Fridays.",
    "Could we drop {} and keep the rest?",
    "I did {} and then some stretching, and it went well.",
    "Leave out {} and give me something I can do at home.",
)
_OF_MUSCLES = (
    "I want a bigger, thicker {}.",
    "my {} is sore since yesterday's workout",
    "Which exercises train the {}?",
    "more work for the {} please",
    "{} day was hard, in a good way",
    "I cannot feel my {} working, what am I doing wrong?",
    "my {} always feels tight, which stretch helps",
    "is the {} a weak point of mine",
    "I train my {} and one more muscle on the same day.",
    "My {} is tired and a bit tight, and that is fine.",
)


@dataclass(frozen=True)
class Lesson:
    """A phrase, the level it calls for, whether it is wholly harmless, and whose text answers."""

    text: str
    level: str
    is_harmless: bool
    speaker: str


def lessons_of(document: dict[str, Any]) -> Iterator[Lesson]:
    """The phrases of a file that may be learned from."""
    for group in document.get("groups", ()):
        if group.get("held_out") or group.get("fresh"):
            continue
        level = group.get("level", _NONE)
        is_harmless = level == _NONE and group.get("policy", "allow") == "allow"
        for text in group["texts"]:
            yield Lesson(text, level, is_harmless, _speaker(group.get("category", "")))
    for phrase in document.get("phrases", ()):
        level = phrase["level"]
        yield Lesson(phrase["text"], level, level == _NONE, _speaker(phrase["subject"]))


def lessons_of_lexicon() -> Iterator[Lesson]:
    """What every red flag shows: a text that fires it, and one that only looks like it."""
    file = load_lexicon().file
    for entry in file.entries:
        level = file.categories[entry.category].level.value
        yield Lesson(entry.example, level, False, _speaker(entry.category))
        yield Lesson(entry.look_alike, _NONE, True, _speaker(entry.category))


def lessons_of_catalogue() -> Iterator[Lesson]:
    """Everyday requests about every exercise and muscle: most of what people write is harmless."""
    names = [name for item in load_catalogue().exercises for name in (item.name, *item.aliases)]
    muscles = [str(muscle).replace("_", " ") for muscle in Muscle]
    for asks, subjects in ((_OF_EXERCISES, names), (_OF_MUSCLES, muscles * len(_OF_MUSCLES))):
        for at, subject in enumerate(subjects):
            text = asks[(at + at // len(muscles)) % len(asks)].format(subject.lower())
            yield Lesson(text, _NONE, is_harmless=True, speaker=SPEAKERS["e0.general"])


def learn(lessons: Sequence[Lesson]) -> dict[str, Any]:
    """The document of `rules/second_reading.yaml`."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import KFold

    spelling = load_lexicon().spelling
    words = [words_of(lesson.text, spelling) for lesson in lessons]
    wholes = [features_of([t for t in each.tokens if t not in {".", "?"}]) for each in words]
    as_they_are: Any = list[str]  # the stubs know only names of analyzers
    vectorizer = CountVectorizer(analyzer=as_they_are, min_df=2, binary=True)
    rows = _shared(vectorizer.fit_transform(map(sorted, wholes)))
    windows = [
        (at, features_of(part)) for at, each in enumerate(words) for part in windows_of(each)
    ]
    owners = np.array([at for at, _ in windows])
    parts = _shared(vectorizer.transform([sorted(each) for _, each in windows]))
    urgent = np.array([lesson.level == _EMERGENCY for lesson in lessons])
    is_doubtful = np.array([lesson.level == EscalationLevel.E1.value for lesson in lessons])
    weights = np.where(is_doubtful, _DOUBTFUL_WEIGHT, 1.0)

    def fitted(at: Any) -> Any:
        model = LogisticRegression(C=STRENGTH, max_iter=3000, class_weight="balanced")
        return model.fit(rows[at], urgent[at], sample_weight=weights[at])

    unseen = np.full(len(lessons), -np.inf)
    for seen, left in KFold(FOLDS, shuffle=True, random_state=0).split(wholes):
        scores = np.full(len(lessons), -np.inf)
        np.maximum.at(scores, owners, fitted(seen).decision_function(parts))
        unseen[left] = scores[left]
    harmless = np.array([lesson.is_harmless for lesson in lessons])
    threshold = float(np.quantile(unseen[harmless], 1 - FALSE_ALARMS_MAX))
    urgency = fitted(np.arange(len(lessons)))
    kinds = LogisticRegression(C=STRENGTH, max_iter=3000).fit(
        rows[urgent], [lesson.speaker for lesson in lessons if lesson.level == _EMERGENCY]
    )
    return {
        "source": f"trained on {len(lessons)} phrases written by us, {int(urgent.sum())} of them "
        "emergencies; see fitsense_training/learn_triage.py",
        "tag": "H",
        "learned_from": fingerprint(lessons),
        "threshold": round(threshold, 3),
        "scale": SCALE,
        "bias": round(float(urgency.intercept_[0]), 3),
        "categories": {
            str(name): round(float(bias), 3)
            for name, bias in zip(kinds.classes_, kinds.intercept_, strict=True)
        },
        "weights": "\n".join(
            _lines(
                list(vectorizer.get_feature_names_out()), np.vstack([urgency.coef_, kinds.coef_])
            )
        ),
    }


def fingerprint(lessons: Sequence[Lesson]) -> str:
    """Ten hex digits that change with any phrase or label."""
    told = sorted((each.text, each.level, each.is_harmless, each.speaker) for each in lessons)
    return hashlib.blake2b(json.dumps(told).encode(), digest_size=5).hexdigest()


def _shared(counts: Any) -> Any:
    """Every feature of a phrase with its share of the weight, as the reader gives it."""
    known = np.asarray(counts.sum(axis=1)).ravel()
    return counts.multiply(1 / np.sqrt(np.maximum(LEAST_KNOWN, known))[:, None]).tocsr()


def _lines(features: Sequence[str], weights: Any) -> Iterator[str]:
    numbers = np.rint(weights.T / SCALE).astype(int)
    for feature, row in sorted(zip(features, numbers.tolist(), strict=True)):
        if any(row):
            yield " ".join([*map(str, row), feature])


def _speaker(category: str) -> str:
    found = load_lexicon().file.categories.get(_NAMES.get(category, category))
    return SPEAKERS.get(found.template if found else "", SPEAKERS["e0.general"])


def read_lessons(paths: Sequence[Path]) -> list[Lesson]:
    """The lessons of the rules, then those of all files, in order."""
    documents = (yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader) for path in paths)
    phrases = (lesson for document in documents for lesson in lessons_of(document))
    return [*lessons_of_lexicon(), *lessons_of_catalogue(), *phrases]


def main() -> None:
    """Learn, and write the rules file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("phrases", type=Path, nargs="+")
    document = learn(read_lessons(parser.parse_args().phrases))
    head = (
        "# Learned, not written: see fitsense_training/learn_triage.py.\n"
        "# NO CLINICIAN HAS REVIEWED THESE RULES.\n"
    )
    weights = document.pop("weights")
    body = yaml.safe_dump(document, sort_keys=False, width=100)
    block = "".join(f"  {line}\n" for line in weights.splitlines())
    OUT.write_text(f"{head}{body}weights: |\n{block}", encoding="utf-8")


if __name__ == "__main__":
    main()
