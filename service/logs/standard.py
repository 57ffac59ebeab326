"""What libraries say through Python's own logging and warnings, as lines of the same log.

Their sentences are kept as they stand in the code; of what is put into them only numbers, and the kinds of errors.
"""

from __future__ import annotations

import logging
import os
import warnings
from typing import Any, TextIO

import structlog

from service.logs.failures import kind_of


class SameLog(logging.Handler):
    """Hands records on to structlog.

    Args:
        is_trusted: Whether texts may be put into sentences, as where no client's text ever comes.
    """

    def __init__(self, *, is_trusted: bool = False) -> None:
        super().__init__(logging.WARNING)
        self.is_trusted = is_trusted

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        log = structlog.get_logger().bind(logger=record.name, exc_info=record.exc_info or None)
        told = record.getMessage() if self.is_trusted else _without_values(record)
        log.log(min(record.levelno, logging.CRITICAL), "library_says", says=told)


def take_over() -> None:
    """Have all that libraries say in this process written as lines of the log."""
    root = logging.getLogger()
    root.handlers = [each for each in root.handlers if not isinstance(each, SameLog)]
    root.addHandler(SameLog())
    warnings.showwarning = _show_warning


def _without_values(record: logging.LogRecord) -> str:
    arguments = record.args if isinstance(record.args, tuple) else ()
    sentence = str(record.msg)
    return f"{sentence} {[_shown(each) for each in arguments]}" if arguments else sentence


def _shown(value: object) -> Any:
    if isinstance(value, BaseException):
        return kind_of(value)
    return value if isinstance(value, bool | int | float | None) else "…"


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    del message, file, line  # they hold what is not to be told
    place = f"{os.path.basename(filename)}:{lineno}"  # noqa: PTH119 — no file is touched
    structlog.get_logger().warning("warning", category=category.__name__, place=place)
