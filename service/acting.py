"""Who acts: for whom the database is asked and written, how far they may go, and what the audit says of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

Part = TypeVar("Part")
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
        proof: Hash of a secret that is being checked: its row can be read before it is known whose it is.
        token_id: Number of a token that a proven row names.
    """

    by: str
    via: Via
    from_address: str | None = None
    reads: frozenset[str] | None = frozenset()
    writes: frozenset[str] | None = frozenset()
    request_id: str | None = None
    proof: bytes | None = None
    token_id: int | None = None

    def __post_init__(self) -> None:
        if self.writes is None and self.reads is not None:
            raise ValueError("who writes everywhere reads everywhere")


NOBODY = Acting("nobody", "cli")
"""Who acts where nobody said so: reads and writes nothing of a municipality."""

_CURRENT: ContextVar[Acting] = ContextVar("acting", default=NOBODY)


def current() -> Acting:
    """Return who acts in this thread."""
    return _CURRENT.get()


def operator(via: Via = "cli", by: str = "operator") -> Acting:
    """Return who runs the installation, and may do everything in it."""
    return Acting(by, via, reads=None, writes=None)


def housekeeping(municipality_code: str) -> Acting:
    """Return the service itself, that puts something of a municipality in order for who only reads."""
    own = frozenset({municipality_code})
    return replace(current(), by="kuntokanta", reads=own, writes=own)


def as_now(parts: Iterator[Part]) -> Iterator[Part]:
    """Have parts that are made one by one be made by who acts now, whoever asks for them later."""
    return _made_by(current(), parts)


def _made_by(acting: Acting, parts: Iterator[Part]) -> Iterator[Part]:
    while True:
        with acting_as(acting):
            try:
                part = next(parts)
            except StopIteration:
                return
        yield part


def proving(proof: bytes, token_id: int | None = None) -> AbstractContextManager[Acting]:
    """Have who acts show the hash of a secret, and the number of the token that its row names."""
    return acting_as(replace(current(), proof=proof, token_id=token_id))


@contextmanager
def acting_as(acting: Acting) -> Iterator[Acting]:
    """Have all that is done within be done by this one."""
    before = _CURRENT.set(acting)
    try:
        yield acting
    finally:
        _CURRENT.reset(before)
