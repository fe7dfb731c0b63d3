"""What a teacher will cost and has cost, as lines of a name and a value."""

from decimal import Decimal

from fitsense_assets.lib.teacher.endpoint import Endpoint
from fitsense_assets.lib.teacher.estimate import CHARS_PER_TOKEN, Estimate
from fitsense_assets.lib.teacher.journal import Journal
from fitsense_assets.lib.teacher.prices import FREE, dollars

Lines = list[tuple[str, str]]


def estimate_lines(found: Estimate, endpoint: Endpoint, journal: Journal) -> Lines:
    """What asking the rest would cost, on what that stands, and whether the budget allows it."""
    lines = [
        ("questions", f"{found.count_questions:,}"),
        ("already paid", f"{found.count_paid:,}"),
        ("to ask", f"{found.count_open:,}"),
    ]
    if endpoint.price == FREE:
        unset = (
            "no price is known: set FITSENSE_TEACHER_USD_PER_MILLION_ASKED and "
            "FITSENSE_TEACHER_USD_PER_MILLION_ANSWERED"
        )
        return [*lines, ("cost", unset)]
    turns = 1 + endpoint.corrections_max
    lines += [
        ("likely cost", f"{dollars(found.likely_usd)} without corrections, {_basis(found)}"),
        (
            "at most",
            f"{dollars(found.most_usd)} for one attempt at each, {dollars(found.most_usd * turns)} "
            f"with {endpoint.corrections_max} corrections each",
        ),
        ("price", endpoint.price.text),
    ]
    if endpoint.budget_usd is not None:
        left = journal.left_of(endpoint.budget_usd)
        verdict = "enough" if left >= found.likely_usd else "NOT enough: raise it or ask fewer"
        lines.append(
            ("budget left", f"{dollars(left)} of {dollars(endpoint.budget_usd)}, {verdict}")
        )
    return lines


def _basis(found: Estimate) -> str:
    known = f"as {found.count_measured:,} paid ones have" if found.count_measured else "a guess"
    return f"at {CHARS_PER_TOKEN} characters a token and {found.answered_tokens} a reply ({known})"


def status_lines(journal: Journal, budget_usd: Decimal | None) -> Lines:
    """What was paid, what has no answer yet, and what is left."""
    spent, set_aside = journal.spent, journal.set_aside
    lines = [("paid replies", f"{journal.count:,}"), ("spent", dollars(spent))]
    broken, in_batches = journal.count_unanswered
    if broken or in_batches:
        lines.append(("set aside", dollars(set_aside)))
    if broken:
        hint = "in the air or broken off; `fitsense teacher settle` once the bill is known"
        lines.append(("", f"{broken:,} attempts {hint}"))
    for number, batch_id, count_rows in journal.open_batches:
        told = batch_id or "not known to be created yet"
        lines.append(("open batch", f"fitsense-{number:05d} ({told}), {count_rows:,} rows"))
    if budget_usd is None:
        return [*lines, ("budget", "none is set")]
    left = journal.left_of(budget_usd)
    return [*lines, ("budget left", f"{dollars(left)} of {dollars(budget_usd)}")]
