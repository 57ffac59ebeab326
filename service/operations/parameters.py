"""Parameters: a new value closes the open range of the one before, so that yesterday's run can be repeated."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from models.parameter import ParameterKind
from service.database import Database
from service.errors import Fault, InvalidData, OverlappingValidity
from service.operations.kept_answers import Finish
from service.operations.sources import add_new_source, source_faults
from service.queries.municipalities import municipality_exists
from service.queries.parameter_names import load_parameter_kind
from service.queries.record_sets import PARAMETERS
from service.queries.record_writes import close_open_value, insert_parameter_value, load_overlap
from service.queries.records import load_record

Values = Mapping[str, Any]
# Least and greatest value of each kind.
LIMITS: Mapping[ParameterKind, tuple[float, float]] = MappingProxyType(
    {
        ParameterKind.MONEY: (0.0, 1e14),
        ParameterKind.SHARE: (0.0, 1.0),
        ParameterKind.YEARS: (0.0, 1000.0),
        ParameterKind.NUMBER: (-1e15, 1e15),
    }
)


def add_parameter_value(
    database: Database, values: Values, *, source_title: str | None = None, finish: Finish | None = None
) -> None:
    """Add a value of a parameter from a day on; the open range of the same key ends on that day.

    Args:
        database: The register.
        values: Columns of the value, among them `source_id`.
        source_title: Title of the source, where it is new to the register.
        finish: Called last within the transaction, with the value as it is stored.

    Raises:
        InvalidData: With every fault: parameter, municipality or source unknown, a value beyond what its kind allows.
        OverlappingValidity: A value of the same key begins on that day or later, or holds beyond it.
    """
    with database.writing() as session:
        faults = _faults(session, values)
        faults += source_faults(session, values["source_id"], source_title)
        if faults:
            raise InvalidData("; ".join(fault.detail for fault in faults), faults)
        add_new_source(session, values["source_id"], source_title, under=values.get("municipality_code"))
        close_open_value(session, values, values["valid_from"])
        _check_overlap(session, values)
        number = insert_parameter_value(session, {**values, "is_demo": False})
        record = load_record(session.connection(), PARAMETERS, {"parameter_value_id": number})
        if finish is not None and record is not None:
            finish(session, record)


def _check_overlap(session: Session, values: Values) -> None:
    found = load_overlap(session, values)
    if found is not None:
        period = f"from {found[0]} on" if found[1] is None else f"from {found[0]} until before {found[1]}"
        raise OverlappingValidity(faults=[Fault("/valid_from", f"A value of this key is valid {period}.")])


def _faults(session: Session, values: Values) -> list[Fault]:
    faults = []
    municipality_code = values.get("municipality_code")
    if municipality_code is not None and not municipality_exists(session.connection(), municipality_code):
        detail = f"'{municipality_code}' is not a municipality of the register."
        faults.append(Fault("/municipality_code", detail))
    kind = load_parameter_kind(session.connection(), values["name"])
    if kind is None:
        return [*faults, Fault("/name", f"'{values['name']}' is not a parameter.")]
    return faults + _value_faults(kind, values.get("value"), values.get("code"))


def _value_faults(kind: ParameterKind, value: float | None, code: str | None) -> list[Fault]:
    if kind is ParameterKind.CODE:
        return [] if code is not None and value is None else [Fault("/code", "This parameter has a code, no value.")]
    if value is None or code is not None:
        return [Fault("/value", "This parameter has a value, no code.")]
    least, most = LIMITS[kind]
    if not least <= value <= most:
        return [Fault("/value", f"{value:g} is not within {least:g} … {most:g}, as a {kind} is.")]
    return []
