"""The cookie of a session, and what is sent when it ends."""

from typing import Any, Final

from litestar import Response
from litestar.datastructures import Cookie
from litestar.status_codes import HTTP_204_NO_CONTENT

from fitsense_api.accounts.principal import COOKIE

# Not "cookies": that takes those of every service beside us on the same domain as well.
CLEAR_SITE_DATA: Final = '"cache", "storage"'


def session_cookie(value: str, max_age: int) -> Cookie:
    """The cookie; browsers send it to this host alone, and show it to no script."""
    # The __Host- prefix makes browsers insist on Secure, on the path / and on no Domain.
    return Cookie(
        key=COOKIE,
        value=value,
        max_age=max_age,
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",
    )


def farewell() -> Response[None]:
    """Nothing, without the cookie, and nothing of ours left in the browser."""
    response: Response[Any] = Response(None, status_code=HTTP_204_NO_CONTENT)
    response.set_cookie(session_cookie("", 0))
    response.headers["clear-site-data"] = CLEAR_SITE_DATA
    return response
