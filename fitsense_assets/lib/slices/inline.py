"""What a report needs inside its page, so that it is one file: pictures, a verdict, a legend."""

import base64
import html
from collections.abc import Iterable

from fitsense_assets.lib.slices.policy import Level

STYLE = """<style>
body{max-width:78rem}td.number{white-space:nowrap}
.verdict{border-left:.5rem solid;padding:.6rem 1rem;margin:1rem 0;font-size:1.1rem}
.verdict p{margin:.2rem 0}
.stops{border-color:#a40e26;background:#ffebe9}.warns{border-color:#bc4c00;background:#fff8c5}
.findings td:last-child{min-width:24rem}
.passes{border-color:#0a6640;background:#dafbe1}
.legend{background:#f6f8fa;padding:.4rem 1rem;margin:1rem 0}
.legend dt{font-weight:600;float:left;clear:left;width:11.5rem}.legend dd{margin:0 0 .3rem 12rem}
summary{cursor:pointer;font-weight:600;padding:.3rem 0}
</style>"""
LEVEL_CLASSES = {Level.BLOCK: "bad", Level.WARN: "unsure", None: "quiet"}
LEVEL_WORDS = {Level.BLOCK: "STOPS", Level.WARN: "WARNS", None: ""}


def picture(body: bytes, title: str) -> str:
    """The PNG as an image element; the title is its text for those who do not see it."""
    encoded = base64.b64encode(body).decode()
    return f'<p><img alt="{html.escape(title)}" src="data:image/png;base64,{encoded}"></p>'


def verdict(count_block: int, count_warn: int, more: str) -> str:
    """The first thing a reader sees: does anything stop the release, and how much is odd."""
    if count_block:
        look, says = "stops", f"Stop: {count_block} {_things(count_block)} must be mended first."
        says += f" {count_warn} more deserve a look." if count_warn else ""
    elif count_warn:
        look = "warns"
        says = f"Nothing stops this release; {count_warn} {_things(count_warn)} deserve a look."
        says = says.replace("thing deserve", "thing deserves")
    else:
        look, says = "passes", "Nothing stops this release, and nothing is worth a word."
    return f'<div class="verdict {look}"><p><b>{says}</b></p><p>{html.escape(more)}</p></div>'


def _things(count: int) -> str:
    return "thing" if count == 1 else "things"


def legend(entries: Iterable[tuple[str, str]]) -> str:
    """How to read the page: each word with what it means."""
    inside = "".join(
        f"<dt>{html.escape(word)}</dt><dd>{html.escape(says)}</dd>" for word, says in entries
    )
    return f'<dl class="legend">{inside}</dl>'


def folded(summary: str, inside: str) -> str:
    """Details that open on a click."""
    return f"<details><summary>{html.escape(summary)}</summary>{inside}</details>"


def level_cell(level: Level | None) -> tuple[str, str]:
    """A cell that says what a finding does."""
    return LEVEL_CLASSES[level], LEVEL_WORDS[level]
