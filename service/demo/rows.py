"""What the generator hands over: assets of a class and the records around them, as columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

SOURCE_SYSTEM = "demo"
REFERENCE_YEAR = 2025
"""The last year about which the demo register knows anything; plans lie after it."""

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
Objects = NDArray[np.object_]
Columns = dict[str, Any]
"""Columns by database name: a sequence of one length, or one value for all rows; None is unknown."""


@dataclass(frozen=True)
class AssetRows:
    """Assets of one class, in order.

    Attributes:
        asset_class: Code of the class.
        columns: Columns of the core table and of the class's own table, by database name, `source_id` among them.
        geometry: Shapely geometries in EPSG:3067.
        geometry_z: The same geometries with levels in N2000, where they are known.
    """

    asset_class: str
    columns: Columns
    geometry: Objects
    geometry_z: Objects | None = None

    def __len__(self) -> int:
        return len(self.geometry)


@dataclass(frozen=True)
class Records:
    """Rows of a table beside the assets; `asset` numbers an asset among all of the municipality, None for none."""

    table: str
    columns: Columns
    asset: IntArray | None = None
    geometry: Objects | None = None

    def __len__(self) -> int:
        return column_length(self.columns)


@dataclass(frozen=True)
class DemoMunicipality:
    """A whole register: boundary, areas, assets and the records around them, in the order of their references."""

    boundary: Any
    areas: Sequence[Records]
    assets: Sequence[AssetRows]
    records: Sequence[Records] = field(default_factory=tuple)

    def counts(self) -> Mapping[str, int]:
        """Return the number of assets by class."""
        return {rows.asset_class: len(rows) for rows in self.assets}


def column_length(columns: Columns) -> int:
    """Return how many rows the columns hold.

    >>> column_length({"name": ["a", "b"], "scenario": "baseline"})
    2
    """
    return next(len(values) for values in columns.values() if not is_constant(values))


def is_constant(values: object) -> bool:
    """Return whether a column is one value for all rows."""
    return values is None or isinstance(values, str) or not hasattr(values, "__len__")


def unknown_where(hidden: BoolArray, values: NDArray[Any]) -> Objects:
    """Return the values as objects, None where hidden.

    >>> unknown_where(np.array([True, False]), np.array([1970, 1980])).tolist()
    [None, 1980]
    """
    objects = values.astype(object)
    objects[hidden] = None
    return objects


def numbered(prefix: str, count: int) -> list[str]:
    """Return source ids of one prefix.

    >>> numbered("water_main", 2)
    ['water_main-00001', 'water_main-00002']
    """
    return [f"{prefix}-{number:05d}" for number in range(1, count + 1)]
