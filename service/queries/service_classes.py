"""Maintenance and functional classes of the assets whose class has them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.engine import Connection

from models.registry import ASSET_CLASSES, AssetClass
from service.database import raw_connection
from service.queries.binary_copy import read_columns

_TYPES = {"asset_id": "int8", "maintenance_class": "int8", "functional_class": "int2"}


def _select(of: AssetClass) -> str:
    maintenance = "maintenance_class" if of.attribute("maintenance_class") else "NULL"
    functional = "functional_class" if of.attribute("functional_class") else "NULL"
    return (
        f"SELECT asset_id, COALESCE({maintenance}::text, '') AS maintenance_class,"
        f" COALESCE({functional}::int2, 0::int2) AS functional_class FROM {of.code}"
        " WHERE municipality_code = {municipality}"
    )


_WITH_CLASSES = [
    _select(each)
    for each in ASSET_CLASSES.values()
    if each.attribute("maintenance_class") or each.attribute("functional_class")
]
_ALL = " UNION ALL ".join(_WITH_CLASSES)
_COPIED = (
    "SELECT asset_id, hashtextextended(maintenance_class, 0) AS maintenance_class, functional_class"
    f" FROM ({_ALL.format(municipality='%(municipality_code)s')}) AS c"
)
_CODES = text(
    "SELECT hashtextextended(maintenance_class, 0), maintenance_class FROM"
    f" (SELECT maintenance_class FROM ({_ALL.format(municipality=':municipality_code')}) AS c UNION SELECT '') AS t"
)


def load_service_classes(
    connection: Connection, municipality_code: str, asset_id: NDArray[np.int64]
) -> tuple[dict[str, NDArray[Any]], dict[int, str | None]]:
    """Return both classes of the assets in ``asset_id``, which ascends, and what the maintenance classes' hashes mean.

    An asset without a maintenance class has the hash of the empty text, one without a functional class has 0.
    """
    values = {"municipality_code": municipality_code}
    codes = {row[0]: row[1] or None for row in connection.execute(_CODES, values)}
    found = read_columns(raw_connection(connection), _COPIED, values, _TYPES)
    none = next(code for code, meaning in codes.items() if meaning is None)
    maintenance = np.full(len(asset_id), none, np.int64)
    functional = np.zeros(len(asset_id), np.int16)
    row = np.minimum(np.searchsorted(asset_id, found["asset_id"]), max(len(asset_id) - 1, 0))
    is_valued = asset_id[row] == found["asset_id"] if len(asset_id) else np.zeros(len(row), bool)
    maintenance[row[is_valued]] = found["maintenance_class"][is_valued]
    functional[row[is_valued]] = found["functional_class"][is_valued]
    return {"maintenance_class": maintenance, "functional_class": functional}, codes
