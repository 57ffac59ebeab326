"""Structured logs: what happened as a key, never a sentence."""

from __future__ import annotations

import logging

import structlog


def configure_logs(*, as_json: bool) -> None:
    """Set up structlog for this process, as JSON lines or for a person's eyes."""
    renderer = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
