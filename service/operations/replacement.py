"""Records without a version number: replaced only by those who say which one they know, told by its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy.orm import Session

from service.errors import NotFound, StaleVersion, VersionMissing
from service.queries.record_sets import RecordSet
from service.queries.record_writes import store_record
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


def replace_record(session: Session, records: RecordSet, key: Values, values: Values, known: KnownRecord) -> Values:
    """Write a record over the present one of its key, or as a new one; return it as it is stored.

    Raises:
        VersionMissing: There is one, and the client did not say which one it knows.
        StaleVersion: It has been changed since the client read it, or the client knows one that is not there.
    """
    present = load_record(session.connection(), records, key, locked=True)
    if present is not None and not known.is_told:
        raise VersionMissing
    if known.digests is not None and (present is None or record_digest(present) not in known.digests):
        raise StaleVersion
    store_record(session, records, key, values)
    return present_record(load_record(session.connection(), records, key))


def present_record(record: Values | None) -> Values:
    """Return a record that is there; raises `NotFound` where it is not."""
    if record is None:
        raise NotFound
    return record
