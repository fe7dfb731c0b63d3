"""`fitsense audit`: what the domain holds, and whether anything in it has a gap.

Counts exercises, rules with their fixtures, conditions, thresholds, texts and topics; lets the
reference coach answer people over the golden slices; and ends with 1 where a rule or threshold has
no source, a rule no fixture that breaks it and one that keeps it, a text nobody who says it, a
pattern nothing safe left that is not named, or where the coach breaks a BLOCK rule.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from fitsense_assets.lib.golden import (
    EQUIPMENT,
    GoldenFigures,
    condition_sets,
    golden_cases,
    grid,
    judge_golden,
)
from fitsense_assets.lib.rule_fixtures import FixtureVerdict, read_fixtures, run_fixtures
from fitsense_assets.lib.rules_page import NOT_REVIEWED, TAGS, THRESHOLD_FILES, thresholds
from fitsense_training.domain.catalogue import Exercise, load_catalogue
from fitsense_training.domain.conditions import Rule, load_conditions
from fitsense_training.domain.rulebook import read_rules
from fitsense_training.domain.safety.rule_table import rule_table
from fitsense_training.domain.text.templates import (
    HANDOFF_KEYS,
    SAID_BY_CODE,
    SAID_BY_OTHERS,
    load_templates,
)
from fitsense_training.domain.vocabulary import Equipment, ExperienceLevel, Pattern, Severity

SEED = 1
PLANS_PER_CPU_S_MIN = 500
USERS_TO_TIME = 1000  # fewer people tell how long the rules take to load


def run_audit(sample_users: int) -> int:
    """Print the audit of the domain over so many sampled people; 0 when it has no gap, else 1."""
    console = Console(highlight=False)
    console.print(f"[bold]FitSense domain audit[/] {NOT_REVIEWED}\n")
    figures = judge_golden(golden_cases(sample_users, SEED))
    fixtures = {name: run_fixtures(name) for name in rule_table()}
    parts = (
        *(_exercises(), _rules(fixtures), _fixtures(fixtures), _thresholds(), _held()),
        *(_options(), _coach(figures)),
    )
    for part in parts:
        console.print(part)
    gaps = [
        *_sources_missing(),
        *_texts_without_sources(),
        *_rules_without_fixtures(fixtures),
        *_texts_nobody_says(),
        *_patterns_without_options(),
        *_blocks(figures),
        *(_too_slow(figures) if sample_users >= USERS_TO_TIME else ()),
    ]
    for gap in gaps:
        console.print(f"[red]gap[/] {gap}")
    console.print(f"{len(gaps)} gaps" if gaps else "no gap")
    return 1 if gaps else 0


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", show_edge=False)
    table.add_column(columns[0])
    for column in columns[1:]:
        table.add_column(column, justify="right")
    return table


def _exercises() -> Table:
    table = _table(f"exercises: {len(load_catalogue())}", "by", "count")
    ways: dict[str, Callable[[Exercise], str]] = {
        "pattern": lambda exercise: exercise.pattern,
        "level": lambda exercise: exercise.level,
        "equipment": lambda exercise: (
            "none" if frozenset() in exercise.equipment else min(min(o) for o in exercise.equipment)
        ),
    }
    for way, of in ways.items():
        for name, count in sorted(Counter(of(e) for e in load_catalogue()).items()):
            table.add_row(f"{way} {name}", str(count))
    return table


def _rules(fixtures: Mapping[str, FixtureVerdict]) -> Table:
    entries = rule_table().values()
    columns = (*Severity, "fixtures that break", "that keep")
    table = _table(f"rules: {len(entries)}", "judges", *columns)
    counts = Counter((entry.judges, entry.severity) for entry in entries)
    for judges in dict.fromkeys(entry.judges for entry in entries):
        of_kind = [fixtures[entry.id] for entry in entries if entry.judges is judges]
        sums = sum(v.failing for v in of_kind), sum(v.passing for v in of_kind)
        by_severity = (counts[judges, severity] for severity in Severity)
        table.add_row(judges, *(str(count) for count in (*by_severity, *sums)))
    return table


def _fixtures(fixtures: Mapping[str, FixtureVerdict]) -> Table:
    table = _table("fixtures by rule", "rule", "severity", "break it", "keep it")
    for name, found in fixtures.items():
        table.add_row(name, rule_table()[name].severity, str(found.failing), str(found.passing))
    return table


def _held() -> Table:
    """What else the domain holds, by count."""
    book, lexicon, topics = load_conditions(), read_rules("lexicon.yaml"), read_rules("topics.yaml")
    table = _table("what else is held", "of what", "count")
    rows = {
        "conditions": len(book.conditions),
        "defaults of any condition": len(book.defaults),
        "age bands": len(book.age_bands),
        "stop signs": len(book.stop_signs),
        "fixed texts": len(load_templates().templates),
        "  of them said by service or client": len(SAID_BY_OTHERS),
        "categories of warning signs": len(lexicon["categories"]),
        "lexicon entries": len(lexicon["entries"]),
        "topics": len(topics["topics"]),
        "golden slices": len(grid()),
        "sets of conditions": len(condition_sets()),
    }
    for name, count in rows.items():
        table.add_row(name, str(count))
    return table


def _thresholds() -> Table:
    table = _table("thresholds", "file", "count", "sourced", *TAGS)
    for file in THRESHOLD_FILES:
        found = list(thresholds(file))
        tags = Counter(threshold.tag for threshold in found)
        sourced = sum(threshold.is_sourced for threshold in found)
        cells = (len(found), sourced, *(tags[tag] for tag in TAGS))
        table.add_row(file, *(str(cell) for cell in cells))
    rules = _condition_rules()
    tags = Counter(str(rule.tag) for rule in rules)
    cells = (len(rules), len(rules), *(tags[tag] for tag in TAGS))
    table.add_row("conditions.yaml", *(str(cell) for cell in cells))
    for file, entries in _texts().items():
        tags = Counter(str(entry.get("tag")) for entry in entries.values())
        cells = (len(entries), sum(map(_is_sourced, entries.values())), *(tags[t] for t in TAGS))
        table.add_row(file, *(str(cell) for cell in cells))
    return table


def _texts() -> dict[str, dict[str, dict[str, Any]]]:
    """What is listened for and how it is met: entries by name, for each file."""
    lexicon, topics = read_rules("lexicon.yaml"), read_rules("topics.yaml")
    return {
        "lexicon.yaml": {entry["id"]: entry for entry in lexicon["entries"]},
        "topics.yaml": topics["topics"],
        "templates.yaml": read_rules("templates.yaml")["templates"],
    }


def _is_sourced(entry: dict[str, Any]) -> bool:
    return bool(entry.get("source")) and entry.get("tag") in TAGS


def _condition_rules() -> list[Rule]:
    book = load_conditions()
    return [*book.conditions.values(), *book.age_bands.values()]


def _coach(figures: GoldenFigures) -> Table:
    table = _table(f"reference coach on {figures.count} people", "figure", "value")
    rows: list[tuple[str, str]] = [
        ("golden slices covered", f"{len(figures.cells)} of {len(grid())}"),
        ("condition sets covered", f"{len(figures.conditions)} of {len(condition_sets())}"),
        ("fixed texts", str(figures.handoffs)),
        ("refused, nothing left to do", str(figures.refused)),
        ("plans per CPU-s", f"{figures.plans_per_cpu_s:.0f}"),
        *((f"{s} findings", str(figures.by_severity(s))) for s in Severity),
    ]
    rows += [
        (f"  {rule} ({grave})", str(count))
        for (grave, rule), count in figures.findings.most_common()
    ]
    for row in rows:
        table.add_row(*row)
    return table


def _sources_missing() -> Iterator[str]:
    for entry in rule_table().values():
        if not entry.source or entry.tag not in TAGS:
            yield f"rule {entry.id} has no source"
    for file in THRESHOLD_FILES:
        for threshold in thresholds(file):
            if not threshold.is_sourced:
                yield f"rules/{file}: {threshold.name} has no source or tag"


def _rules_without_fixtures(fixtures: Mapping[str, FixtureVerdict]) -> Iterator[str]:
    for name, found in fixtures.items():
        if not found.failing:
            yield f"rule {name} has no fixture that breaks it"
        if not found.passing:
            yield f"rule {name} has no fixture that keeps it"
    for name in sorted(set(read_fixtures()) - set(fixtures)):
        yield f"rule_fixtures.yaml: there is no rule {name}"


def _texts_nobody_says() -> Iterator[str]:
    """Fixed texts without a category, topic, handoff or code that says them, and the reverse."""
    lexicon, topics = read_rules("lexicon.yaml"), read_rules("topics.yaml")
    said = {category.get("template") for category in lexicon["categories"].values()} - {None}
    said |= {topic["template"] for topic in topics["topics"].values()}
    said |= {*HANDOFF_KEYS.values(), *SAID_BY_CODE, *SAID_BY_OTHERS}
    texts = set(load_templates().templates)
    for key in sorted(texts - said):
        yield f"rules/templates.yaml: nobody says {key}"
    for key in sorted(said - texts):
        yield f"rules/templates.yaml: {key} is to be said, and is not there"


def _texts_without_sources() -> Iterator[str]:
    for file, entries in _texts().items():
        for name, entry in entries.items():
            if not _is_sourced(entry):
                yield f"rules/{file}: {name} has no source or tag"


def _options() -> Table:
    """How many pattern x condition x equipment triples leave a novice something safe."""
    sound = gone = 0
    for owned in EQUIPMENT.values():
        for _, left, named in _safe_patterns(owned):
            sound, gone = sound + len(left), gone + len((set(Pattern) - left) & named)
    table = _table("safe options for a novice", "pattern x condition or age x equipment", "count")
    table.add_row("an exercise is left", str(sound))
    table.add_row("dropped on purpose, by name", str(gone))
    return table


def _safe_patterns(
    owned: tuple[Equipment, ...],
) -> Iterator[tuple[Rule, set[Pattern], set[Pattern]]]:
    """Each condition and age with the patterns that are left, and those named as dropped."""
    book, novice = load_conditions(), ExperienceLevel.NOVICE
    doable = [e for e in load_catalogue().doable_with(frozenset(owned)) if e.level is novice]
    for rule in _condition_rules():
        code = getattr(rule, "condition", None) or getattr(rule, "age_band", None)
        named = {
            dropped.pattern
            for dropped in book.dropped
            if code in dropped.conditions or code in dropped.age_bands
        }
        left = {exercise.pattern for exercise in doable if not exercise.tags & rule.avoid}
        yield rule, left, named


def _patterns_without_options() -> Iterator[str]:
    """Patterns in which a condition or age leaves a novice nothing with some equipment, unnamed."""
    for name, owned in EQUIPMENT.items():
        for rule, left, named in _safe_patterns(owned):
            for pattern in sorted(set(Pattern) - left - named):
                yield (
                    f"{rule.name}: nothing safe is left in {pattern} with equipment {name}, and "
                    "rules/ does not say so"
                )


def _blocks(figures: GoldenFigures) -> Iterator[str]:
    for cell, finding in figures.blocked[:20]:
        who = f"{cell.task} {cell.goal} {cell.level} {cell.age_band} {' '.join(cell.conditions)}"
        yield f"the coach breaks {finding.rule_id} at {finding.place}: {finding.detail} ({who})"


def _too_slow(figures: GoldenFigures) -> Iterator[str]:
    if figures.plans_per_cpu_s < PLANS_PER_CPU_S_MIN:
        yield f"{figures.plans_per_cpu_s:.0f} plans per CPU-s, at least {PLANS_PER_CPU_S_MIN}"
