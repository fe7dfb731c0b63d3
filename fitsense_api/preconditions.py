"""ETag and If-Match: who changes a thing must have seen it as it is.

The tag of a row is its version: a change of the row is a change of its `updated_at`.
"""

import hashlib
from http import HTTPStatus
from typing import Annotated

from litestar.exceptions import HTTPException
from litestar.params import HeaderParameter

IfMatch = Annotated[
    str | None,
    HeaderParameter(name="If-Match", max_length=200, description="The ETag of what is changed."),
]


def etag_of(*facts: object) -> str:
    """A strong tag of these facts."""
    digest = hashlib.sha256("\x1f".join(map(str, facts)).encode()).hexdigest()
    return f'"{digest[:32]}"'


def refuse_stale(if_match: str | None, current: str | None) -> None:
    """Raise 412 where the tag sent is not the one of what is there; no tag sent asks nothing."""
    if if_match is None:
        return
    sent = {tag.strip() for tag in if_match.split(",")}
    if current is None or (current not in sent and "*" not in sent):
        raise HTTPException(status_code=HTTPStatus.PRECONDITION_FAILED)
