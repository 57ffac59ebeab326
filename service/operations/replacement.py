"""Records without a version number: replaced only by those who say which one they know, told by its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy.orm import Session

from service.errors import NotFound, StaleVersion, VersionMissing
from service.operations.kept_answers import Finish
from service.queries.record_sets import RecordSet
from service.queries.record_writes import add_record, store_record
from service.queries.records import load_record

Values = Mapping[str, Any]


@dataclass(frozen=True)
class KnownRecord:
    """What a client says of the record that it is about to replace.

    Attributes:
        is_told: Whether it says anything.
        digests: The digests that it takes for the present one; None: whichever it is.
    """

    is_told: bool
    digests: frozenset[str] | None = None


def record_digest(record: Values) -> str:
    """Return a short digest of a record, which changes with it."""
    content = orjson.dumps(dict(record), default=str, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def replace_record(
    session: Session, records: RecordSet, key: Values, values: Values, known: KnownRecord, finish: Finish | None = None
) -> Values:
    """Write a record over the present one of its key, or as a new one; return it as it is stored.

    Args:
        session: Within its transaction.
        records: Of which kind it is.
        key: Which one.
        values: What it becomes, beside its key.
        known: What the client says of the present one.
        finish: Called last, with the record as it is stored.

    Raises:
        VersionMissing: There is one, and the client did not say which one it knows.
        StaleVersion: It has been changed since the client read it, or the client knows one that is not there.
    """
    present = load_record(session.connection(), records, key, locked=True)
    if present is not None and not known.is_told:
        raise VersionMissing
    digest = None if present is None else record_digest(present)
    if known.digests is not None and digest not in known.digests:
        raise StaleVersion(current=digest)
    if known.is_told:
        store_record(session, records, key, values)
    elif not add_record(session, records, key, values):  # somebody added one while this one waited
        raise VersionMissing
    record = present_record(load_record(session.connection(), records, key))
    if finish is not None:
        finish(session, record)
    return record


def present_record(record: Values | None) -> Values:
    """Return a record that is there; raises `NotFound` where it is not."""
    if record is None:
        raise NotFound
    return record
