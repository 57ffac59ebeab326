"""Structured logs: what happened as a key, never a sentence; no secret, and nothing of what people sent or are called.

A line names a request by its id and its route, a job by its number, a person by a pseudonym, and an error by its kind
and place.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

from service.logs.failures import tell_failure
from service.logs.lines import write_lines_as
from service.logs.standard import take_over


def configure_logs(*, as_json: bool) -> None:
    """Set up the logs of this process, also those of the libraries, as JSON lines or for a person's eyes."""
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            tell_failure,
            structlog.processors.JSONRenderer() if as_json else plain,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=_error_stream,
        cache_logger_on_first_use=True,
    )
    write_lines_as(json=as_json)
    take_over()


def _error_stream(*_: Any) -> structlog.PrintLogger:
    return structlog.PrintLogger(sys.stderr)
