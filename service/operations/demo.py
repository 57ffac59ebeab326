"""Loading of the demo municipality and of registers to measure with, each in one transaction."""

from __future__ import annotations

import datetime
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from models.registry import ASSET_CLASSES
from service.database import Database, raw_connection
from service.demo.benchmark import benchmark_areas, benchmark_chunks, benchmark_records
from service.demo.municipality import MUNICIPALITY_CODE, generate_municipality
from service.demo.rows import AssetRows, DemoMunicipality, Records
from service.queries import demo_rows
from service.queries.audit_writes import note_load
from service.queries.data_version import raise_data_version
from service.queries.import_copy import geometry_texts
from service.queries.statistics import refresh_statistics

if TYPE_CHECKING:
    import psycopg
    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

DEMO_MUNICIPALITY = MUNICIPALITY_CODE
CHANGED_BY = "demo"
# Records whose number is drawn from a sequence: table, its number, the sequence.
_NUMBERED = {
    "condition_assessment": ("assessment_id", "condition_assessment_id_seq"),
    "component": ("component_id", "component_id_seq"),
    "capacity": ("capacity_id", "capacity_id_seq"),
    "measure": ("measure_id", "measure_id_seq"),
    "outage": ("outage_id", "outage_id_seq"),
    "suitability": ("suitability_id", "suitability_id_seq"),
}


@dataclass(frozen=True)
class DemoSummary:
    """What was written: the number of assets in all and by class, rows by other table, and the seconds it took.

    Nothing was written where `assets` is 0.
    """

    assets: int = 0
    by_class: Mapping[str, int] = field(default_factory=dict)
    records: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0


def load_demo(database: Database, *, only_if_empty: bool) -> DemoSummary:
    """Load the fictitious demo municipality; where it is there already, nothing is changed.

    Args:
        database: A migrated and seeded database.
        only_if_empty: Leave a register alone that holds any asset at all, of whatever municipality.
    """
    started = time.perf_counter()
    with database.writing() as session:
        connection = session.connection()
        demo_rows.take_load_lock(connection)
        if demo_rows.has_assets(connection, None if only_if_empty else DEMO_MUNICIPALITY):
            return DemoSummary()
        generated = generate_municipality()
        records = _store_municipality(raw_connection(connection), generated)
        raise_data_version(connection, [DEMO_MUNICIPALITY])
        counts = generated.counts()
        _note(session, DEMO_MUNICIPALITY, "demo", {**counts, **records})
    return DemoSummary(sum(counts.values()), counts, records, time.perf_counter() - started)


def _note(session: Session, municipality_code: str, what: str, rows: Mapping[str, int]) -> None:
    """Note the load as a whole: what a seed makes needs no entry for each record."""
    told = {"generated": what, "rows": dict(rows)}
    note_load(session, "municipality", municipality_code, told, municipality_code=municipality_code)


def demo_is_loaded(database: Database) -> bool:
    """Return whether the demo municipality has assets."""
    with database.reading() as connection:
        return demo_rows.has_assets(connection, DEMO_MUNICIPALITY)


def _store_municipality(raw: psycopg.Connection[Any], generated: DemoMunicipality) -> dict[str, int]:
    now = datetime.datetime.now(datetime.UTC)
    demo_rows.store_boundary(raw, DEMO_MUNICIPALITY, generated.boundary)
    counts = _store_records(raw, DEMO_MUNICIPALITY, generated.areas, np.array([], np.int64))
    ids = [_store_assets(raw, DEMO_MUNICIPALITY, rows, now) for rows in generated.assets]
    for rows, own in zip(generated.assets, ids, strict=True):
        demo_rows.store_first_versions(raw, ASSET_CLASSES[rows.asset_class], DEMO_MUNICIPALITY, CHANGED_BY, own)
    counts |= _store_records(raw, DEMO_MUNICIPALITY, generated.records, np.concatenate(ids))
    refresh_statistics(raw, ("asset", *generated.counts(), *counts))
    return counts


def load_benchmark_municipality(database: Database, municipality_code: str, asset_count: int) -> DemoSummary:
    """Load a register of any size to measure with: mostly pipes, streets and points, 30 % of them assessed.

    There is no history of these assets. Loading twice into one municipality is refused.

    Args:
        database: A migrated and seeded database.
        municipality_code: A municipality of the register that has no assets of the benchmark yet.
        asset_count: How many assets, up to some millions.

    Raises:
        DuplicateSourceId: The municipality holds assets of the benchmark already.
    """
    started = time.perf_counter()
    now = datetime.datetime.now(datetime.UTC)
    counts: dict[str, int] = {}
    with database.writing() as session:
        demo_rows.take_load_lock(session.connection())
        demo_rows.allow_long_statements(session.connection())
        raw = raw_connection(session.connection())
        records = _store_records(raw, municipality_code, benchmark_areas(), np.array([], np.int64))
        for rows in benchmark_chunks(asset_count):
            ids = _store_assets(raw, municipality_code, rows, now)
            counts[rows.asset_class] = counts.get(rows.asset_class, 0) + len(ids)
            for table, count in _store_records(raw, municipality_code, benchmark_records(rows), ids).items():
                records[table] = records.get(table, 0) + count
        refresh_statistics(raw, ("asset", *counts, *records))
        raise_data_version(session.connection(), [municipality_code])
        _note(session, municipality_code, "benchmark", {**counts, **records})
    return DemoSummary(sum(counts.values()), counts, records, time.perf_counter() - started)


def _store_assets(
    raw: psycopg.Connection[Any], municipality_code: str, rows: AssetRows, changed_at: datetime.datetime
) -> NDArray[np.int64]:
    ids = demo_rows.draw_ids(raw, "asset_id_seq", len(rows))
    columns = {**rows.columns, "geometry": geometry_texts(rows.geometry, flat=True)}
    if rows.geometry_z is not None:
        columns["geometry_z"] = geometry_texts(rows.geometry_z, flat=False)
    key = {"municipality_code": municipality_code, "asset_id": ids}
    demo_rows.store_assets(raw, ASSET_CLASSES[rows.asset_class], columns, key, changed_at)
    return ids


def _store_records(
    raw: psycopg.Connection[Any], municipality_code: str, records: Sequence[Records], ids: NDArray[np.int64]
) -> dict[str, int]:
    """Write records in their order; `ids` are the numbers of the assets that they count by their place."""
    counts: dict[str, int] = {}
    for each in records:
        count = len(each)
        columns = {"municipality_code": municipality_code, **each.columns}
        if each.asset is not None:
            columns["asset_id"] = ids[each.asset]
        if each.geometry is not None:
            columns["geometry"] = geometry_texts(each.geometry, flat=True)
        if each.table in _NUMBERED:
            name, sequence = _NUMBERED[each.table]
            columns[name] = demo_rows.draw_ids(raw, sequence, count)
        demo_rows.store_rows(raw, each.table, columns, count)
        counts[each.table] = counts.get(each.table, 0) + count
    return counts
