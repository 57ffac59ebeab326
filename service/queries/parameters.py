"""Parameter values valid on a day, as a valuation reads them."""

from __future__ import annotations

import datetime

from sqlalchemy import text
from sqlalchemy.engine import Connection, RowMapping

_VALID = text("""
SELECT v.parameter_value_id, v.name, v.municipality_code, v.asset_class, v.material, v.key, v.value, v.code,
       p.unit, v.source_id, v.is_demo, v.price_level_year
FROM parameter_value v JOIN parameter p ON p.name = v.name
WHERE (v.municipality_code IS NULL OR v.municipality_code = :municipality_code)
  AND v.valid_from <= :day AND (v.valid_to IS NULL OR v.valid_to > :day)
ORDER BY v.parameter_value_id
""")


def load_parameter_values(connection: Connection, municipality_code: str, day: datetime.date) -> list[RowMapping]:
    """Return the national values and the municipality's own that are valid on a day."""
    return list(connection.execute(_VALID, {"municipality_code": municipality_code, "day": day}).mappings())
