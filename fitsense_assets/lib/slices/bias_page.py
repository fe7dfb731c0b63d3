"""The bias report for people: the verdict, what is wrong and how sure, then the whole evidence."""

import html
from collections.abc import Iterable, Mapping, Sequence

from fitsense_assets.lib.page import page, table
from fitsense_assets.lib.slices import inline
from fitsense_assets.lib.slices.bias import Bias, Concern
from fitsense_assets.lib.slices.bias_policy import BiasPolicy
from fitsense_assets.lib.slices.bootstrap import DEALS
from fitsense_assets.lib.slices.disparities import Disparity, Standing
from fitsense_assets.lib.slices.gaps import Gap
from fitsense_assets.lib.slices.measures import MEASURES
from fitsense_assets.lib.slices.representation import Presence, Representation

MOST_PAIRS = 20
Cell = str | tuple[str, str]
_STANDING_CLASSES = {
    Standing.INSUFFICIENT: "quiet",
    Standing.EVEN: "",
    Standing.HIGHER: "good",
    Standing.LOWER: "unsure",
    Standing.LAGGING: "bad",
}


def bias_page(bias: Bias, pictures: Mapping[str, bytes]) -> str:
    """The report for people, pictures inside."""
    title = f"Bias of {bias.release}"
    parts = (
        inline.STYLE,
        f"<h1>{html.escape(title)}</h1>",
        "<p>Are all groups of people served alike, and is each one in what the student learns?</p>",
        _verdict(bias),
        "<h2>What was found</h2>",
        concern_table(bias.concerns),
        inline.legend(_legend(bias.policy)),
        "<h2>Everybody together</h2>",
        _overall_part(bias),
        "<h2>Each slice beside everybody else</h2>",
        inline.picture(pictures["disparities"], "Difference of each slice to everybody else"),
        *(_measure_part(measure, bias.disparities) for measure in MEASURES),
        inline.folded("Best and worst slice of each dimension", gap_table(bias.gaps)),
        "<h2>Where two slices meet</h2>",
        "<p>The worst pair of each two dimensions, in points; * is proven. Pairs of too few "
        "answers are left out.</p>",
        inline.picture(pictures["pairs"], "How far the worst pair lies below everybody else"),
        _pair_part(bias.disparities),
        "<h2>Who is in the training rows</h2>",
        "<p>Rare groups are drawn more often on purpose, so some lie right of 1x; what lies left "
        "of the green band is missing. <i>Evening weight</i> is what each row of a slice would "
        "have to count for to be as in the population.</p>",
        inline.picture(pictures["presence"], "Training share by population share"),
        inline.folded("All slices in figures", _presence_table(bias.present)),
    )
    return page(title, "".join(parts))


def _verdict(bias: Bias) -> str:
    judged = [each for each in bias.disparities if each.is_judged]
    slices = {each.name for each in judged if not each.is_pair}
    pairs = {each.name for each in judged if each.is_pair}
    few = {each.name for each in bias.disparities} - slices - pairs
    more = (
        f"{len(slices)} slices and {len(pairs)} pairs of slices were judged on {len(MEASURES)} "
        f"measures; {len(few)} have fewer than {bias.policy.minimum_n} answers and are "
        f"insufficient to judge. Bias policy {bias.policy.version}."
    )
    blocks = len(bias.blocks)
    return inline.verdict(blocks, len(bias.concerns) - blocks, more)


def concern_table(concerns: Sequence[Concern]) -> str:
    """What the policy does not let pass, gravest first."""
    if not concerns:
        return "<p>No group is proven to be worse off by more than the policy allows.</p>"
    rows = [
        (inline.level_cell(each.level), ("", each.slice_name), ("", each.says), f"{each.n:,}")
        for each in concerns
    ]
    return table(("", "who", "what, and between what bounds (95 %)", "n"), rows)


def _legend(policy: BiasPolicy) -> list[tuple[str, str]]:
    return [
        ("slice", "people or questions that have one thing in common, such as sex = female"),
        (
            "everybody else",
            "all answers outside the slice: what it is compared with",
        ),
        (
            "[low, high]",
            "where the true figure lies, 95 times of 100. Shares: Wilson. Differences: the wider "
            f"of Newcombe's and of {DEALS} bootstrap deals of people (one person asks often)",
        ),
        (
            "proven",
            "so far from zero that chance alone, over all slices tested, does it less than once "
            f"in {1 / policy.level:.0f} times (Fisher and bootstrap, Holm's correction)",
        ),
        ("STOPS, WARNS", "a proven difference beyond the margin of the policy file"),
        ("insufficient", f"fewer than {policy.minimum_n} answers: grey, shown, never judged"),
        ("in the population", "re-weighted: groups that were drawn too often count less"),
    ]


def _overall_part(bias: Bias) -> str:
    rows: list[tuple[Cell, ...]] = []
    for each in bias.overall:
        measure, margin = MEASURES[each.measure], bias.policy.measures[each.measure]
        limits = [f"{limit:.0%}" if limit else "never" for limit in (margin.warn, margin.block)]
        shown = (measure.shown(each.value), measure.shown(each.population_value))
        rows.append((measure.says, *shown, f"{each.n:,}", *limits, ("quiet", margin.why)))
    head = ("measure", "as drawn", "in the population", "n", "warns at", "stops at", "because")
    return table(head, rows)


def _measure_part(measure: str, found: Sequence[Disparity]) -> str:
    rows = [_disparity_row(e) for e in found if e.measure == measure and not e.is_pair]
    head = ("slice", "n", "value", "in the population", "everybody else", "difference", "p", "")
    return inline.folded(f"In figures: {MEASURES[measure].says}", table(head, rows))


def _disparity_row(each: Disparity) -> tuple[Cell, ...]:
    measure = MEASURES[each.measure]
    low, high = measure.shown(each.low), measure.shown(each.high)
    apart = (each.difference, each.difference_low, each.difference_high)
    cells = (
        each.name,
        f"{each.n:,}",
        f"{measure.shown(each.value)} [{low}, {high}]",
        measure.shown(each.population_value),
        measure.shown(each.rest_value),
        measure.difference_shown(*apart),
        f"{each.p_value:.3f}" if each.p_value >= 0.001 else "0.000",
    )
    if each.is_judged:
        return (*cells, standing_cell(each))
    return (*(("quiet", cell) for cell in cells), standing_cell(each))


def standing_cell(each: Disparity) -> tuple[str, str]:
    """A cell that says how a slice fares, in the words of its measure."""
    measure, standing = MEASURES[each.measure], each.standing
    words = {
        Standing.HIGHER: measure.higher,
        Standing.LOWER: f"{measure.lower}, within the margin",
        Standing.LAGGING: measure.lower,
    }
    return _STANDING_CLASSES[standing], words.get(standing, standing.value)


def _pair_part(found: Sequence[Disparity]) -> str:
    lower = [
        e
        for e in found
        if e.is_pair and e.is_proven and e.difference < 0 and MEASURES[e.measure].is_share
    ]
    gated = [e for e in lower if e.measure != "plan_given"]
    gated.sort(key=lambda each: (each.difference, each.measure, each.name))
    if not gated:
        return "<p>No pair is proven to be answered worse than everybody else.</p>"
    head = ("pair of slices", "measure", "n", "value", "everybody else", "difference", "")
    rows: list[tuple[Cell, ...]] = []
    for each in gated[:MOST_PAIRS]:
        _, n, value, _, rest, difference, _, standing = _disparity_row(each)
        name = MEASURES[each.measure].says
        rows.append((("", each.name), name, n, value, rest, difference, standing))
    note = f"<p>{len(gated)} pairs are proven to be answered worse; the furthest:</p>"
    return note + table(head, rows)


def gap_table(found: Sequence[Gap]) -> str:
    """The best and the worst slice of each dimension with enough answers."""
    return table(
        ("measure", "dimension", "gap", "worst by best", "worst", "best"),
        [(*row[:4], ("", row[4]), ("", row[5])) for row in gap_rows(found)],
    )


def gap_rows(found: Iterable[Gap]) -> list[tuple[str, ...]]:
    """The cells of a table of gaps."""
    rows: list[tuple[str, ...]] = []
    for gap in found:
        measure = MEASURES[gap.measure]
        low, high = _amount(gap.measure, gap.gap_low), _amount(gap.measure, gap.gap_high)
        rows.append(
            (
                measure.says,
                gap.dimension,
                f"{_amount(gap.measure, gap.gap)} [{low}, {high}]",
                f"{gap.ratio:.2f}",
                f"{gap.worst} ({measure.shown(gap.worst_value)} of {gap.worst_n:,})",
                f"{gap.best} ({measure.shown(gap.best_value)} of {gap.best_n:,})",
            )
        )
    return rows


def _amount(measure: str, value: float) -> str:
    return f"{value:.1%}" if MEASURES[measure].is_share else f"{value:,.0f}"


def _presence_table(found: Sequence[Representation]) -> str:
    rows = [
        (
            each.name,
            f"{each.count_train:,}",
            f"{each.population_share:.1%}",
            f"{each.train_share:.1%} [{each.low:.1%}, {each.high:.1%}]",
            f"{each.ratio:.2f}",
            f"{each.evening_weight:.2f}",
            _presence_cell(each),
        )
        for each in found
        if not each.is_pair
    ]
    head = ("slice", "training rows", "population", "training", "ratio", "evening weight", "")
    return table(head, rows)


def _presence_cell(each: Representation) -> tuple[str, str]:
    if each.level is not None:
        return inline.LEVEL_CLASSES[each.level], each.presence.value
    return ("quiet" if each.presence is Presence.INSUFFICIENT else ""), each.presence.value
