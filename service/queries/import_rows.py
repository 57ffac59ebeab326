"""Checked rows on their way into the register, as columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from service.queries.import_targets import Target

Column = NDArray[Any]


@dataclass(frozen=True)
class ImportRows:
    """Rows for one target, every value checked and in the register's unit.

    Attributes:
        target: Where they go.
        row_numbers: Row of the file, for reports.
        municipality_codes: Municipality of each row.
        source_ids: The row's own id in its source system, for assets.
        asset_source_ids: Id of the asset that the row belongs to, for records of assets.
        columns: Values by field name: float64 (NaN unknown), datetime64 (NaT unknown) or object (None unknown).
        geometry: Shapely geometries in EPSG:3067 (None unknown), or None where the file has none.
        asset_required: False where a record may stand without its asset.
        key_texts: What a made-up id stands for, in words for people; None where ids are the file's own.
    """

    target: Target
    row_numbers: Column
    municipality_codes: Column
    source_ids: Column | None
    asset_source_ids: Column | None
    columns: Mapping[str, Column]
    geometry: Column | None
    asset_required: bool = True
    key_texts: Column | None = None

    def __len__(self) -> int:
        return len(self.row_numbers)

    def take(self, rows: Column) -> ImportRows:
        """Return only the given rows, by position or by flag."""
        if rows.dtype == bool and rows.all():
            return self
        return ImportRows(
            self.target,
            self.row_numbers[rows],
            self.municipality_codes[rows],
            None if self.source_ids is None else self.source_ids[rows],
            None if self.asset_source_ids is None else self.asset_source_ids[rows],
            {name: values[rows] for name, values in self.columns.items()},
            None if self.geometry is None else self.geometry[rows],
            self.asset_required,
            None if self.key_texts is None else self.key_texts[rows],
        )
