"""What a reverse proxy tells of the client: taken where it has the form of what it is to be, passed over otherwise.

A proxy that does not set one of these headers hands on what the client wrote there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_PORT = r"(?::[0-9]{1,5})?"
_FORMS = {
    "HTTP_X_FORWARDED_FOR": re.compile(r"[0-9A-Fa-f:.]{2,45}"),
    "HTTP_X_FORWARDED_PROTO": re.compile(r"https?"),
    "HTTP_X_FORWARDED_HOST": re.compile(rf"(?:[A-Za-z0-9._-]{{1,253}}|\[[0-9A-Fa-f:.]{{2,45}}\]){_PORT}"),
    "HTTP_X_FORWARDED_PREFIX": re.compile(r"(?:/[A-Za-z0-9._~-]+)*/?"),
}


class BehindProxy(ProxyFix):
    """WSGI around an application that one reverse proxy, or none, stands in front of."""

    def __init__(self, application: WSGIApplication) -> None:
        super().__init__(application, x_for=1, x_proto=1, x_host=1, x_prefix=1)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request; of several values of a header the last is the proxy's."""
        for name, form in _FORMS.items():
            value = environ.get(name)
            if value is not None and not form.fullmatch(value.rpartition(",")[2].strip()):
                del environ[name]
        return super().__call__(environ, start_response)
