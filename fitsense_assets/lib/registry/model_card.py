"""The model card of a student: what it is, what it learned from, how it did, what it is not for.

Every figure names where it comes from, and none stands in the text that was not measured. Markdown,
short enough to be the description of a version in MLflow.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fitsense_assets.lib.markdown import table
from fitsense_training.bundle import BundleManifest
from fitsense_training.scorecard import MEASURES, Card

JUDGED = 100
LOWEST = 5
SYSTEMS = {"free": "raw model", "guarded": "guarded system", "teacher": "teacher"}
_SAYS = {
    "schema": "is a plan",
    "block_free": "no BLOCK finding",
    "all_pass": "no finding",
    "task_success": "task done",
}


@dataclass(frozen=True)
class ModelFacts:
    """What a card is written from; `rows` are the rows of the release by split."""

    manifest: BundleManifest
    record: dict[str, Any]
    rows: dict[str, int]
    card: Card
    speed: dict[str, float]


def model_card(facts: ModelFacts) -> str:
    """The whole card."""
    return "\n\n".join(_parts(facts)) + "\n"


def _parts(facts: ModelFacts) -> Iterator[str]:
    manifest, card = facts.manifest, facts.card
    yield f"# FitSense student of {manifest.release}"
    yield (
        f"A fitness-coach model of {facts.record['parameters']:,} parameters (base "
        f"`{manifest.base}`, recipe `{facts.record['recipe']}`; source: run record) that writes "
        "workout plans for requests in the FitSense prompt format."
    )
    yield (
        "**Use it only behind the rule check and the reference coach.** Not for free conversation, "
        "diagnosis, nutrition or medical advice. No clinician has reviewed its rules. Trained on "
        "synthetic people alone."
    )
    yield f"## Figures\n\n{_overall(card)}"
    yield (
        f"{card['count_cases']} held-out requests of {manifest.release}, 95 % Wilson intervals "
        "(source: `student_evaluation`, scorecard.json)."
    )
    yield f"Lowest slices of {JUDGED} cases or more:\n\n{_lowest(card)}"
    yield _losses(card)
    yield f"## Data\n\n{_data(facts)}"
    yield f"## Versions\n\n{_versions(manifest)}"


def _overall(card: Card) -> str:
    rows = [
        (name, *(_interval(card["overall"][system][short]) for short in MEASURES.values()))
        for system, name in SYSTEMS.items()
    ]
    return table(("", *(_SAYS[short] for short in MEASURES.values())), rows)


def _lowest(card: Card) -> str:
    """Where the guarded system does worst, with the raw model beside it."""
    found = [
        (entry["share"], f"{dimension} = {value}", shares)
        for dimension, values in card["slices"].items()
        for value, shares in values.items()
        if (entry := shares["guarded"]["all_pass"])["n"] >= JUDGED
    ]
    rows = [
        (
            name,
            str(shares["guarded"]["all_pass"]["n"]),
            *(_interval(shares[system]["all_pass"]) for system in ("free", "guarded")),
        )
        for _, name, shares in sorted(found, key=lambda entry: entry[:2])[:LOWEST]
    ]
    return table(("slice", "n", "raw model: no finding", "guarded: no finding"), rows)


def _losses(card: Card) -> str:
    lost = card["safety_deltas"]
    return (
        f"Safe with the teacher and unsafe with the student: {lost['free']['count']} of "
        f"{lost['free']['n']} for the raw model, {lost['guarded']['count']} of "
        f"{lost['guarded']['n']} for the guarded system (source: the same)."
    )


def _data(facts: ModelFacts) -> str:
    cohorts, rows = ", ".join(facts.manifest.cohorts), facts.rows
    latency = facts.speed["guarded.latency_ms_p50"]
    return (
        f"Release {facts.manifest.release} of cohorts {cohorts}: {rows['train']:,} rows to train, "
        f"{rows['val']:,} to validate, {rows['test']:,} to test (source: `sft_splits`, funnel.json)"
        f". Training took {facts.record['train_cpu_s']:,.0f} CPU-seconds (source: run record). A "
        f"guarded answer took {latency:.0f} ms at the median (source: speed.json; wall time)."
    )


def _versions(manifest: BundleManifest) -> str:
    rows = [
        ("data", manifest.data_version),
        ("rules", manifest.rules_version),
        ("catalogue", manifest.catalogue_version),
        ("prompt / wire", f"{manifest.prompt_version} / {manifest.wire_version}"),
        ("bundle sha256", manifest.bundle_sha256),
    ]
    return table(("what", "version"), rows)


def _interval(entry: Card) -> str:
    return f"{entry['share']:.1%} [{entry['low']:.1%}, {entry['high']:.1%}]"
