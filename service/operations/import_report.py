"""What an import found and did: one fault per row and column, and the counts."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


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
    """

    row: int | None
    column: str | None
    value: str | None
    rule: str
    severity: Severity
    detail: str


@dataclass
class TargetCounts:
    """What happened to one target table: rows offered, added, changed, unchanged and kept out."""

    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    faulty: int = 0


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
        document = dataclasses.asdict(self)
        totals = {what: self.total(what) for what in ("added", "changed", "unchanged", "faulty")}
        return {**document, **totals, "error_count": len(self.errors), "warning_count": len(self.warnings)}
