"""Plain reads, answered in front of the application: by far the most frequent requests, and the smallest.

Finding the view, its hooks and objects for request and answer cost three times what reading a feature does. Who asks
plainly gets here what the view gives, to the byte; all else goes on to the application.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from service.acting import Acting, acting_as
from service.errors import KuntokantaError
from service.logs.places import ROUTE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import TypeAlias
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from service.database import Database

    Pack: TypeAlias = Callable[[bytes, str], tuple[bytes, dict[str, str], str]]
    Reader: TypeAlias = Callable[[Database, WSGIEnvironment], "PlainAnswer | None"]

_READER = Acting("anybody", "ogc", reads=None)
_HOST = re.compile(r"[a-z0-9.-]+(?::[0-9]+)?")
_PREFIX = re.compile(r"(?:/[A-Za-z0-9_-]+)*")
_DEFAULT_PORT = {"http": ":80", "https": ":443"}
_UNUSUAL = frozenset(
    {
        "HTTP_AUTHORIZATION",
        "HTTP_IF_MATCH",
        "HTTP_IF_MODIFIED_SINCE",
        "HTTP_IF_UNMODIFIED_SINCE",
        "HTTP_IF_RANGE",
        "HTTP_RANGE",
    }
)


@dataclass(frozen=True)
class PlainAnswer:
    """What is to be answered, before it is packed.

    Attributes:
        etag: Text of its ETag.
        content: Empty where there is nothing to send.
        headers: Beside those that all answers have.
        status: Code and phrase.
        weak: Whether the ETag is weak: it then holds for the content however it is packed.
        vary: What else than Accept-Encoding the answer depends on.
        route: By which route the application would have answered.
    """

    etag: str
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    status: str = "200 OK"
    weak: bool = False
    vary: str = ""
    route: str = ""


class PlainReads:
    """WSGI in front of an application whose register anyone may read."""

    def __init__(
        self,
        application: WSGIApplication,
        database: Database,
        readers: Sequence[Reader],
        *,
        pack: Pack,
        headers: Mapping[str, Mapping[str, str]],
        admits: Callable[[WSGIEnvironment], bool] = lambda _: True,
    ) -> None:
        """Keep what answers are made with.

        Args:
            application: Where all other requests go.
            database: Where is read.
            readers: Each gives the answer to a plain request of its kind; None where it is another's, or the
                application has to say what is wrong.
            pack: Gives of a content, and of what Accept-Encoding says, the content that is sent, the headers that say
                how it is packed, and the ending of its ETag.
            headers: Sent with every answer, by the scheme of its address.
            admits: Counts a request, and tells whether it is within what its address may; the application has to say
                so where it is not.
        """
        self._application = application
        self._database = database
        self._readers = tuple(readers)
        self._pack = pack
        self._headers = headers
        self._admits = admits

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        with acting_as(_READER):
            answer = self._answer(environ) if _is_plain(environ) and self._admits(environ) else None
        if answer is None:
            return self._application(environ, start_response)
        headers, content = self._sent(answer, environ)
        environ[ROUTE] = answer.route
        start_response(answer.status, headers)
        return [content] if content else []

    def _answer(self, environ: WSGIEnvironment) -> PlainAnswer | None:
        try:
            answers = (read(self._database, environ) for read in self._readers)
            return next((answer for answer in answers if answer is not None), None)
        except KuntokantaError:
            return None

    def _sent(self, answer: PlainAnswer, environ: WSGIEnvironment) -> tuple[list[tuple[str, str]], bytes]:
        asked = environ.get("HTTP_ACCEPT_ENCODING", "")
        content, packed, ending = self._pack(answer.content, asked) if answer.content else (b"", {}, "")
        etag = f'W/"{answer.etag}"' if answer.weak else f'"{answer.etag}{ending}"'
        varying = [each for each in (answer.vary, packed.get("Vary")) if each]
        headers = {**answer.headers, **packed, "ETag": etag, **self._headers[environ["wsgi.url_scheme"]]}
        if varying:
            headers["Vary"] = ", ".join(varying)
        if content:
            headers["Content-Length"] = str(len(content))
        return list(headers.items()), content


def origin(environ: WSGIEnvironment) -> str:
    """Return the address up to the path, as the client sees this service through its proxy."""
    return f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}{environ.get('SCRIPT_NAME', '')}"


def _is_plain(environ: WSGIEnvironment) -> bool:
    host = environ.get("HTTP_HOST", "")
    return (
        environ["REQUEST_METHOD"] == "GET"
        and _UNUSUAL.isdisjoint(environ)
        and _HOST.fullmatch(host) is not None
        and not host.endswith(_DEFAULT_PORT.get(environ["wsgi.url_scheme"], ":"))
        and _PREFIX.fullmatch(environ.get("SCRIPT_NAME", "")) is not None
    )
