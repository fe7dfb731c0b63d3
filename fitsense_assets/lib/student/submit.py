"""A release's student on record and judged: register, compare with the champion, decide, write.

The champion answers the challenger's cases again, so both are judged by the same prompts under
the same rules; a promotion never rests on two different exams.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fitsense_assets.lib.lake import Lake, Manifest
from fitsense_assets.lib.registry.dossier import Dossier
from fitsense_assets.lib.registry.policy import Outcome, Policy, Verdict, judge
from fitsense_assets.lib.registry.promote import settle
from fitsense_assets.lib.registry.register import Registered, Submission, register_student
from fitsense_assets.lib.registry.store import Registry
from fitsense_assets.lib.student.measure import TABLE as EVALUATION
from fitsense_assets.lib.student.measure import read_cases, score_frame
from fitsense_training.evaluate import Student, evaluate
from fitsense_training.registration import VersionTag

if TYPE_CHECKING:
    import polars as pl

TABLE = "registered_student"
REGISTRATION = "registration.json"
Open = Callable[[Path], Student]


@dataclass(frozen=True)
class Judged:
    """What became of a student, and the partition that says so."""

    registered: Registered
    outcome: Outcome
    reasons: tuple[str, ...]
    champion: str | None
    manifest: Manifest


@dataclass(frozen=True)
class Office:
    """What judging needs besides the student: the lake, the registry, the policy, a clock."""

    lake: Lake
    registry: Registry
    policy: Policy
    open_student: Open
    now: datetime


def submit(office: Office, submission: Submission) -> Judged:
    """Register a student, judge it against the champion and carry the decision out."""
    registered = register_student(office.registry, submission)
    champion = office.registry.champion()
    if champion == registered.version:
        return _stands(office, submission, registered)
    challenger = office.lake.read_frame(EVALUATION, submission.release)
    rival = None if champion is None else _champion_scores(office, champion, submission.release)
    verdict = judge(office.policy, challenger, rival)
    verdict = _unless_rolled_back(office, registered, verdict)
    dossier = Dossier(submission.release, registered.version, champion, office.policy, verdict)
    # The lake keeps the dossier too, and like MLflow's copy it is there before the alias moves.
    manifest = _write(office.lake, submission, verdict.outcome, dossier)
    moved = settle(office.registry, dossier, office.now)
    return Judged(registered, verdict.outcome, verdict.reasons, moved.after, manifest)


def _stands(office: Office, submission: Submission, registered: Registered) -> Judged:
    """The student is the champion already: its decision stands, and its partition with it."""
    tags = office.registry.version(registered.version).tags
    outcome = Outcome(tags.get(VersionTag.DECISION, Outcome.PROMOTE))
    reasons = tuple(tags.get(VersionTag.DECISION_WHY, "").splitlines())
    if office.lake.exists(TABLE, submission.release):
        manifest = office.lake.verify(TABLE, submission.release)
    else:
        manifest = _write(office.lake, submission, outcome, None)
    return Judged(registered, outcome, reasons, registered.version, manifest)


def _unless_rolled_back(office: Office, registered: Registered, verdict: Verdict) -> Verdict:
    """A person took this version out of service; only a person brings it back."""
    tags = office.registry.version(registered.version).tags
    if verdict.outcome is not Outcome.PROMOTE or VersionTag.ROLLED_BACK_AT not in tags:
        return verdict
    told = f"version {registered.version} was rolled back: promote it by hand if it is to return"
    return replace(verdict, outcome=Outcome.KEEP, reasons=(told,))


def _champion_scores(office: Office, champion: str, release: str) -> "pl.DataFrame":
    """The champion's scores on the cases that the challenger of a release was asked."""
    asked = set(office.lake.read_frame(EVALUATION, release, ["query_id"])["query_id"].to_list())
    cases = [case for case in read_cases(office.lake, release) if case.query_id in asked]
    student = office.open_student(office.registry.bundle_folder(champion))
    return score_frame(evaluate(student, cases, label=f"champion (version {champion})").scored)


def _write(
    lake: Lake, submission: Submission, outcome: Outcome, dossier: Dossier | None
) -> Manifest:
    record = {
        "release": submission.release,
        "cohorts": list(submission.cohorts),
        "bundle_sha256": submission.bundle_sha256,
        "data_version": submission.data_version,
        "outcome": outcome,
    }
    with lake.write(TABLE, submission.release) as draft:
        draft.write_text(REGISTRATION, json.dumps(record, indent=1, sort_keys=True))
        if dossier is not None:
            draft.write_text("dossier.json", dossier.to_json())
            draft.write_text("dossier.html", dossier.to_html())
            draft.volatile |= {"dossier.json", "dossier.html"}
    return draft.sealed
