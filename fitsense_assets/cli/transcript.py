"""`fitsense teacher show`: one exchange with the teacher, for a person to read."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import typer

from fitsense_assets.lib.lake import Lake
from fitsense_assets.lib.teacher.choose import endpoint_of, journal_of
from fitsense_assets.lib.teacher.endpoint import messages_of
from fitsense_assets.lib.teacher.transcript import Messages, Rows, rows_of, transcript
from fitsense_training.settings import Settings


def show_transcript(settings: Settings, query_id: str) -> None:
    """Print what was asked, what came back turn by turn, and the verdict."""
    rows = rows_of(Lake(settings.lake_root), query_id)
    for message in _messages(settings, rows):
        typer.secho(f"--- {message['role']}", bold=True)
        typer.echo(message["content"])
    typer.secho("--- verdict", bold=True)
    for line in _verdict(rows.response, rows.review):
        typer.echo(line)


def _messages(settings: Settings, rows: Rows) -> Messages:
    """The turns in the journal; where it has none of this teacher, question and kept reply."""
    first = messages_of(rows.question)
    if settings.teacher != "reference":
        with closing(journal_of(settings)) as journal:
            turns = transcript(endpoint_of(settings), journal, rows.question)
        if len(turns) > len(first):
            return turns
    reply = rows.response and rows.response["reply"]
    return [*first, {"role": "assistant", "content": reply}] if reply else first


def _verdict(response: dict[str, Any] | None, review: dict[str, Any] | None) -> Iterator[str]:
    if response is None:
        yield "not asked yet"
        return
    turns, served = response["attempts"], response["served_model"] or "nobody"
    yield (
        f"{response['teacher']}, answered by {served} in {turns} turn{'s' * (turns != 1)}, "
        f"{response['prompt_tokens'] or 0} + {response['completion_tokens'] or 0} tokens, "
        f"${response['cost_usd'] or 0:g}"
    )
    if response["error"]:
        yield f"error: {response['error']}"
    if review is None:
        yield "not reviewed yet"
    elif review["is_accepted"]:
        yield f"accepted{_rules(review)}"
    else:
        yield f"rejected: {review['rejection_reason']}{_rules(review)}"


def _rules(review: dict[str, Any]) -> str:
    return f" (findings: {', '.join(review['rule_ids'])})" if review["rule_ids"] else ""
