"""Sound requests of every operation, as the matrix of permissions has them, and the same with a string in one place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, quote

from places import Operation, Place, put_into
from route_requests import Ask, Route, sound_request, values_of
from werkzeug.routing import MapAdapter

TILE = {"tileMatrixSetId": "WebMercatorQuad", "tileMatrix": "10", "tileRow": "296", "tileCol": "583"}
_NAME = re.compile(r"\{(\w+)\}")
_BOUNDARY = "a-boundary-of-a-form"
FORM = "multipart/form-data"


@dataclass(frozen=True)
class File:
    """A file of a form."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Request:
    """A request in its parts."""

    method: str
    path: str
    values: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, bytes] = field(default_factory=dict)
    body: Any = None
    form: Mapping[str, str | File] | None = None

    @property
    def host(self) -> str | None:
        """The name that it calls the service by, or says that a proxy did, where that is a name."""
        told = self.headers.get("X-Forwarded-Host") or self.headers.get("Host") or b""
        return told.decode() if re.fullmatch(rb"[A-Za-z0-9.:-]+", told) else None

    def parts(self) -> tuple[str, str, dict[str, bytes], bytes]:
        """Return it as it is sent: method, target, headers and body."""
        path = _NAME.sub(lambda found: _quoted(self.values[found[1]]), self.path)
        query = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in self.query.items())
        target = f"{path}?{query}" if query else path
        if self.form is not None:
            kind = {"Content-Type": f"{FORM}; boundary={_BOUNDARY}".encode()}
            return self.method, target, kind | dict(self.headers), _form(self.form)
        content = b"" if self.body is None else json.dumps(self.body).encode()
        return self.method, target, dict(self.headers), content

    def with_string(self, place: Place, text: str) -> Request:
        """Return it with a string in one of its places."""
        name, written = str(place.steps[0]) if place.steps else "", text.encode("utf-8", "surrogatepass")
        form = self.form or {}
        file = next((each for each in form.values() if isinstance(each, File)), File("a.csv", b""))
        made: dict[str, dict[str, Any]] = {
            "path": {"values": {**self.values, name: text}},
            "query": {"query": {**self.query, name: text}},
            "name in the query": {"query": {**self.query, text: "1"}},
            "header": {"headers": {**self.headers, name: _one_line(written)}},
            "member": {"body": put_into(self.body, place.steps, text) if place.kind == "member" else None},
            "name of a member": {"body": {**(self.body if isinstance(self.body, dict) else {}), text: text}},
            "field": {"form": {**form, name: text}},
            "file name": {"form": {**form, name: File(text, file.content)}},
            "file": {"form": {**form, name: File(file.name, written)}},
        }
        return replace(self, **made[place.kind])


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="-:@!$,")


def _one_line(value: bytes) -> bytes:
    """What can stand in a header: two ends of a line are the end of the head, which is no string in a header."""
    return re.sub(rb"(\r?\n)+", b"\n", value)


def _form(form: Mapping[str, str | File]) -> bytes:
    parts = []
    for name, value in form.items():
        if isinstance(value, File):
            told = value.name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
            head, content = f'name="{name}"; filename="{told}"', value.content
        else:
            head, content = f'name="{name}"', value.encode("utf-8", "surrogatepass")
        head = f"--{_BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n"
        parts.append(head.encode("utf-8", "surrogatepass") + content + b"\r\n")
    return b"".join(parts) + f"--{_BOUNDARY}--\r\n".encode()


class SoundRequests:
    """Makes the sound request of an operation.

    Args:
        routes: The routes of the application.
        adapter: What makes addresses of them.
        town: A municipality full of data.
        features: The id of a feature of each collection that has some.
        token: What may do everything.
    """

    def __init__(
        self, routes: Iterable[Route], adapter: MapAdapter, town: Any, features: Mapping[str, str], token: str
    ) -> None:
        self._routes = list(routes)
        self._adapter, self._town, self._features = adapter, town, features
        self._authorized = {"Authorization": f"Bearer {token}".encode()}

    def of(self, operation: Operation) -> tuple[Route, Request]:
        """Return an operation's route and its sound request."""
        route = next(each for each in self._routes if each.method == operation.method and _leads_to(each, operation))
        ask = sound_request(route, self._town)
        request = Request(operation.method, operation.path, self._values(operation, route), dict(parse_qsl(ask.query)))
        return route, self._with_body(request, ask)

    def has_feature_for(self, operation: Operation) -> bool:
        """Whether an operation of a feature is one of a collection that has some."""
        of = re.match(r"/ogc/collections/(\w+)/items/\{featureId\}", operation.path)
        return of is None or of[1] in self._features

    def of_page(self, route: Route) -> Request:
        """Return the sound request of a route that no document describes."""
        path = re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", route.rule.rule)
        values = {name: str(value) for name, value in values_of(route, self._town).items()}
        return Request(route.method, path, values, headers=self._authorized)

    def _values(self, operation: Operation, route: Route) -> dict[str, str]:
        if operation.path.startswith("/ogc"):
            collection = (re.findall("/collections/(\\w+)", operation.path) or [""])[0]
            return {**TILE, "featureId": self._features.get(collection, "901-1")}
        path = self._adapter.build(route.endpoint, values_of(route, self._town), method=route.method)
        form = _NAME.sub(r"(?P<\1>[^/]+?)", operation.path.replace("-{", "-{"))
        found = re.fullmatch(form, path)
        assert found, (operation, path)
        return found.groupdict()

    def _with_body(self, request: Request, ask: Ask) -> Request:
        headers = {**self._authorized, **{name: value.encode() for name, value in ask.headers.items()}}
        if "data" in ask.options:
            parts = {
                name: value if isinstance(value, str) else File(value[1], value[0].read())
                for name, value in ask.options["data"].items()
            }
            return replace(request, headers=headers, form=parts)
        if "json" not in ask.options:
            return replace(request, headers=headers)
        kind = ask.options.get("content_type", "application/json").encode()
        return replace(request, headers={**headers, "Content-Type": kind}, body=self._body(request, ask))

    def _body(self, request: Request, ask: Ask) -> Any:
        """The matrix asks for features of one collection; each is sent one of its own."""
        of = re.match(r"/ogc/collections/(\w+)/", request.path)
        if of is None or request.method == "PATCH":
            return ask.options["json"]
        properties = self._town.asset_body(of[1])
        return {"type": "Feature", "geometry": properties.pop("geometry"), "properties": properties}


def _leads_to(route: Route, operation: Operation) -> bool:
    form = re.sub(r"\\?<path:\w+\\?>", ".+", re.escape(route.rule.rule).replace(r"\<", "<").replace(r"\>", ">"))
    form = re.sub(r"<any\\?\(([^<>]*?)\\?\):\w+>", "[^/]+", form)
    form = re.sub(r"<[^<>]+>", "[^/]+?", form)
    return re.fullmatch(form, operation.path) is not None
