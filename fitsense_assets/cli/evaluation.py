"""`fitsense evaluate`: the figures of one student, on the fixed prompts or on its held-out ones."""

import json
import sys

import typer
from rich.console import Console
from rich.table import Table

from fitsense_assets.lib.evaluation_tables import KINDS
from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.registry.store import Registry
from fitsense_assets.lib.student.evidence import record_evaluation
from fitsense_assets.lib.student.full import TABLE, FullEvaluation, evaluate_fully
from fitsense_assets.lib.student.measure import REPORT, read_cases
from fitsense_assets.lib.student.subject import Subject, find_subject
from fitsense_assets.lib.student.train import open_folder
from fitsense_training.evaluate import EvaluationConfig, evaluate, pick_cases
from fitsense_training.scorecard import MEASURES, SYSTEMS, Card, flat_metrics, scorecard
from fitsense_training.settings import Settings

WIDTH = 120
JOURNALS = "evaluations"


def run_evaluation(
    settings: Settings,
    version: str | None,
    release: str | None,
    *,
    is_full: bool,
    as_json: bool,
) -> None:
    """Measure a student and print what was found.

    The full evaluation is written into the lake and, for a registered student, into MLflow; the
    short one only prints.
    """
    lake, registry = Lake(settings.lake_root), Registry.of(settings)
    subject = find_subject(lake, registry, version, release)
    if not is_full:
        _print(subject, _on_held_out(lake, subject), as_json=as_json)
        return
    found = evaluate_fully(lake, settings.home / JOURNALS, subject)
    if subject.version is not None:
        record_evaluation(registry, lake, found)
    _print(subject, found.card, as_json=as_json, found=found)
    if not as_json:
        typer.echo(f"report: {lake.folder(TABLE, subject.key) / REPORT}")


def _on_held_out(lake: Lake, subject: Subject) -> Card:
    """The same sample of held-out requests as the asset `student_evaluation`."""
    cases = pick_cases(read_cases(lake, subject.release), EvaluationConfig())
    return scorecard(evaluate(open_folder(subject.folder), cases, label=subject.name).scored)


def _print(
    subject: Subject, card: Card, *, as_json: bool, found: FullEvaluation | None = None
) -> None:
    if as_json:
        metrics = found.metrics() if found else flat_metrics(card)
        typer.echo(json.dumps({"student": subject.key, **metrics}, indent=1, sort_keys=True))
        return
    # Where nobody looks at a terminal there is room for whole lines.
    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)
    console.print(f"[bold]{subject.name}[/], {card['count_cases']} prompts, shares in %")
    console.print(_systems(card))
    if found is not None:
        console.print("\n[bold]no finding at all[/], by what is special about the prompt")
        console.print(_kinds(card))
        console.print(_speeds(found.speed))


def _systems(card: Card) -> Table:
    table = Table(show_edge=False)
    table.add_column("system")
    for measure in MEASURES.values():
        table.add_column(measure, justify="right")
    for system in SYSTEMS:
        shares = card["overall"][system]
        table.add_row(system, *(_share(shares[measure]) for measure in MEASURES.values()))
    return table


def _kinds(card: Card) -> Table:
    table = Table(show_edge=False)
    for column in ("prompts with", "n", "free", "guarded"):
        table.add_column(column, justify="left" if column == "prompts with" else "right")
    for kind, shares in card["kinds"].items():
        free, guarded = (shares[system]["all_pass"] for system in ("free", "guarded"))
        table.add_row(KINDS.get(kind, kind), str(free["n"]), _share(free), _share(guarded))
    return table


def _speeds(speed: dict[str, float]) -> str:
    return (
        f"{speed['batch_1.tokens_per_s']:,.0f} tokens/s one at a time, "
        f"{speed['batch_8.tokens_per_s']:,.0f} eight at a time; a guarded answer in "
        f"{speed['guarded.latency_ms_p50']:.0f} ms (95th percentile "
        f"{speed['guarded.latency_ms_p95']:.0f}); {speed['memory.student_mb']:.0f} MB"
    )


def _share(entry: Card) -> str:
    return f"{100 * entry['share']:.1f} [{100 * entry['low']:.1f}, {100 * entry['high']:.1f}]"
