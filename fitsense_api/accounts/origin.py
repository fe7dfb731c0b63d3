"""Requests that a page of another origin makes in somebody's name are refused.

Browsers tell where a page that changes something is from (Origin, and Sec-Fetch-Site since 2023),
and no page can change what they tell; programs tell nothing. With the cookie being SameSite=Lax,
and bodies being JSON, which a foreign page may not send unasked, that makes three bars. A request
with a token is not judged: no browser adds a token by itself.
"""

from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.exceptions import HTTPException, PermissionDeniedException
from litestar.status_codes import HTTP_415_UNSUPPORTED_MEDIA_TYPE

from fitsense_api.accounts.principal import SAFE_METHODS, Principal


def refuse_other_origins(request: Request[Any, Any, Any]) -> None:
    """Raise 415 for a body that needs no asking, and 403 for a page of another origin."""
    if request.method == "POST" and request.content_type[0] != "application/json":
        raise HTTPException(status_code=HTTP_415_UNSUPPORTED_MEDIA_TYPE)
    who = request.scope.get("user")
    if request.method in SAFE_METHODS or (isinstance(who, Principal) and who.is_token):
        return
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    if origin and urlsplit(origin).netloc != request.headers.get("host"):
        raise PermissionDeniedException
    if site and site not in ("same-origin", "none"):
        raise PermissionDeniedException
