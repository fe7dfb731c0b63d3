"""The tables of an evaluation report: raw model and guarded system side by side in each."""

from collections.abc import Iterator
from typing import Any

from fitsense_assets.lib.evaluation_plots import NAMES, SAYS, SMALL_SLICE, Point, slices_of
from fitsense_assets.lib.page import table
from fitsense_training.domain.safety.validator import RULES
from fitsense_training.scorecard import MEASURES, Card

TOLD_SLICE = 50
KINDS = {
    "plain": "nothing besides",
    "handoff": "screening allows no plan",
    "chatter": "a harmless note",
    "injection": "an injection in the note",
    "red_flag": "a warning sign in the note",
    "refusal": "a note that calls for support or a refusal",
}
_AGREES = {
    "is_same_kind": "plan or fixed text as the teacher",
    "is_same_days": "same days",
    "exercise_overlap": "exercises in common (Jaccard)",
    "set_overlap": "sets in common",
    "sets_ratio": "sets, over the teacher's",
}
_VARIES = {
    "n": "new plans",
    "distinct_share": "distinct plans",
    "distinct_selections": "distinct selections of exercises",
    "exercises_used": "exercises used",
    "catalogue_share": "share of the catalogue",
    "similar_overlap": "exercises in common between similar people",
}
_REPEATS = {
    "clean_share": "samples with no finding",
    "one_verdict_share": "requests with one verdict over all samples",
    "one_text_share": "requests with one text over all samples",
    "exercise_overlap": "exercises in common between samples",
}
_SPEEDS = {
    "free.latency_ms_p50": "free reply, median ms",
    "free.latency_ms_p95": "free reply, 95th percentile ms",
    "guarded.latency_ms_p50": "guarded answer, median ms",
    "guarded.latency_ms_p95": "guarded answer, 95th percentile ms",
    "batch_1.tokens_per_s": "tokens a second, one at a time",
    "batch_8.tokens_per_s": "tokens a second, eight at a time",
    "batch_1.tokens_per_cpu_s": "tokens a CPU-second, one at a time",
    "batch_8.tokens_per_cpu_s": "tokens a CPU-second, eight at a time",
    "batch_1.cpu_ms_p50": "reply under the grammar, median CPU ms",
    "batch_8.cpu_ms_p50": "batch of eight, median CPU ms",
    "batch_1.latency_ms_p50": "reply under the grammar, median ms",
    "batch_1.latency_ms_p95": "reply under the grammar, 95th percentile ms",
    "batch_8.latency_ms_p50": "batch of eight, median ms",
    "batch_8.latency_ms_p95": "batch of eight, 95th percentile ms",
    "memory.student_mb": "memory of the student, MB",
    "memory.peak_mb": "memory of its process at most, MB",
    "memory.bundle_mb": "bundle on disk, MB",
}
Cell = str | tuple[str, str]


def overall_table(card: Card) -> str:
    """Systems by measures, each share with its interval and n."""
    head = ("system", *(SAYS[short] for short in MEASURES.values()), "n")
    return table(head, [_overall_row(card, system) for system in card["overall"]])


def _overall_row(card: Card, system: str) -> tuple[str, ...]:
    measures = card["overall"][system]
    cells = [interval(measures[short]) for short in MEASURES.values()]
    return (NAMES[system], *cells, str(measures["schema"]["n"]))


def overall_markdown(card: Card) -> str:
    """The same table for Dagster's metadata."""
    head = ("system", *(SAYS[short] for short in MEASURES.values()), "n")
    rows = [_overall_row(card, system) for system in card["overall"]]
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def exact_table(card: Card) -> str:
    """How sure the absence of BLOCK findings is: exact intervals of what was refused."""
    rows = [
        (
            NAMES[system],
            f"{entry['n'] - entry['count']} of {entry['n']}",
            f"{1 - card['exact'][system]['block_free']['low']:.2%}",
        )
        for system, measures in card["overall"].items()
        if (entry := measures["block_free"])
    ]
    return table(("system", "answers with a BLOCK finding", "at most, 95 % exact"), rows)


def part_table(head: str, parts: list[tuple[str, Card]]) -> str:
    """Slices or kinds of prompts: free and guarded figures beside each other."""
    columns = [("block_free", "free"), ("block_free", "guarded")]
    columns += [(m, s) for m in ("all_pass", "task_success") for s in ("free", "guarded")]
    rows = [
        (
            name,
            str(shares["guarded"]["schema"]["n"]),
            *(_judged(shares[system][measure]) for measure, system in columns),
        )
        for name, shares in parts
    ]
    return table((head, "n", *(f"{system}: {SAYS[m]}" for m, system in columns)), rows)


def slice_table(card: Card) -> str:
    """Every slice: guarded and free figures."""
    return part_table("slice", [(f"{d} = {v}", shares) for d, v, shares in slices_of(card)])


def kind_table(card: Card) -> str:
    """Prompts by what is special about them."""
    return part_table(
        "prompts with", [(KINDS.get(str(k), str(k)), s) for k, s in card["kinds"].items()]
    )


def pair_table(pairs: list[dict[str, Any]]) -> str:
    """The pairs of slices where the guarded system does worst."""
    rows = [
        (
            f"{pair['slice']} = {pair['value']}",
            f"{pair['second_slice']} = {pair['second_value']}",
            str(pair["n"]),
            _judged(pair),
        )
        for pair in pairs
    ]
    return table(("slice", "and slice", "n", "guarded: no finding at all"), rows)


def delta_table(card: Card) -> str:
    """Where the teacher was safe and the student was not."""
    rows = [
        (NAMES[system], str(entry["count"]), str(entry["n"]), interval(entry), _where(entry))
        for system, entry in card["safety_deltas"].items()
    ]
    return table(("system", "lost", "of", "share", "most of all in"), rows)


def _where(entry: Card) -> str:
    """The slices that lost the largest share, of those with enough cases to tell."""
    found = [
        (lost["share"], f"{dimension} = {value} ({lost['share']:.0%} of {lost['n']})")
        for dimension, values in entry["slices"].items()
        for value, lost in values.items()
        if lost["n"] >= TOLD_SLICE
    ]
    return ", ".join(text for _, text in sorted(found, reverse=True)[:3]) or "nowhere"


def agreement_table(card: Card) -> str:
    """How near each system is to the teacher, with bootstrap intervals over people."""
    systems = list(card["agreement"])
    rows = [
        (text, *(_mean(card["agreement"][system][name]) for system in systems))
        for name, text in _AGREES.items()
    ]
    return table(("", *(NAMES[system] for system in systems)), rows)


def diversity_table(card: Card) -> str:
    """How the new plans of each system differ."""
    systems = list(card["diversity"])
    rows = [
        (text, *(_plain(name, card["diversity"][system][name]) for system in systems))
        for name, text in _VARIES.items()
    ]
    return table(("", *(NAMES[system] for system in systems)), rows)


def consistency_table(card: Card) -> str:
    """What repeated sampling says of the free student and the guarded system."""
    systems = card["consistency"]["systems"]
    rows = [
        (text, *(_mean(systems[system][name]) for system in systems))
        for name, text in _REPEATS.items()
    ]
    return table(("", *(NAMES[system] for system in systems)), rows)


def rule_table(card: Card) -> str:
    """In how many replies of each system a rule is broken, with what the rule says."""
    found = card["rules_broken"]
    systems = [system for system in NAMES if system in found]
    rules = sorted({rule for counts in found.values() for rule in counts})
    rows = [
        (rule, *_said(rule), *(str(found[system].get(rule, 0)) for system in systems))
        for rule in rules
    ]
    return table(("rule", "severity", "says", *(NAMES[system] for system in systems)), rows)


def _said(rule: str) -> tuple[str, str]:
    severity, sentence = RULES.get(rule, ("", ""))
    return str(severity), sentence


def path_table(card: Card) -> str:
    """Who the guarded answers came from."""
    rows = [
        (path, str(entry["count"]), f"{entry['share']:.1%}")
        for path, entry in card["guard_paths"].items()
    ]
    return table(("path", "count", "share"), rows)


def speed_table(speed: dict[str, float]) -> str:
    """Times, rates and memory."""
    known = [(text, f"{speed[name]:,.1f}") for name, text in _SPEEDS.items() if name in speed]
    more = [(name, f"{v:,.1f}") for name, v in sorted(speed.items()) if name not in _SPEEDS]
    return table(("figure", "value"), [*known, *more])


def point_table(points: list[Point]) -> str:
    """The students of the chart in figures."""
    rows = [
        (
            point.name,
            f"{point.latency_ms:.1f}",
            interval(point.free["all_pass"]),
            interval(point.guarded["all_pass"]),
            interval(point.guarded["task_success"]),
        )
        for point in points
    ]
    head = ("student", "CPU ms", "free: no finding", "guarded: no finding", "guarded: task")
    return table(head, rows)


def interval(entry: Card) -> str:
    """A share with its interval."""
    return f"{entry['share']:.1%} [{entry['low']:.1%}, {entry['high']:.1%}]"


def _judged(entry: Card) -> Cell:
    """The same, short; grey where there are too few cases to judge by."""
    text = f"{entry['share']:.1%} [{100 * entry['low']:.0f}, {100 * entry['high']:.0f}]"
    return ("quiet number", text) if entry["n"] < SMALL_SLICE else text


def _mean(entry: Card) -> str:
    if not entry["n"]:
        return "none"
    return f"{entry['mean']:.2f} [{entry['low']:.2f}, {entry['high']:.2f}]"


def _plain(name: str, value: float) -> str:
    return f"{value:.2f}" if name.endswith(("share", "overlap")) else f"{value:,.0f}"


def tiles(card: Card) -> Iterator[tuple[str, str, str]]:
    """What people look for first: (what, guarded, free)."""
    for measure in ("block_free", "all_pass", "task_success"):
        guarded = card["overall"]["guarded"][measure]["share"]
        free = card["overall"]["free"][measure]["share"]
        yield SAYS[measure], f"{guarded:.1%}", f"{free:.1%}"
