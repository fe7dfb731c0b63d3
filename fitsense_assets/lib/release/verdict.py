"""What a check on a release found: how much is wrong, and the first rows that are, as a table."""

from dataclasses import dataclass

import polars as pl

CASES_SHOWN = 20
Case = dict[str, str]


@dataclass(frozen=True)
class Verdict:
    """`count` things of `looked_at` are wrong in the way `what` says; `cases` are the first ones.

    What is not grave is told and stops nothing.
    """

    what: str
    count: int
    looked_at: int
    cases: tuple[Case, ...] = ()
    is_grave: bool = True

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return self.count == 0

    def sentence(self) -> str:
        """The verdict in words."""
        return f"{self.count} {self.what}, {self.looked_at} were looked at"


def verdict_of(what: str, wrong: pl.DataFrame, looked_at: int, *, is_grave: bool = True) -> Verdict:
    """The verdict on a frame of wrong things, one a row."""
    shown = wrong.head(CASES_SHOWN).to_dicts()
    cases = tuple({name: str(value)[:200] for name, value in row.items()} for row in shown)
    return Verdict(what, wrong.height, looked_at, cases, is_grave)
