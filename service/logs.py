"""Structured logs: what happened as a key, never a sentence."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog


def configure_logs(*, as_json: bool) -> None:
    """Set up structlog for this process, as JSON lines or for a person's eyes, on the error stream.

    A traceback is plain in both: with local variables, which structlog shows where `rich` is installed, it would hold
    the tokens of requests.
    """
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer() if as_json else plain,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=_error_stream,
        cache_logger_on_first_use=True,
    )


def _error_stream(*_: Any) -> structlog.PrintLogger:
    return structlog.PrintLogger(sys.stderr)
