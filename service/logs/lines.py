"""The line of each request, made by hand: structlog would take fifty times as long."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable, Mapping
from typing import Any

import orjson

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE
_render: Callable[[Mapping[str, Any]], str]


def write_lines_as(*, json: bool) -> None:
    """Choose how lines are written in this process."""
    global _render  # noqa: PLW0603 — as structlog's own configuration, of which this is a part
    _render = _as_json if json else _as_words


def write_line(**members: Any) -> None:
    """Write a line of what happened, at once and as a whole."""
    sys.stderr.write(_render(members))
    sys.stderr.flush()


def _as_json(members: Mapping[str, Any]) -> str:
    line = {**members, "level": "info", "timestamp": datetime.datetime.now(datetime.UTC)}
    return orjson.dumps(line, option=_OPTIONS).decode()


def _as_words(members: Mapping[str, Any]) -> str:
    now = datetime.datetime.now(datetime.UTC)
    told = " ".join(f"{name}={value}" for name, value in members.items() if name != "event" and value is not None)
    return f"{now:%Y-%m-%dT%H:%M:%S.%fZ} [info     ] {members['event']:<30} {told}\n"


_render = _as_words
