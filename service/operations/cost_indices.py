"""Cost indices: read from a statistics office's file, checked, and kept point by point."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from service.database import Database
from service.errors import Fault, InvalidData, NotFound, StaleVersion, VersionMissing
from service.operations.kept_answers import Finish
from service.operations.replacement import KnownRecord, record_digest
from service.operations.sources import add_new_source, source_faults
from service.queries.cost_indices import load_cost_index, load_cost_points, lock_cost_index, store_cost_index

FIRST_YEAR, LAST_YEAR = 1900, 2200
JUMP_RATIO, NEIGHBOURING_YEARS = 10, 3
_PERIOD = re.compile(r"(?P<year>\d{4})(?:(?:-|M)(?P<month>\d{2}))?(?:-\d{2})?", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}(?:[.,]\d{1,9})?", re.ASCII)
_COLUMNS = 2


@dataclass(frozen=True)
class CostPoint:
    """A point of an index: of a month 1 … 12, or of a whole year with month 0."""

    year: int
    month: int
    value: float


def points_from_csv(content: str) -> list[CostPoint]:
    """Return the points of a CSV file with a header and two columns: period and index.

    A period is a year, a month or the first day of one: `2021`, `2021-03`, `2021M03`, `2021-03-01`. Commas and points
    are decimal marks; the separator is a semicolon, a comma or a tab.

    Raises:
        InvalidData: With every line that is at fault.
    """
    header = content.removeprefix("\ufeff").split("\n", 1)[0]
    rows = list(csv.reader(io.StringIO(content.removeprefix("\ufeff")), delimiter=max(";\t,", key=header.count)))
    points, faults = [], []
    for line, row in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in row):
            point = _point(row)
            if isinstance(point, str):
                faults.append(Fault(f"/lines/{line}", point))
            else:
                points.append(point)
    if not points and not faults:
        faults.append(Fault("/lines", "The file has a header and lines of period and index."))
    if faults:
        raise InvalidData(f"{len(faults)} lines of the index are faulty.", faults)
    return points


def _point(row: Sequence[str]) -> CostPoint | str:
    """Return the point of a line, or what is wrong with it."""
    if len(row) != _COLUMNS:
        return f"{len(row)} columns where there are 2: period and index"
    period, number = (cell.strip() for cell in row)
    found = _PERIOD.fullmatch(period)
    if found is None:
        return f"{period!r} is no year and no month"
    if _NUMBER.fullmatch(number) is None:
        return f"{number!r} is no index"
    return CostPoint(int(found["year"]), int(found["month"] or 0), float(number.replace(",", ".")))


def add_cost_index(
    database: Database,
    index_code: str,
    points: Sequence[CostPoint],
    *,
    source_id: str,
    source_title: str | None = None,
    known: KnownRecord | None = None,
    finish: Finish | None = None,
) -> None:
    """Keep the points of an index; those of the same months are replaced, all others stay.

    Args:
        database: The register.
        index_code: What the parameter `cost_index` names it by.
        points: Its points; only their ratios matter.
        source_id: Where they come from.
        source_title: Title of the source, where it is new to the register.
        known: What a client says of the index that is there, None for who runs the installation.
        finish: Called last within the transaction, with the index's code and the number of points.

    Raises:
        VersionMissing: A point that is there would get another value, and the client did not say what it knows.
        StaleVersion: The index has been changed since the client read it.
        InvalidData: With every fault: a point that no index can have, one that jumps tenfold against its neighbour, a
            month given twice, an unknown source.
    """
    faults = _faults(points)
    with database.writing() as session:
        lock_cost_index(session, index_code)
        if known is not None:
            _check_known(known, points, load_cost_index(session.connection(), index_code))
        faults += _jumps(points, load_cost_points(session, index_code))
        faults += source_faults(session, source_id, source_title)
        if faults:
            raise InvalidData("; ".join(fault.detail for fault in faults[:5]), faults)
        add_new_source(session, source_id, source_title, under=None)
        rows = [vars(point) | {"index_code": index_code, "source_id": source_id, "is_demo": False} for point in points]
        store_cost_index(session, rows)
        if finish is not None:
            finish(session, {"index_code": index_code, "source_id": source_id, "point_count": len(points)})


def read_cost_index(database: Database, index_code: str) -> dict[str, Any]:
    """Return an index with all of its points; raises `NotFound` where it has none."""
    with database.reading() as connection:
        points = load_cost_index(connection, index_code)
    if not points:
        raise NotFound(f"There is no cost index '{index_code[:60]}'.")
    return {"index_code": index_code, "points": points}


def _check_known(known: KnownRecord, points: Sequence[CostPoint], present: Sequence[Mapping[str, Any]]) -> None:
    """Raise unless the client knows what it replaces; who only adds points needs to know nothing."""
    digest = points_digest(present) if present else None
    if known.digests is not None and digest not in known.digests:
        raise StaleVersion(current=digest)
    values = {(each["year"], each["month"]): each["value"] for each in present}
    if not known.is_told and any(values.get((each.year, each.month), each.value) != each.value for each in points):
        raise VersionMissing


def points_digest(points: Sequence[Mapping[str, Any]]) -> str:
    """Return a short digest of an index's points."""
    return record_digest({"points": [dict(point) for point in points]})


def _jumps(points: Sequence[CostPoint], stored: Mapping[tuple[int, int], float]) -> list[Fault]:
    """Return a fault for each new point that is ten times its neighbour in time or more, or a tenth or less.

    Neighbours are new points and those that stay; years apart prices may differ so much. A decimal mark that was lost
    and points of another base year show so.
    """
    new = {(point.year, point.month): (number, point.value) for number, point in enumerate(points)}
    times = sorted(stored.keys() | new.keys())
    faults = []
    for earlier, later in pairwise(times):
        known = [new[time][1] if time in new else stored[time] for time in (earlier, later)]
        if later[0] - earlier[0] > NEIGHBOURING_YEARS or not min(known) > 0 or max(known) < JUMP_RATIO * min(known):
            continue
        found = new.get(later) or new.get(earlier)
        if found is not None:
            told = f"{known[0]:g} in {_shown(earlier)} to {known[1]:g} in {_shown(later)}"
            faults.append(Fault(f"/points/{found[0]}/value", f"the index jumps from {told}: tenfold or more"))
    return faults


def _shown(time: tuple[int, int]) -> str:
    return f"{time[0]}-{time[1]:02d}" if time[1] else str(time[0])


def _faults(points: Sequence[CostPoint]) -> list[Fault]:
    faults, seen = [], set()
    for number, point in enumerate(points):
        if not FIRST_YEAR <= point.year <= LAST_YEAR or not 0 <= point.month <= 12:
            faults.append(Fault(f"/points/{number}", f"{point.year}-{point.month:02d} is no year or month of an index"))
        if not 0 < point.value < float("inf"):
            faults.append(Fault(f"/points/{number}/value", f"{point.value:g} is no index: it must be above 0"))
        if (point.year, point.month) in seen:
            faults.append(Fault(f"/points/{number}", f"{point.year}-{point.month:02d} is there twice"))
        seen.add((point.year, point.month))
    return faults if points else [Fault("/points", "An index has at least one point.")]
