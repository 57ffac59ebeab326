"""Roles in the database: the login that the service connects as, and what it may take on."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from service.database_principal import COUNTRY, LIMITED, OPERATOR

TAKEN = (LIMITED, COUNTRY, OPERATOR)
"""The roles that the service takes for a transaction."""

# Another database of the same cluster may be given the same at this moment: asking again finds it done.
AT_THE_SAME_TIME = (psycopg.errors.UniqueViolation, psycopg.errors.InternalError_)

_ROLE = """
SELECT r.rolsuper, r.rolbypassrls, EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relkind = 'r') AS owns,
    pg_has_role(r.oid, %s, 'USAGE') AS inherits,
    has_database_privilege(r.oid, current_database(), 'CONNECT')
        AND has_database_privilege(%s, current_database(), 'TEMPORARY') AS connects,
    (SELECT array_agg(t) FROM unnest(%s::text[]) t WHERE NOT pg_has_role(r.oid, t, 'MEMBER')) AS lacks
FROM pg_roles r WHERE r.rolname = %s
"""
_MARKED = """
SELECT bool_and(proleakproof) FROM pg_proc WHERE oid IN (
    'geometry_overlaps(geometry, geometry)'::regprocedure, 'st_expand(geometry, float8)'::regprocedure)
"""


def load_role(connection: psycopg.Connection[Any], name: str) -> dict[str, Any] | None:
    """Return what a role is beyond a plain one, and which of the service's it lacks; None where there is none."""
    cursor = connection.cursor(row_factory=psycopg.rows.dict_row)
    return cursor.execute(_ROLE, (OPERATOR, LIMITED, list(TAKEN), name)).fetchone()


def boxes_are_marked(connection: psycopg.Connection[Any]) -> bool:
    """Return whether a limited reader's search of a box may use spatial indexes."""
    row = connection.execute(_MARKED).fetchone()
    return bool(row and row[0])


def make_login(connection: psycopg.Connection[Any], name: str, password: str | None) -> None:
    """Make a role that may connect and nothing else."""
    secret = sql.SQL("NULL") if password is None else sql.Literal(password)
    statement = sql.SQL("CREATE ROLE {} LOGIN NOINHERIT PASSWORD {}")
    connection.execute(statement.format(sql.Identifier(name), secret))


def let_take(connection: psycopg.Connection[Any], name: str, role: str) -> None:
    """Let a login take a role."""
    connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(name)))


def let_connect(connection: psycopg.Connection[Any], name: str) -> None:
    """Let a login connect to this database, and the roles that it takes keep temporary tables, where not all may."""
    database = sql.Identifier(connection.info.dbname)
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, sql.Identifier(name)))
    connection.execute(sql.SQL("GRANT TEMPORARY ON DATABASE {} TO {}").format(database, sql.Identifier(LIMITED)))
