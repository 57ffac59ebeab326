"""Foreign keys of rows written by the million: asked once for all rows, where PostgreSQL asks once for each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from service.errors import DataConflict
from service.queries.import_staging import Stage

_MAY = "SELECT has_parameter_privilege(current_user, 'session_replication_role', 'SET')"
_CLASS = "SELECT count(*) FROM asset_class WHERE asset_class = %s"
_STRANGE = (
    "SELECT count(*) FROM (SELECT DISTINCT municipality_code FROM {}) s"
    " WHERE NOT EXISTS (SELECT FROM municipality m WHERE m.municipality_code = s.municipality_code)"
)


@contextmanager
def references_asked_once(connection: psycopg.Connection[Any], stage: Stage) -> Iterator[None]:
    """Ask the references of new assets here, and have PostgreSQL not ask them for each row within the block.

    A third of the time of adding a million assets goes into these questions: municipality and class of each, and each
    asset for its class's row. Within the block only the stage's new assets may be written, and rows that belong to
    them, core first: what the rows refer to is then there. Where the role may not say so (GRANT SET ON PARAMETER
    session_replication_role), PostgreSQL asks as ever.

    Raises:
        DataConflict: A municipality or the class is not in the register.
    """
    if connection.execute(_MAY).fetchone() != (True,):
        yield
        return
    _ask(connection, stage)
    connection.execute("SET LOCAL session_replication_role = replica")
    yield  # an error ends the transaction, and the setting with it
    connection.execute("SET LOCAL session_replication_role = origin")


def _ask(connection: psycopg.Connection[Any], stage: Stage) -> None:
    """No lock is needed: the service may delete neither municipalities nor classes."""
    strange = connection.execute(sql.SQL(_STRANGE).format(sql.Identifier(stage.table))).fetchone()
    known = connection.execute(_CLASS, (stage.target.asset_class,)).fetchone()
    if strange != (0,) or known != (1,):
        raise DataConflict
