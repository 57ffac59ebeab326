"""Versions of the data that maps show: raised by every write, and read instead of the data to know if they changed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sqlalchemy import func, text
from sqlalchemy.dialects.postgresql import insert

from models.data_version import DataVersion
from service.queries.tables import table_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection

_VERSION = table_of(DataVersion)
_OF_ONE = text(
    "SELECT (SELECT version FROM data_version WHERE municipality_code = :municipality_code),"
    " (SELECT max(run_id) FROM run WHERE municipality_code = :municipality_code AND kind = 'valuation'"
    " AND state = 'finished')"
)
_OF_ALL = text(
    "SELECT (SELECT sum(version) FROM data_version), (SELECT sum(run_id) FROM (SELECT max(run_id) AS run_id FROM run"
    " WHERE kind = 'valuation' AND state = 'finished' GROUP BY municipality_code) newest)"
)


def raise_data_version(connection: Connection, municipality_codes: Iterable[str]) -> None:
    """Note that assets or areas of municipalities were written; the last statement of the transaction that did it.

    A version is a time, so that a register that was dropped and loaded anew does not repeat what clients have kept.
    Municipalities are taken in their order, so that two transactions never wait for each other.
    """
    now = time.time_ns() // 1000
    for code in sorted(set(municipality_codes)):
        statement = insert(_VERSION).values(municipality_code=code, version=now)
        newer = func.greatest(_VERSION.c.version + 1, statement.excluded.version)
        key = [_VERSION.c.municipality_code]
        connection.execute(statement.on_conflict_do_update(index_elements=key, set_={"version": newer}))


def load_data_version(connection: Connection, municipality_code: str | None) -> str:
    """Return the version of what maps show of a municipality, or of all: other after any write or finished valuation.

    Both of its numbers only ever grow in each municipality, so that their sums over all tell every change.
    """
    if municipality_code is None:
        written, valued = connection.execute(_OF_ALL).one()
    else:
        written, valued = connection.execute(_OF_ONE, {"municipality_code": municipality_code}).one()
    return f"{written or 0}-{valued or 0}"
