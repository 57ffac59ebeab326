"""Who acts: for whom the database is asked and written, how far they may go, and what the audit says of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

Via = Literal["rest", "ogc", "page", "import", "cli", "worker", "migration"]


@dataclass(frozen=True)
class Acting:
    """Who does something, by which way, and where they may.

    Attributes:
        by: Their name.
        via: The way they came.
        from_address: Address of the machine that asked, where one did.
        reads: Municipalities that they read, None for all; what is national is read by everybody.
        writes: Municipalities that they write in, None for all and for what is national.
        request_id: Of the request that this is done for, where there is one.
    """

    by: str
    via: Via
    from_address: str | None = None
    reads: frozenset[str] | None = frozenset()
    writes: frozenset[str] | None = frozenset()
    request_id: str | None = None


NOBODY = Acting("nobody", "cli")
"""Who acts where nobody said so: reads and writes nothing of a municipality."""

_CURRENT: ContextVar[Acting] = ContextVar("acting", default=NOBODY)


def current() -> Acting:
    """Return who acts in this thread."""
    return _CURRENT.get()


def operator(via: Via = "cli", by: str = "operator") -> Acting:
    """Return who runs the installation, and may do everything in it."""
    return Acting(by, via, reads=None, writes=None)


@contextmanager
def acting_as(acting: Acting) -> Iterator[Acting]:
    """Have all that is done within be done by this one."""
    before = _CURRENT.set(acting)
    try:
        yield acting
    finally:
        _CURRENT.reset(before)
