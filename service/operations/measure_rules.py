"""The measure table: which rules hold for an asset, and new rules that close the ones before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.engine import RowMapping

from service.database import Database
from service.errors import Fault, InvalidData
from service.operations.kept_answers import Finish
from service.operations.sources import add_new_source, source_faults
from service.queries.measure_rules import close_open_rule, insert_measure_rule
from service.queries.municipalities import municipality_exists
from service.queries.record_sets import MEASURE_RULES
from service.queries.records import load_record

Values = Mapping[str, Any]


def rules_that_hold(
    rows: Iterable[RowMapping], asset_class: int, maintenance_class: str | None, functional_class: int | None
) -> list[RowMapping]:
    """Return the rules for an asset of these classes, of the rows that `load_measure_rules` returns.

    A municipality's own rules for the asset class stand alone, without the national ones. For each measure and class
    that it starts from, a rule for the maintenance class goes before one for the functional class, and that one
    before one for any.
    """
    of_class = [row for row in rows if row["asset_class"] == asset_class]
    own = [row for row in of_class if row["municipality_code"] is not None]
    best: dict[tuple[str, int], RowMapping] = {}
    for row in own or of_class:
        if not _matches(row, maintenance_class, functional_class):
            continue
        key = (row["measure_code"], row["condition_class_from"])
        if key not in best or _speciality(row) > _speciality(best[key]):
            best[key] = row
    return sorted(best.values(), key=lambda row: (row["condition_class_from"], row["measure_rule_id"]))


def _matches(row: RowMapping, maintenance_class: str | None, functional_class: int | None) -> bool:
    asked = (maintenance_class, functional_class)
    named = (row["maintenance_class"], row["functional_class"])
    return all(name is None or name == own for name, own in zip(named, asked, strict=True))


def _speciality(row: RowMapping) -> int:
    if row["maintenance_class"] is not None:
        return 2
    return 0 if row["functional_class"] is None else 1


def add_measure_rule(
    database: Database, values: Values, *, source_title: str | None = None, finish: Finish | None = None
) -> None:
    """Add a rule from a day on; the open range of the same measure and classes ends on that day.

    Args:
        database: The register.
        values: Columns of the rule, among them `source_id`.
        source_title: Title of the source, where it is new to the register.
        finish: Called last within the transaction, with the rule as it is stored.

    Raises:
        InvalidData: With every fault: municipality or source unknown, not one cost, classes that do not rise.
        OverlappingValidity: A rule of the same key begins on that day or later, or holds beyond it.
    """
    with database.writing() as session:
        faults = _faults(values) + source_faults(session, values["source_id"], source_title)
        code = values.get("municipality_code")
        if code is not None and not municipality_exists(session.connection(), code):
            faults.append(Fault("/municipality_code", f"'{code}' is not a municipality of the register."))
        if faults:
            raise InvalidData("; ".join(fault.detail for fault in faults), faults)
        add_new_source(session, values["source_id"], source_title, under=values.get("municipality_code"))
        close_open_rule(session, values, values["valid_from"])
        number = insert_measure_rule(session, {**values, "is_demo": False})
        record = load_record(session.connection(), MEASURE_RULES, {"measure_rule_id": number})
        if finish is not None and record is not None:
            finish(session, record)


def _faults(values: Values) -> list[Fault]:
    faults = []
    if (values.get("unit_cost_eur") is None) == (values.get("cost_share") is None):
        faults.append(Fault("/unit_cost_eur", "Give either unit_cost_eur or cost_share."))
    elif values.get("unit_cost_eur") is not None and values.get("price_level_year") is None:
        faults.append(Fault("/price_level_year", "A unit cost needs its price level."))
    if values["condition_class_to"] <= values["condition_class_from"]:
        faults.append(Fault("/condition_class_to", "A measure leads to a better class than it starts from."))
    if values.get("maintenance_class") is not None and values.get("functional_class") is not None:
        detail = "A rule is for a maintenance class or for a functional class, not for both."
        faults.append(Fault("/functional_class", detail))
    return faults
