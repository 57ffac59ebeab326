"""Versions of the data that maps show: raised by every write, and read instead of the data to know if they changed."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import TEXT, insert

from models.data_version import DataVersion
from models.run import Run, RunState
from service.queries.statements import Statement, compiled
from service.queries.tables import table_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import psycopg
    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Connection

_VERSION, _RUN = table_of(DataVersion), table_of(Run)


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


def version_columns(*, in_municipality: bool) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Return the two numbers of the version of what maps show, for any statement that is to tell it.

    Both only ever grow in each municipality, so that their sums over all tell every change.

    Args:
        in_municipality: Of one municipality, bound as `municipality_code`, not of all.
    """
    newest = (
        select(func.max(_RUN.c.run_id).label("run_id"))
        .where(_RUN.c.kind == literal_column("'valuation'"), _RUN.c.state == literal_column(f"'{RunState.FINISHED}'"))
        .correlate(None)
    )
    if in_municipality:
        code = bindparam("municipality_code", type_=TEXT)
        written = select(_VERSION.c.version).where(_VERSION.c.municipality_code == code)
        return written.scalar_subquery(), newest.where(_RUN.c.municipality_code == code).scalar_subquery()
    of_each = newest.group_by(_RUN.c.municipality_code).subquery("newest")
    return select(func.sum(_VERSION.c.version)).scalar_subquery(), select(func.sum(of_each.c.run_id)).scalar_subquery()


def version_text(written: Any, valued: Any) -> str:
    """Return the version that two numbers tell, none standing for nothing written or valued yet."""
    return f"{written or 0}-{valued or 0}"


def load_data_version(connection: psycopg.Connection[Any], municipality_code: str | None) -> str:
    """Return the version of what maps show of a municipality, or of all: new after any write or finished valuation."""
    statement = _statement(in_municipality=municipality_code is not None)
    row = statement.ask(connection, {"municipality_code": municipality_code}, prepare=True).fetchone()
    return version_text(*row or (None, None))


@lru_cache(maxsize=2)
def _statement(*, in_municipality: bool) -> Statement:
    return compiled(select(*version_columns(in_municipality=in_municipality)))
