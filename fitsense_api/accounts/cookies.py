"""The cookie of a session, and what is sent when it ends."""

from typing import Final

from litestar.datastructures import Cookie, ResponseHeader

from fitsense_api.accounts.principal import COOKIE


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


# Who leaves takes the cookie along, and whatever else of ours the browser kept. Not "cookies":
# that takes those of every service beside us on the same domain as well.
LEAVING_COOKIES: Final = (session_cookie("", 0),)
LEAVING_HEADERS: Final = (
    ResponseHeader(
        name="clear-site-data",
        value='"cache", "storage"',
        description="The browser forgets what it kept of this service.",
    ),
)
