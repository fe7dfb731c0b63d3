"""The full evaluation: a student on the fixed prompts, with repeated sampling, speed and memory.

Minutes of CPU, so it runs by command and not with every training. It can be killed at any time and
goes on where it was. Its figures may be laid beside those of any student that was asked the same
prompts, which the hash of the prompts says.
"""

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fitsense_assets.lib.evaluation_plots import Point
from fitsense_assets.lib.evaluation_report import Report
from fitsense_assets.lib.lake import Lake, Manifest
from fitsense_assets.lib.prompt_set.store import PromptSet, read_prompt_set
from fitsense_assets.lib.student.contamination import seen_prompts
from fitsense_assets.lib.student.measure import SCORECARD, SPEED, speed_figures, write_files
from fitsense_assets.lib.student.subject import Subject
from fitsense_assets.lib.student.train import open_folder
from fitsense_training.consistency import ConsistencyConfig, consistency, flat_consistency
from fitsense_training.domain.errors import BadInput
from fitsense_training.domain.rulebook import rules_version
from fitsense_training.evaluate import Case, Evaluation, Student, evaluate
from fitsense_training.evaluation_journal import EvaluationJournal
from fitsense_training.scorecard import Card, flat_metrics, scorecard
from fitsense_training.speed import measure_speed

TABLE = "full_evaluation"
LATENCY = "batch_1.cpu_ms_p50"


@dataclass(frozen=True)
class FullEvaluation:
    """What was measured, and the partition that holds it."""

    subject: Subject
    card: Card
    speed: dict[str, float]
    manifest: Manifest

    def metrics(self) -> dict[str, float]:
        """Every figure by dotted name, under `full.`."""
        flat = {**flat_metrics(self.card), **dict(flat_consistency(self.card["consistency"]))}
        return {f"full.{name}": value for name, value in {**flat, **self.speed}.items()}


@dataclass(frozen=True)
class Sizes:
    """How much is asked; all of the prompts by default."""

    limit: int | None = None
    consistency: ConsistencyConfig = field(default_factory=ConsistencyConfig)


def evaluate_fully(
    lake: Lake, work: Path, subject: Subject, sizes: Sizes | None = None
) -> FullEvaluation:
    """Measure a student on today's fixed prompts and write the partition.

    `work` is the folder of journals. The prompts are made on the first call.
    """
    sizes = sizes or Sizes()
    prompts = read_prompt_set(lake)
    seen = seen_prompts(lake, subject.release)
    cases = [case for case in prompts.cases if case.query_id not in (seen or frozenset())]
    cases = cases[: sizes.limit]
    if not cases:
        raise BadInput(
            f"the student of {subject.release} has seen every prompt of the evaluation: make a new "
            "release, which keeps them out, and train on that"
        )
    student = open_folder(subject.folder)
    path = work / f"{subject.key}.{prompts.sha[:12]}.jsonl"
    evaluation = _evaluated(student, cases, path, _about(subject, prompts))
    card = {
        **scorecard(evaluation.scored),
        "consistency": consistency(student, cases, sizes.consistency),
        "prompts": _asked(prompts, seen),
        "subject": {**vars(subject), "folder": subject.folder.name},
    }
    speed = speed_figures(evaluation.speed)
    speed |= measure_speed(subject.folder, [case.request for case in cases])
    manifest = _write(lake, subject, evaluation, card, speed)
    path.unlink(missing_ok=True)
    return FullEvaluation(subject, card, speed, manifest)


def _about(subject: Subject, prompts: PromptSet) -> dict[str, str]:
    """What a journal has to be about for its lines to count."""
    return {
        "bundle": subject.bundle_sha256,
        "prompts": prompts.sha,
        "rules": rules_version(),
    }


def _evaluated(
    student: Student, cases: list[Case], path: Path, about: dict[str, str]
) -> Evaluation:
    with EvaluationJournal(path, about) as journal:
        return evaluate(student, cases, label="on the fixed prompts", journal=journal)


def _asked(prompts: PromptSet, seen: frozenset[str] | None) -> dict[str, Any]:
    return {
        "key": prompts.key,
        "sha": prompts.sha,
        "count": len(prompts.cases),
        "count_seen": None if seen is None else len(seen),
    }


def _write(
    lake: Lake, subject: Subject, evaluation: Evaluation, card: Card, speed: dict[str, float]
) -> Manifest:
    mine = replace(_point(card, speed), is_subject=True)
    others = [point for key, point in points(lake, card["prompts"]["sha"]) if key != subject.key]
    report = Report(
        title=f"Student {subject.name}",
        asked="fixed evaluation prompts, the same for every student",
        about=_say(card["prompts"]),
        card=card,
        speed=speed,
        points=[mine, *others],
    )
    with lake.write(TABLE, subject.key) as draft:
        draft.facts.update(bundle_sha256=subject.bundle_sha256, prompts=card["prompts"]["sha"])
        write_files(draft, evaluation, report)
    return draft.sealed


def _say(asked: dict[str, Any]) -> str:
    """Which prompts, and what of them the student may have seen."""
    which = f"Prompts {asked['key']}, hash {asked['sha']}."
    if asked["count_seen"] is None:
        return f"{which} The splits it was trained on are gone: nobody checked what it has seen."
    if asked["count_seen"]:
        return (
            f"{which} {asked['count_seen']} of {asked['count']} were left out, since its release "
            "is older than the prompts and tells too much of them."
        )
    return f"{which} Its release was made beside the prompts and tells of none of them."


def points(lake: Lake, prompts_sha: str) -> list[tuple[str, Point]]:
    """Every student that was asked these prompts, by partition, the fastest first."""
    found: list[tuple[str, Point]] = []
    for key in lake.keys(TABLE):
        if lake.manifest(TABLE, key).facts.get("prompts") == prompts_sha:
            card = json.loads(lake.read_text(TABLE, key, SCORECARD))
            speed = json.loads(lake.read_text(TABLE, key, SPEED))
            if LATENCY in speed:  # an earlier code measured other times
                found.append((key, _point(card, speed)))
    return sorted(found, key=lambda entry: (entry[1].latency_ms, entry[0]))


def _point(card: Card, speed: dict[str, float]) -> Point:
    subject, overall = card["subject"], card["overall"]
    version = f"v{subject['version']}" if subject["version"] else "unregistered"
    name = f"{version} {subject['release']} {subject['recipe']}"
    return Point(name, speed[LATENCY], overall["guarded"], overall["free"])
