"""What an import found and did: one fault per row and column, and the counts."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.crs import CRS84, TM35FIN
from gis.projection import reproject


class Severity(StrEnum):
    """How much a fault weighs: an error keeps its row out, a warning is told and the row goes in."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class ImportFault:
    """One thing that is wrong in a file, and where.

    Attributes:
        row: Row number as the reader of the file counts it (line, sheet row, feature), None for the whole file.
        column: Column of the file or attribute of the register, None for the whole row.
        value: The value as it stands in the file, shortened.
        rule: The rule that it breaks, a short fixed word for filters and scripts.
        severity: Error or warning.
        detail: A sentence for people.
        place: Where it is, as WKB in EPSG:3067, where that is known; a point of it is in the report's document.
    """

    row: int | None
    column: str | None
    value: str | None
    rule: str
    severity: Severity
    detail: str
    place: bytes | None = field(default=None, compare=False, repr=False)


FAULT_MEMBERS = ("row", "column", "value", "rule", "severity", "detail")


@dataclass(frozen=True)
class FieldChange:
    """One attribute of one row that an import changes.

    Attributes:
        target: Asset class or record table.
        row: Row of the file.
        key: Source id, or the parts of the key.
        attribute: Public name of the attribute; a place is `geometry`.
        before: The register's value.
        after: The file's value.
    """

    target: str
    row: int
    key: str
    attribute: str
    before: Any
    after: Any


@dataclass
class TargetCounts:
    """What happened to one target table: rows offered, added, changed, unchanged, kept out, and missing in the file.

    Missing rows are rows of the register that the file could have told: of the same source system, class and
    municipality. They stay as they are.
    """

    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    faulty: int = 0
    missing: int = 0
    changed_fields: dict[str, int] = field(default_factory=dict)

    def take(self, other: TargetCounts) -> None:
        """Add the outcomes of more rows."""
        self.added += other.added
        self.changed += other.changed
        self.unchanged += other.unchanged
        for name, count in other.changed_fields.items():
            self.changed_fields[name] = self.changed_fields.get(name, 0) + count


@dataclass
class ImportReport:
    """The result of one import, dry or real.

    Attributes:
        profile: Name of the mapping profile.
        file_name: Name of the file, without its folder.
        municipality_code: The municipality that the caller named, None where the file names them.
        dry_run: True when nothing was to be written.
        applied: True when the rows are in the register.
        batch_id: Number of the import batch, None when nothing was written.
        rows_read: Rows or features in the file.
        rows_skipped: Rows left out by the profile's filters or of other municipalities.
        targets: Counts per target.
        faults: Every fault found.
        assumptions: What was detected rather than told: encoding, separator, coordinate system.
        seconds: Duration.
        conflicts: Values of the file that a person's edit stands against.
        unused_columns: Columns of the file that the profile reads nothing from.
        changes: The first changed rows, attribute by attribute; all are counted per target.
        added_rows: Target, row and key of the first new rows.
        missing_rows: Target, key and name of the first rows of the register that the file does not hold.
        uncounted: Faults beyond those that are kept, by rule and severity.
    """

    profile: str
    file_name: str
    municipality_code: str | None
    dry_run: bool
    applied: bool = False
    batch_id: int | None = None
    rows_read: int = 0
    rows_skipped: int = 0
    targets: dict[str, TargetCounts] = field(default_factory=dict)
    faults: list[ImportFault] = field(default_factory=list)
    assumptions: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    conflicts: int = 0
    unused_columns: list[str] = field(default_factory=list)
    changes: list[FieldChange] = field(default_factory=list)
    added_rows: list[tuple[str, int, str]] = field(default_factory=list)
    missing_rows: list[tuple[str, str, str | None]] = field(default_factory=list)
    uncounted: Counter[tuple[str, Severity]] = field(default_factory=Counter)

    def add(self, faults: Iterable[ImportFault]) -> None:
        """Add faults; beyond a limit they are counted by their rule only."""
        for fault in faults:
            if len(self.faults) < KEPT_FAULTS:
                self.faults.append(fault)
            else:
                self.uncounted[fault.rule, fault.severity] += 1

    def count(self, severity: Severity) -> int:
        """Return the number of faults of a severity, kept or not."""
        kept = sum(fault.severity is severity for fault in self.faults)
        return kept + sum(count for (_, each), count in self.uncounted.items() if each is severity)

    @property
    def rules(self) -> list[dict[str, Any]]:
        """Return how many faults there are of each rule and severity, the most frequent first."""
        counts = Counter((fault.rule, fault.severity) for fault in self.faults) + self.uncounted
        return [{"rule": rule, "severity": each, "count": n} for (rule, each), n in counts.most_common()]

    @property
    def errors(self) -> list[ImportFault]:
        """Return the faults that keep their row out."""
        return [fault for fault in self.faults if fault.severity is Severity.ERROR]

    @property
    def warnings(self) -> list[ImportFault]:
        """Return the faults that are told only."""
        return [fault for fault in self.faults if fault.severity is Severity.WARNING]

    def total(self, what: str) -> int:
        """Return the sum of one count (`added`, `changed`, `unchanged`, `faulty`, `rows`) over the targets."""
        return sum(int(getattr(counts, what)) for counts in self.targets.values())

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain values for JSON, with the totals beside the counts per target."""
        names = [each.name for each in dataclasses.fields(self) if each.name not in _WRITTEN_OTHERWISE]
        document = {name: getattr(self, name) for name in names}
        document["targets"] = {name: dataclasses.asdict(counts) for name, counts in self.targets.items()}
        document["faults"] = _fault_documents(self.faults)
        document["rules"] = self.rules
        document["changes"] = [dataclasses.asdict(change) for change in self.changes]
        document["added_rows"] = _objects(self.added_rows, "target", "row", "key")
        document["missing_rows"] = _objects(self.missing_rows, "target", "key", "name")
        totals = {what: self.total(what) for what in ("added", "changed", "unchanged", "faulty", "missing")}
        counts = {"error_count": self.count(Severity.ERROR), "warning_count": self.count(Severity.WARNING)}
        return {**document, **totals, **counts}


_WRITTEN_OTHERWISE = {"targets", "faults", "changes", "added_rows", "missing_rows", "uncounted"}
# Some hundred bytes each.
KEPT_FAULTS = 100_000


def _fault_documents(faults: list[ImportFault]) -> list[dict[str, Any]]:
    """Return faults as plain values; `place` is longitude and latitude of a point where it is, or None."""
    documents = [{name: getattr(fault, name) for name in FAULT_MEMBERS} | {"place": None} for fault in faults]
    placed = [number for number, fault in enumerate(faults) if fault.place is not None]
    if placed:
        shapes = shapely.from_wkb(np.array([faults[number].place for number in placed], dtype=object))
        degrees = shapely.get_coordinates(reproject(_points(shapes), TM35FIN, CRS84))
        for number, place in zip(placed, degrees.round(7).tolist(), strict=True):
            documents[number]["place"] = place
    return documents


def _points(shapes: NDArray[Any]) -> NDArray[Any]:
    """Return a point on each shape; of an invalid one, which may have no inside, the middle of its box."""
    boxes = shapely.bounds(shapes)
    points: NDArray[Any] = np.asarray(
        shapely.points((boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2), dtype=object
    )
    valid = shapely.is_valid(shapes)
    points[valid] = shapely.force_2d(shapely.point_on_surface(shapes[valid]))
    return points


def _objects(rows: Iterable[tuple[Any, ...]], *names: str) -> list[dict[str, Any]]:
    return [dict(zip(names, row, strict=True)) for row in rows]
