"""Which string goes to which place of which operation."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from asking import Request
from laying import Laid
from places import Operation, Place
from strings import STRINGS

from models.registry import ASSET_CLASSES

HEADERS = (
    *("Accept", "Accept-Language", "Accept-Encoding", "Authorization", "Cookie", "Host", "Origin", "Referer"),
    *("User-Agent", "If-Match", "If-None-Match", "If-Modified-Since", "Range", "Prefer", "X-Request-Id"),
    *("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-HTTP-Method-Override"),
)
"""Those that are read, written into answers or logged anywhere; sent to one operation of each kind."""

_WITH_ALL_HEADERS = (
    *("GET /api/v1/assets", "POST /api/v1/building", "GET /ogc/collections/building/items", "GET /ogc"),
    *("GET /ogc/collections/building/items/{featureId}", "GET /api/v1/assets/{asset_key}", "GET /map"),
)
_QUERIES_OF_PAGES = ("f", "lang", "municipality", "next", "run")
_FIRST = next(iter(ASSET_CLASSES))
_LIKE_ANOTHER = re.compile(rf"/({'|'.join(each for each in ASSET_CLASSES if each != _FIRST)})(/|$)")
_KEPT_SHORT = ("valued_assets", "district")


@dataclass(frozen=True)
class Case:
    """A request with a string in one place, and what it is called."""

    name: str
    request: Request


def cases_of(service: Laid, *, short: bool) -> Iterator[list[Case]]:
    """Give the cases of each operation."""
    turns = itertools.count()
    for operation in service.operations:
        if short and _is_like_another(operation):
            continue
        _, sound = service.sound.of(operation)
        cases = list(_with_strings(str(operation), sound, _places(operation, sound), turns if short else None))
        if cases:
            yield cases


def pages_of(service: Laid, *, short: bool) -> Iterator[list[Case]]:
    """Give the cases of the pages, and of addresses that lead nowhere."""
    turns = itertools.count()
    for route in service.pages:
        sound = service.sound.of_page(route)
        name = f"{route.method} {route.rule.rule}"
        places = [Place("path", (each,)) for each in sound.values]
        places += [Place("query", (each,)) for each in _QUERIES_OF_PAGES]
        yield list(_with_strings(name, sound, [*places, *_headers(name)], turns if short else None))
    nowhere = Request("GET", "/{any}", {"any": "x"})
    yield list(
        _with_strings(
            "GET nowhere", nowhere, [Place("path", ("any",)), *_headers("GET /ogc")], turns if short else None
        )
    )


def sound_cases(service: Laid, *, short: bool) -> Iterator[Case]:
    """Give the sound request of each operation and page, as HTML too where there is such."""
    for operation in service.operations:
        if not (short and _is_like_another(operation)) and service.sound.has_feature_for(operation):
            _, sound = service.sound.of(operation)
            yield Case(f"{operation}, sound", sound)
            if sound.method == "GET":
                yield Case(
                    f"{operation}, as a page",
                    replace(sound, headers={**sound.headers, "Accept": b"text/html, */*;q=0.1"}),
                )
    for route in service.pages:
        if not route.rule.rule.startswith("/sign-in/issuer"):  # none is trusted here
            yield Case(f"{route.rule.rule}, sound", service.sound.of_page(route))


def _places(operation: Operation, sound: Request) -> list[Place]:
    places = [*operation.places, Place("name in the query", ())]
    if sound.body is not None:
        places.append(Place("name of a member", ()))
    return list(dict.fromkeys((*places, *_headers(str(operation)))))


def _headers(operation: str) -> list[Place]:
    return [Place("header", (each,)) for each in HEADERS] if operation in _WITH_ALL_HEADERS else []


def _with_strings(operation: str, sound: Request, places: list[Place], turns: Iterator[int] | None) -> Iterator[Case]:
    """Give cases: every string in every place, or the next one in each."""
    every = list(STRINGS.items())
    for place in places[:: 2 if turns is not None and sound.method == "GET" else 1]:
        for name, text in every if turns is None else [every[next(turns) % len(every)]]:
            if not (sound.method == "DELETE" and text == "*" and "If-Match" in place.steps):  # that would delete
                yield Case(f"{operation}, {place}: {name}", sound.with_string(place, text))


def _is_like_another(operation: Operation) -> bool:
    of = re.match("/ogc/collections/(\\w+)", operation.path)
    if of and of[1] not in (_FIRST, *_KEPT_SHORT):
        return True
    return _LIKE_ANOTHER.search(operation.path) is not None
