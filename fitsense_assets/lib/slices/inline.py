"""A drawn picture inside a page, so that a report is one file."""

import base64
import html


def picture(body: bytes, title: str) -> str:
    """The PNG as an image element; the title is its text for those who do not see it."""
    encoded = base64.b64encode(body).decode()
    return f'<p><img alt="{html.escape(title)}" src="data:image/png;base64,{encoded}"></p>'
