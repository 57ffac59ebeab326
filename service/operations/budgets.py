"""Budgets: money for repair and renewal of an asset class in a year."""

from __future__ import annotations

import decimal
from collections.abc import Mapping
from typing import Any

from service.database import Database
from service.errors import Fault, InvalidData
from service.operations.kept_answers import Finish
from service.operations.replacement import KnownRecord, present_record, replace_record
from service.queries.municipalities import municipality_exists
from service.queries.record_sets import BUDGETS
from service.queries.records import load_record


def read_budget(database: Database, key: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the budget of a municipality, year and class; raises `NotFound` where there is none."""
    with database.reading() as connection:
        return present_record(load_record(connection, BUDGETS, key))


def put_budget(
    database: Database,
    key: Mapping[str, Any],
    amount_eur: decimal.Decimal,
    known: KnownRecord,
    finish: Finish | None = None,
) -> Mapping[str, Any]:
    """Write the budget of a municipality, year and class over the present one, or as a new one; return it.

    `finish` is called last within the transaction, with the budget.

    Raises:
        InvalidData: The municipality is not in the register.
        VersionMissing: There is one, and the client did not say which one it knows.
        StaleVersion: It has been changed since the client read it.
    """
    with database.writing() as session:
        if not municipality_exists(session.connection(), key["municipality_code"]):
            detail = f"'{key['municipality_code']}' is not a municipality of the register."
            raise InvalidData(detail, [Fault("/municipality_code", detail)])
        return replace_record(session, BUDGETS, key, {"amount_eur": amount_eur}, known, finish)
