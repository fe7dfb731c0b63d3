"""Where the figures of a card come from: no number is told without its asset, version and run."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from fitsense_assets.lib.markdown import table
from fitsense_training.domain.errors import BadInput

Place = tuple[str, str]
# Numbers that stand by themselves: not those within names such as r0001, 13-17 or Apache-2.0.
_NUMBER = re.compile(r"(?<![\w.-])\d+(?:[.,]\d+)*(?![\w-])")
_CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
_MARKS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Source:
    """An asset's partition at one version of its content, and the run that recorded it."""

    asset: str
    partition: str
    version: str
    run: str


class Ledger:
    """Takes down every figure a card tells, with the source it is from."""

    def __init__(self, sources: Mapping[Place, Source]) -> None:
        """Start with the sources there are."""
        self._sources = dict(sources)
        self._cited: list[Place] = []
        self._told: set[str] = set()

    def cite(self, figure: object, place: Place) -> str:
        """A figure as it is shown; BadInput when nobody knows where it comes from."""
        if place not in self._sources:
            asset, partition = place
            raise BadInput(
                f"the card's figure {figure} has no source: no run recorded {asset} {partition} "
                "as it is now; materialize it in Dagster and try again"
            )
        if place not in self._cited:
            self._cited.append(place)
        shown = f"{figure:.3g}" if isinstance(figure, float) else str(figure)
        self._told.update(number.lstrip("0") or "0" for number in _NUMBER.findall(shown))
        return shown

    def mark(self, place: Place) -> str:
        """The letter that stands for a source of the card."""
        number = self._cited.index(place)
        rounds, letter = divmod(number, len(_MARKS))
        return f"[{_MARKS[letter] * (rounds + 1)}]"

    def sources_table(self) -> str:
        """Every source that was cited: its mark, asset, partition, version and run, if known."""
        cited = [(self.mark(place), self._sources[place]) for place in self._cited]
        with_runs = any(source.run for _, source in cited)
        rows = [
            (mark, source.asset, source.partition, f"`{source.version}`", f"`{source.run}`")
            for mark, source in cited
        ]
        head = ("source", "asset", "partition", "data version", "run")
        return table(head, rows) if with_runs else table(head[:-1], [row[:-1] for row in rows])

    def refuse_untold(self, text: str) -> None:
        """BadInput where a text tells a number that was not taken down; code is not looked at."""
        for number in _NUMBER.findall(_CODE.sub("", text)):
            if (number.lstrip("0") or "0") not in self._told:
                raise BadInput(f"the card tells {number} without a source: cite it first")
