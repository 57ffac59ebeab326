"""Collecting faults of whole columns at once: which rows, which column, which value, which rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from service.importers.source_table import Flags
from service.operations.import_report import KEPT_FAULTS, ImportFault, Severity

SHOWN_CHARACTERS = 120


class Shown(Protocol):
    """Values as in the file, by position in the column."""

    def __getitem__(self, position: int, /) -> Any:
        """Return the value to show."""


@dataclass
class FaultLog:
    """Faults found so far, up to a limit; those beyond are counted by rule and severity."""

    faults: list[ImportFault] = field(default_factory=list)
    uncounted: Counter[tuple[str, Severity]] = field(default_factory=Counter)
    places: tuple[NDArray[np.int64], NDArray[Any]] | None = None

    def locate(self, rows: NDArray[np.int64], shapes: NDArray[Any]) -> None:
        """Keep where the rows are, in EPSG:3067, for the faults found in them."""
        self.places = rows, shapes

    def located(self) -> list[ImportFault]:
        """Return the faults, each with the place of its row where that is known."""
        if self.places is None or not self.faults:
            return self.faults
        faulty = {fault.row for fault in self.faults}
        rows, shapes = self.places
        known = {row: shape for row, shape in zip(rows.tolist(), shapes, strict=True) if row in faulty}
        return [replace(fault, place=_wkb(known.get(fault.row))) for fault in self.faults]

    def add(self, fault: ImportFault) -> None:
        """Add one fault."""
        self.faults.append(fault)

    def extend(self, faults: Iterable[ImportFault]) -> None:
        """Add several faults."""
        self.faults.extend(faults)

    def error_rows(
        self, flags: Flags, rows: NDArray[np.int64], rule: str, detail: str, *, column: str, values: Shown
    ) -> Flags:
        """Add an error per flagged row and return the flags.

        Args:
            flags: Rows that break the rule.
            rows: Row numbers in the file.
            rule: The rule's fixed word.
            detail: A sentence; `{value}` stands for the value.
            column: Column of the file or attribute.
            values: Shown as in the file.
        """
        self._add_rows(flags, rows, rule, detail, Severity.ERROR, column, values)
        return flags

    def warn_rows(
        self, flags: Flags, rows: NDArray[np.int64], rule: str, detail: str, *, column: str, values: Shown
    ) -> None:
        """Add a warning per flagged row; arguments as for `error_rows`."""
        self._add_rows(flags, rows, rule, detail, Severity.WARNING, column, values)

    def _add_rows(
        self,
        flags: Flags,
        rows: NDArray[np.int64],
        rule: str,
        detail: str,
        severity: Severity,
        column: str,
        values: Shown,
    ) -> None:
        broken = np.flatnonzero(flags)
        room = max(0, KEPT_FAULTS - len(self.faults))
        if len(broken) > room:
            self.uncounted[rule, severity] += len(broken) - room
        for position in broken[:room]:
            shown = _shown(values[int(position)])
            text = detail.replace("{value}", shown or "(none)")
            self.faults.append(ImportFault(int(rows[position]), column, shown, rule, severity, text))


def _wkb(shape: shapely.Geometry | None) -> bytes | None:
    """Return a shape as WKB, or None where it is not somewhere on earth."""
    if shape is None or not np.isfinite(shapely.bounds(shape)).all():
        return None
    return bytes(shapely.to_wkb(shape))


def _shown(value: Any) -> str | None:
    return None if value is None or value != value else str(value)[:SHOWN_CHARACTERS]
