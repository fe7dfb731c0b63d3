"""Tables and pictures as Markdown, for the metadata of assets and checks."""

import base64
from collections.abc import Iterable, Sequence


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; numbers are shown short."""
    lines = [_line(header), _line(["---"] * len(header))]
    lines += [_line([_shown(cell) for cell in row]) for row in rows]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _shown(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:.3g}"
    return str(cell).replace("|", "\\|").replace("\n", " ")


def png(picture: bytes, title: str) -> str:
    """A picture within the text itself."""
    return f"![{title}](data:image/png;base64,{base64.b64encode(picture).decode()})"
