"""What the register holds in the end, against what clients were answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Connection
from writing import Ledger, Town

_COSTS = text(
    "SELECT a.asset_id, a.replacement_cost_eur FROM asset a JOIN building USING (municipality_code, asset_id)"
    " WHERE a.municipality_code = :code"
)
_VERSIONS = text(
    "SELECT asset_id, row_version, operation, before, after FROM asset_version WHERE municipality_code = :code"
    " ORDER BY asset_id, row_version"
)
_MEASURES = text("SELECT cost_eur::bigint FROM measure WHERE municipality_code = :code")
_PARKS = text(
    "SELECT a.name, a.municipality_code || '-' || a.asset_id, a.status FROM asset a"
    " JOIN park USING (municipality_code, asset_id) WHERE a.municipality_code = :code"
)
_NEED = text("SELECT service_need FROM service_need WHERE municipality_code = :code")
_BUDGET = text("SELECT amount_eur FROM budget WHERE municipality_code = :code")
_AUDIT = text(
    "WITH done AS (SELECT changed_by AS by FROM asset_version WHERE municipality_code = :code UNION ALL"
    " SELECT by FROM audit_entry WHERE municipality_code = :code AND table_name = ANY (:tables))"
    " SELECT by, count(*) FROM done WHERE by LIKE 'client %' GROUP BY by"
)
_AUDITED = ["measure", "service_need", "budget"]
_KEPT = text("SELECT count(*) FROM kept_answer")


def faults(connection: Connection, town: Town, ledger: Ledger, before: int) -> Iterator[str]:
    """Yield what is not as it was answered in a municipality; `before` is what each counter began with."""
    code = {"code": town.code}
    counts = dict(_counters(connection, town))
    for name, count in counts.items():
        if count - before != ledger.counted[name]:
            yield f"{name} counts {count - before}, and {ledger.counted[name]} were answered"
    measures = Counter(connection.execute(_MEASURES, code).scalars())
    if measures != ledger.measures:
        yield f"measures: {_difference(measures, ledger.measures)}"
    parks = connection.execute(_PARKS, code).all()
    if {name: public_id for name, public_id, _ in parks} != ledger.registered or len(parks) != len(ledger.registered):
        yield f"{len(parks)} parks, and {len(ledger.registered)} were answered"
    if {name for name, _, status in parks if status == "decommissioned"} != ledger.retired:
        yield "other parks are retired than was answered"
    yield from _history_faults(connection, town, ledger)
    audited = Counter(dict(connection.execute(_AUDIT, {**code, "tables": _AUDITED}).tuples().all()))
    if audited != ledger.done_by:
        yield f"{audited.total()} writes are in the audit, each with who did it; {ledger.done_by.total()} were answered"


def _counters(connection: Connection, town: Town) -> Iterator[tuple[str, int]]:
    for asset_id, cost in connection.execute(_COSTS, {"code": town.code}):
        yield f"/api/v1/building/{town.code}-{asset_id}", int(cost)
    yield town.need, int(connection.execute(_NEED, {"code": town.code}).scalar_one())
    yield town.budget, int(connection.execute(_BUDGET, {"code": town.code}).scalar_one())


def _history_faults(connection: Connection, town: Town, ledger: Ledger) -> Iterator[str]:
    """Yield gaps of the history: each write of an asset is one version, which begins where the one before ended."""
    versions: dict[int, list[Any]] = {}
    for row in connection.execute(_VERSIONS, {"code": town.code}):
        versions.setdefault(row.asset_id, []).append(row)
    of_assets = sum(count for name, count in ledger.counted.items() if name.startswith("/api/v1/building/"))
    written = len(town.assets) + of_assets + len(ledger.registered) + len(ledger.retired)
    kept = sum(map(len, versions.values()))
    if kept != written:
        yield f"{kept} versions of assets, and {written} writes were answered"
    for asset_id, rows in versions.items():
        if [row.row_version for row in rows] != list(range(1, len(rows) + 1)):
            yield f"the versions of {town.code}-{asset_id} are not one after the other"
        for earlier, later in pairwise(rows):
            if later.before is None or earlier.after not in (None, later.before):
                yield f"version {later.row_version} of {town.code}-{asset_id} does not begin where the one before ended"


def count_kept_answers(connection: Connection) -> int:
    """Return how many answers are kept."""
    return int(connection.execute(_KEPT).scalar_one())


def _difference(found: Counter[int], answered: Counter[int]) -> str:
    return f"{len(answered - found)} lost, {len(found - answered)} too many"
