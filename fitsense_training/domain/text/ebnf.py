"""Pieces of a grammar: quoted text, alternatives, and rules that are written once."""

from collections.abc import Iterable

QUOTE = '"'


def quote(text: str) -> str:
    """A text as a terminal."""
    return QUOTE + text.replace("\\", "\\\\").replace(QUOTE, "\\" + QUOTE) + QUOTE


def any_of(texts: Iterable[str]) -> str:
    """One of these texts."""
    return "(" + " | ".join(quote(text) for text in dict.fromkeys(texts)) + ")"


class Rules:
    """The named rules of one grammar; equal bodies share one name."""

    def __init__(self) -> None:
        """Start with none."""
        self._names: dict[str, str] = {}

    def name(self, prefix: str, body: str) -> str:
        """The name of the rule with this body."""
        return self._names.setdefault(body, f"{prefix}{len(self._names)}")

    def write(self, root: str) -> str:
        """The grammar with this start rule."""
        rules = "".join(f"{name} ::= {body}\n" for body, name in self._names.items())
        return f"root ::= {root}\n{rules}"
