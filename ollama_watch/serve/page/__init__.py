"""The page at `/`: what is wrong, why and what to type, what runs, and what cannot be said.

The server writes all of it; `page.js` copies what is to be typed and keeps the page as it would be now.
Nothing stands inside the page that the Content-Security-Policy would have to let through: styles, script
and picture are files of their own, from here.
"""

from collections.abc import Mapping
from pathlib import Path

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
FILES: Mapping[str, str] = {  # what the page is made of besides, and of which kind it is
    "page.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
_FOLDER = Path(__file__).parent


def file(name: str) -> str:
    """Return the text of one of `FILES`."""
    return (_FOLDER / name).read_text(encoding="utf-8")
