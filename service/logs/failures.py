"""What a log tells of an error: its kind and place, and no message.

Messages hold what clients sent: PostgreSQL names the value that it refuses, Python the text that is no number.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator, MutableMapping
from typing import Any

_ABOUT_THE_PROGRAM = (AttributeError, ImportError, NameError, NotImplementedError, RecursionError, TypeError)
"""Python's own words of these are about the program alone."""
_ABOUT_THE_CONNECTION = ("OperationalError", "PoolTimeout", "PoolClosed")
"""Words of the driver without an SQLSTATE: the server has not seen any statement."""


def tell_failure(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put in place of `exc_info` where the error happened, and what kind it is."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["exception"] = told_failure(error)
    return event


def told_failure(error: BaseException) -> str:
    """Return the traceback of an error and of those before it, without their messages."""
    told = ("".join((*traceback.format_tb(each.__traceback__), kind_of(each))) for each in _chain(error))
    return "\n".join(told)


def kind_of(error: BaseException) -> str:
    """Return what kind an error is: its class, and what the database or the driver says of it without any value.

    >>> kind_of(ValueError("invalid literal for int(): 'Matti Meikäläinen'"))
    'ValueError'
    >>> kind_of(TypeError("an integer is required"))
    'TypeError: an integer is required'
    """
    name = type(error).__name__
    state = getattr(error, "sqlstate", None)
    if state is not None:
        constraint = getattr(getattr(error, "diag", None), "constraint_name", None)
        return f"{name}: SQLSTATE {state}" + (f", {constraint}" if constraint else "")
    if isinstance(error, _ABOUT_THE_PROGRAM) or (name in _ABOUT_THE_CONNECTION and _is_drivers(error)):
        return f"{name}: {' '.join(str(error).split())}"[:500]
    return name


def _is_drivers(error: BaseException) -> bool:
    return type(error).__module__.partition(".")[0] in ("psycopg", "psycopg_pool")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Give the errors that led to this one, the first first."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _chain(before)
    yield error
