"""Pages of long lists: a cursor says where the last page ended, so new rows shift nothing.

A cursor is opaque to the client and holds no secret; a wrong one is BadInput.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from litestar.params import QueryParameter
from pydantic import BaseModel, ConfigDict
from sqlalchemy import literal
from sqlalchemy.types import TypeEngine

from fitsense_training.domain.errors import BadInput

LIMIT_MAX = 100
Item = TypeVar("Item")
Shown = TypeVar("Shown")
Mark = tuple[datetime, UUID]

Cursor = Annotated[str | None, QueryParameter(max_length=200, description="From the last page.")]
Limit = Annotated[int, QueryParameter(ge=1, le=LIMIT_MAX, description="Rows a page.")]


class PageOf(BaseModel, Generic[Shown]):
    """One page as it is sent; `next_cursor` is null on the last."""

    model_config = ConfigDict(frozen=True)

    items: tuple[Shown, ...]
    next_cursor: str | None


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page as it was read."""

    items: tuple[Item, ...]
    next_cursor: str | None

    def shown(self, show: Callable[[Item], Shown]) -> PageOf[Shown]:
        """The page to send."""
        items = tuple(show(item) for item in self.items)
        return PageOf[Any](items=items, next_cursor=self.next_cursor)


@dataclass(frozen=True)
class Place:
    """Where a page begins and how long it is; the list is ordered by a moment, then by id."""

    after: Mark | None
    limit: int

    @classmethod
    def of(cls, cursor: str | None, limit: int) -> "Place":
        """The place a client names."""
        return cls(None if cursor is None else read_cursor(cursor), limit)

    def after_as(self, *types: TypeEngine[Any]) -> list[Any]:
        """The place as values of these column types."""
        assert self.after is not None, "there is no place before the first page"
        return [literal(value, kind) for value, kind in zip(self.after, types, strict=True)]

    def cut(self, found: Sequence[Item], mark: Callable[[Item], Mark]) -> Page[Item]:
        """A page out of one row more than it shows."""
        shown = tuple(found[: self.limit])
        has_more = len(found) > self.limit
        return Page(shown, write_cursor(mark(shown[-1])) if has_more else None)


def write_cursor(mark: Mark) -> str:
    """A mark as text for an address."""
    raw = json.dumps([mark[0].isoformat(), mark[1].hex]).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def read_cursor(cursor: str) -> Mark:
    """The mark of a cursor; BadInput where we never wrote it."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        at, row_id = json.loads(raw)
        mark = (datetime.fromisoformat(at), UUID(hex=row_id))
    except (binascii.Error, ValueError, TypeError, AttributeError) as error:
        raise BadInput("this cursor is none of ours: start again without one") from error
    if mark[0].tzinfo is None:
        raise BadInput("this cursor is none of ours: start again without one")
    return mark
