"""The text of a filter as the tree that CQL2 JSON writes, and its bounds: no filter is too long or nested too deep."""

from __future__ import annotations

import re

import cql2
import orjson

MAX_LENGTH = 50_000
"""Most characters of a filter; a request line of the server holds fewer."""

MAX_NESTING = 50
"""Most levels within each other. The parser calls itself for each and has no bound of its own: it would crash."""

CQL2_TEXT, CQL2_JSON, CQL_TEXT = LANGUAGES = ("cql2-text", "cql2-json", "cql-text")
"""Languages by name, the default first. The last is CQL2 text as GDAL writes it, which goes by the draft's name."""

_TOKEN = re.compile(
    r"""(?P<text>'(?:[^'\\]|''|\\'|\\)*+') | (?P<name>"[^"]*") | (?P<open>\() | (?P<close>\))
    | (?P<fraction>(?<!\w)\.\d) | (?P<apart>,|\b(?:and|or)\b)
    | (?P<nesting>\bnot\b|[-+*/%^=<>!]) | (?P<unclosed>['"])""",
    re.IGNORECASE | re.VERBOSE | re.ASCII,
)
_ILIKE = re.compile(
    r"""'(?:[^']|'')*+' | (?P<name>"[^"]*"|\b\w+)\s+ILIKE\s+(?P<pattern>'(?:[^']|'')*+')""", re.IGNORECASE | re.VERBOSE
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"'": "''", "a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r"}
_PLACE = re.compile(r"--> (\d+):(\d+)")


def parse_filter(text: str, language: str = CQL2_TEXT) -> object:
    """Return a filter as a tree of CQL2 JSON: objects with `op` and `args`, properties, values and geometries.

    Raises:
        ValueError: It is too long, nested too deep or not of the language; says what and where.

    >>> parse_filter("storeys > 3")
    {'op': '>', 'args': [{'property': 'storeys'}, 3.0]}
    """
    if len(text) > MAX_LENGTH:
        raise ValueError(f"the filter has {len(text)} characters, at most {MAX_LENGTH} are read")
    tree = _parse_json(text) if language == CQL2_JSON else _parse_text(text, language)
    _check_depth(tree)
    return tree


def _parse_json(text: str) -> object:
    try:
        return orjson.loads(text)
    except ValueError as error:
        raise ValueError(f"the filter is not JSON: {error}") from error


def _parse_text(text: str, language: str) -> object:
    _check_nesting(text)
    spelt = _ILIKE.sub(_without_ilike, text) if language == CQL_TEXT else _TOKEN.sub(_as_the_parser_reads, text)
    try:
        return cql2.parse_text(spelt).to_json()
    except Exception as error:  # of an empty geometry the library says no more than that
        raise ValueError(_fault(text, str(error))) from error


def _as_the_parser_reads(token: re.Match[str]) -> str:
    r"""Spell what the standard allows and the parser does not know: `\'`, `\t` and the like in texts, and `.5`."""
    if token.lastgroup == "text":
        return "'" + _ESCAPE.sub(lambda escape: _ESCAPED.get(escape[1], escape[0]), token[0][1:-1]) + "'"
    return f"0{token[0]}" if token.lastgroup == "fraction" else token[0]


def _without_ilike(match: re.Match[str]) -> str:
    """Spell ILIKE as the standard does, which has no such operator; texts between stay as they are."""
    return match[0] if match["name"] is None else f"CASEI({match['name']}) LIKE CASEI({match['pattern']})"


def _check_nesting(text: str) -> None:
    """Count brackets, and operators that follow each other without anything that sets them apart."""
    depth, operators = 0, 0
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "unclosed":
            raise ValueError(f"the filter has a quote without its counterpart at character {token.start() + 1}")
        depth += {"open": 1, "close": -1}.get(kind or "", 0)
        operators = operators + 1 if kind == "nesting" else 0 if kind == "apart" else operators
        if depth + operators > MAX_NESTING:
            raise ValueError(f"the filter is nested deeper than {MAX_NESTING} levels at character {token.start() + 1}")


def _check_depth(tree: object) -> None:
    """Bound the depth of the tree, whose lists and objects count as levels, before anything calls itself over it."""
    level, nodes = 0, [tree]
    while nodes:
        if level > 2 * MAX_NESTING + 8:  # an operator is an object with a list; a geometry has a few more
            raise ValueError(f"the filter is nested deeper than {MAX_NESTING} levels")
        parts = [list(node.values()) if isinstance(node, dict) else node for node in nodes]
        level, nodes = level + 1, [child for part in parts if isinstance(part, list) for child in part]


def _fault(text: str, reason: str) -> str:
    place = _PLACE.search(reason)
    if place is None:
        return f"the filter is not CQL2 text: {reason[:200]}"
    line, column = int(place[1]), int(place[2])
    rest = "".join(text.splitlines(keepends=True)[line - 1 :])[column - 1 :].strip()
    where = f"near '{rest[:30]}'" if rest else "at its end, where more is expected"
    return f"the filter is not CQL2 text: it cannot be read {where} (line {line}, character {column})"
