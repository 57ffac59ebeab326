"""How long names are kept: then they become pseudonyms, by who owns the tables."""

from __future__ import annotations

import datetime

import psycopg
from sqlalchemy import make_url

from service.database import meaningful_errors
from service.errors import InvalidData
from service.queries.audit_redaction import redact_names


def redact_audit(owner_url: str, days: int) -> dict[str, int]:
    """Replace the names in what was written more than some days ago, and remove addresses; return rows by table.

    Entries themselves stay. All is done in one transaction.

    Args:
        owner_url: Address of the database with the login that migrations run under.
        days: For how many days names are kept.

    Raises:
        InvalidData: This login may not do it.
    """
    before = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=days)
    address = make_url(owner_url).set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        with meaningful_errors(), psycopg.connect(address) as connection:
            return redact_names(connection, before)
    except psycopg.errors.InsufficientPrivilege as error:
        told = "Only the owner of the tables may replace names: give their login in KUNTOKANTA_MIGRATION_URL."
        raise InvalidData(told) from error
