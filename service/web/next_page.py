"""Where a sign-in leads back to: a page of this service, and never anywhere else."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

HOME = "/"
LONGEST = 2000
# What browsers read as another host begins with two strokes of either kind, or has a control character among them.
_WITHIN = re.compile(r"/(?![/\\])[!-\[\]-~]*", re.ASCII)
_NO_PAGES = frozenset({"web.static", "web.sign_in_page", "web.ask_issuer", "web.told_by_issuer"})


def next_page(given: str | None) -> str:
    """Return the address of the page to go to, with the service's own prefix; the front page for all that is none."""
    return request.script_root + (given if given is not None and _is_page(given) else HOME)


def _is_page(given: str) -> bool:
    if len(given) > LONGEST or not _WITHIN.fullmatch(given):
        return False
    path = unquote(urlsplit(given).path)
    try:
        endpoint, _ = current_app.url_map.bind("localhost").match(path, method="GET")
    except (HTTPException, RequestRedirect):
        return False
    return endpoint not in _NO_PAGES
