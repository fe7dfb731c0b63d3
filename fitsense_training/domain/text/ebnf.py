"""Pieces of a grammar: quoted text, alternatives, and rules that are written once."""

from collections.abc import Iterable, Iterator

QUOTE = '"'
Option = tuple[str, str]  # a text, and the grammar behind it


def quote(text: str) -> str:
    """A text as a terminal."""
    return QUOTE + text.replace("\\", "\\\\").replace(QUOTE, "\\" + QUOTE) + QUOTE


def any_of(texts: Iterable[str]) -> str:
    """One of these texts."""
    return "(" + " | ".join(quote(text) for text in dict.fromkeys(texts)) + ")"


def one_of(options: Iterable[Option]) -> str:
    """One of these; what several texts begin with stands once.

    The language is that of the options side by side, but xgrammar would find shared beginnings one
    character at a time, and go through all of a rule for each.
    """
    return f"({' | '.join(_alternatives(list(dict.fromkeys(options))))})"


def _alternatives(options: list[Option]) -> Iterator[str]:
    groups: dict[str, list[Option]] = {}
    for text, behind in options:
        groups.setdefault(text[:1], []).append((text, behind))
    for begins, group in groups.items():
        if len(group) == 1 or not begins:
            yield from (_written(text, behind) for text, behind in group)
        else:
            shared = _shared_beginning([text for text, _ in group])
            behind = one_of((text[len(shared) :], behind) for text, behind in group)
            yield f"{quote(shared)} {behind}"


def _shared_beginning(texts: list[str]) -> str:
    first, last = min(texts), max(texts)
    length = 0
    while length < min(len(first), len(last)) and first[length] == last[length]:
        length += 1
    return first[:length]


def _written(text: str, behind: str) -> str:
    if not behind:
        return quote(text)
    return f"{quote(text)} {behind}" if text else behind


class Rules:
    """The named rules of one grammar; equal bodies share one name."""

    def __init__(self) -> None:
        """Start with none."""
        self._names: dict[str, str] = {}

    def name(self, prefix: str, body: str) -> str:
        """The name of the rule with this body."""
        return self._names.setdefault(body, f"{prefix}{len(self._names)}")

    def any_of_words(self, prefix: str, words: Iterable[str]) -> str:
        """One of these words, the first letter of each before a rule with its rest.

        Words shared by several rules are compiled once, and none is compared with another; a rule
        that a choice began with would be written out again in its place.
        """
        rules = (f"{quote(word[0])} {self.name(prefix, quote(word[1:]))}" for word in words)
        return f"({' | '.join(rules)})"

    def write(self, root: str) -> str:
        """The grammar with this start rule."""
        rules = "".join(f"{name} ::= {body}\n" for body, name in self._names.items())
        return f"root ::= {root}\n{rules}"
