"""Reports as single pages: one style, one table, nothing fetched from anywhere."""

import html
from collections.abc import Iterable

STYLE = """
body{font:15px/1.5 system-ui,sans-serif;color:#1b1f24}
body{margin:2rem auto;max-width:70rem;padding:0 1rem}
img{max-width:100%}
table{border-collapse:collapse;margin:.5rem 0 1.5rem}
th,td{border-bottom:1px solid #d0d7de;padding:.3rem .7rem;text-align:left}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.good{color:#0a6640}.bad{color:#a40e26;font-weight:600}.unsure{color:#7d4e00}.quiet{color:#59636e}
h1{margin-bottom:0}.wide{overflow-x:auto}
h2{margin-top:2.2rem;border-top:1px solid #d0d7de;padding-top:.8rem}
.tiles{display:flex;flex-wrap:wrap;gap:1rem;margin:1rem 0}
.tile{border:1px solid #d0d7de;border-radius:.5rem;padding:.6rem 1rem;display:grid}
.tile .figure{font-size:1.9rem;line-height:1.2;color:#0a6640;font-variant-numeric:tabular-nums}
details{margin:.5rem 0}summary{cursor:pointer;font-weight:600}
table.plans{table-layout:fixed;width:100%}
table.plans td{word-break:break-word}
table.plans td{vertical-align:top;font-size:.85rem;border:0;padding:.1rem .7rem}
table.plans thead td{border-bottom:1px solid #d0d7de}
.found{color:#a40e26}
td.other{background:#fff3d6}
pre{background:#f6f8fa;padding:.7rem;overflow-x:auto;white-space:pre-wrap;word-break:break-word}
"""


def page(title: str, body: str) -> str:
    """A self-contained page."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{STYLE}</style></head><body>{body}</body></html>\n"
    )


def table(head: Iterable[str], rows: Iterable[Iterable[str | tuple[str, str]]]) -> str:
    """A table; a cell may be (class, text)."""
    top = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in head)
    body = "".join(f"<tr>{''.join(_cell(cell) for cell in row)}</tr>" for row in rows)
    return (
        f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _cell(cell: str | tuple[str, str]) -> str:
    if isinstance(cell, tuple):
        return f'<td class="{cell[0]}">{html.escape(cell[1])}</td>'
    is_number = cell[:1].isdigit() or cell[:1] in "+-"
    return (
        f'<td class="number">{html.escape(cell)}</td>'
        if is_number
        else f"<td>{html.escape(cell)}</td>"
    )
