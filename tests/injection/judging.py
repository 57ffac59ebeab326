"""What an answer, a line of the log or the register must never be, whatever string was sent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from strings import MARK, PRODUCT
from wire import Answer

PROBLEM = "application/problem+json"
LONGEST_S = 20.0
"""Half a minute would be a string's wait of the database."""

_INSIDE = re.compile(
    rb"psycopg|sqlalchemy|site-packages|Traceback \(|syntax error at|\bLINE 1:|pg_catalog|werkzeug\.|jinja2\.|"
    rb"root:x:0|\[extensions\]|<class '|/usr/lib/|" + PRODUCT.encode()
)
_MARKUP = re.compile(rb"<" + MARK.encode() + rb"|onmouseover=alert\(7\)>|href=\"javascript:", re.IGNORECASE)
_KEPT_APART = frozenset({"access_token", "kept_answer", "alembic_version", "spatial_ref_sys"})
_COUNTED_ONLY = frozenset({"asset_version", "audit_entry"})


def faults_of(answer: Answer, address: str, host: str | None = None) -> Iterator[str]:
    """Give what is wrong with an answer of a service at an address; `host` is another name that it was called by."""
    if answer.status >= 500:
        yield f"status {answer.status}: {answer.content[:300]!r}"
    if answer.status >= 400 and answer.kind not in (PROBLEM, "text/html"):
        yield f"a refusal of type {answer.kind!r}"
    if answer.seconds > LONGEST_S:
        yield f"took {answer.seconds:.0f} s"
    inside = _INSIDE.search(answer.content)
    if inside:
        yield f"tells of its inside: {answer.content[max(0, inside.start() - 60) : inside.end() + 60]!r}"
    if answer.kind == "text/html" and (markup := _MARKUP.search(answer.content)):
        yield f"markup: {answer.content[max(0, markup.start() - 60) : markup.end() + 60]!r}"
    yield from _faults_of_headers(answer, {"", urlsplit(address).netloc, host})


def _faults_of_headers(answer: Answer, own: set[str | None]) -> Iterator[str]:
    for name, value in answer.headers:
        if MARK in name.lower() or (name.lower() == "set-cookie" and MARK in value):
            yield f"a header that was sent: {name}: {value}"
        if name.lower() == "location" and urlsplit(value).netloc not in own:
            yield f"leads away: {value}"


class Log:
    """What the service has logged."""

    def __init__(self, path: Path, token: str) -> None:
        self._path, self._token = path, token
        self.requests = 0

    def faults(self) -> Iterator[str]:
        """Give what is wrong with its lines, counting the requests that they tell of."""
        with self._path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                yield from self._faults_of(line)

    def _faults_of(self, line: str) -> Iterator[str]:
        try:
            told = json.loads(line)
        except ValueError:
            yield f"no JSON: {line[:300]!r}"
            return
        if not isinstance(told, dict) or "event" not in told:
            yield f"tells no event: {line[:300]!r}"
        elif told["event"] == "request":
            self.requests += 1
        if MARK in line or self._token in line:
            yield f"holds what was sent: {line[:300]!r}"


def state_of_register(url: str) -> dict[str, tuple[int, int]]:
    """Return the number of rows of each table and a digest of them, without what each request may write."""
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
        asked = [
            f"SELECT '{name}', count(*), {_digest(name)} FROM \"{name}\" AS t"
            for (name,) in tables
            if name not in _KEPT_APART
        ]
        rows = connection.execute(" UNION ALL ".join(asked)).fetchall()
    return {name: (count, digest) for name, count, digest in rows}


def _digest(table: str) -> str:
    return "0" if table in _COUNTED_ONLY else "coalesce(sum(hashtext(t::text)::bigint), 0)"


def drop_waiting_jobs(url: str) -> None:
    """Take out what the accepted requests have put into the queue; a municipality may have only so much waiting."""
    with psycopg.connect(url) as connection:
        connection.execute("DELETE FROM job WHERE state = 'queued'")


def left_by_commands() -> list[str]:
    """Give the files that a command of a string would have made."""
    return [f"a command was run: {path}" for path in Path("/tmp").glob(f"{MARK}*")]
