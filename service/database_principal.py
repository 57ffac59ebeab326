"""What a connection is told of who acts: the role that it takes, and the municipalities whose rows it is shown.

Row-level security compares a row's municipality with these settings (migration 0021). Who reads all rows takes a role
whose policy lets everything through: the planner then finds no condition at all, and no barrier before an index.
"""

from __future__ import annotations

import re
from functools import lru_cache

from service.acting import Acting

LIMITED, COUNTRY, OPERATOR = "kuntokanta_service", "kuntokanta_country", "kuntokanta_operator"
"""Roles of those who are limited to municipalities, who read all of them, and who write everywhere too."""

_CODE = re.compile("[0-9]{3}", re.ASCII)


def role_of(acting: Acting) -> str:
    """Return the role in the database of who acts."""
    if acting.reads is not None:
        return LIMITED
    return COUNTRY if acting.writes is not None else OPERATOR


def told_in_transaction(acting: Acting) -> str:
    """Return the statements that hold for the transaction which they stand first in."""
    told = _told("SET LOCAL", role_of(acting), acting.reads, acting.writes)
    if acting.proof is not None:
        told += f"; SET LOCAL kuntokanta.proof = '{acting.proof.hex()}'"
    if acting.token_id is not None:
        told += f"; SET LOCAL kuntokanta.token_id = '{acting.token_id:d}'"
    return told


def told_in_session(acting: Acting) -> str:
    """Return the statements that hold until others are told; secrets are checked in transactions only."""
    return _told("SET", role_of(acting), acting.reads, acting.writes)


@lru_cache(maxsize=1024)
def _told(words: str, role: str, reads: frozenset[str] | None, writes: frozenset[str] | None) -> str:
    # The statements take no bind values: all that stands in them are codes of three digits.
    settings = {"reads": _listed(reads), "writes": _listed(writes)}
    told = [f"{words} kuntokanta.{name} = '{value}'" for name, value in settings.items()]
    return "; ".join([f"{words} ROLE {role}", *told])


def _listed(codes: frozenset[str] | None) -> str:
    faulty = [code for code in codes or () if not _CODE.fullmatch(code)]
    if faulty:
        raise ValueError(f"{faulty[0]!r} is no municipality code")
    return ",".join(sorted(codes or ()))
