"""Rows of arrays that belong together."""

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

import numpy as np

from service.engine.arrays import IntArray

OfRows = TypeVar("OfRows")


def take_rows(of: OfRows, rows: IntArray) -> OfRows:
    """Return a dataclass of arrays over assets with these rows only; what is no array stays as it is.

    >>> from service.engine.condition import Evidence
    >>> years = np.array([1960.0, 1970.0])
    >>> take_rows(Evidence(years, years, years, years), np.array([1])).built_year
    array([1970.])
    """
    changed: dict[str, Any] = {}
    for each in fields(of):  # type: ignore[arg-type]
        value = getattr(of, each.name)
        if isinstance(value, np.ndarray):
            changed[each.name] = value[rows]
        elif is_dataclass(value) and any(isinstance(getattr(value, f.name), np.ndarray) for f in fields(value)):
            changed[each.name] = take_rows(value, rows)
    return replace(of, **changed)  # type: ignore[type-var]
