"""The asset classes, one module per network."""

from __future__ import annotations

from typing import Any

from models.asset import Asset
from models.assets import buildings_and_grounds, energy_telecom, transport, water
from models.attributes import INFO_KEY, limit_checks

__all__ = ["asset_models", "buildings_and_grounds", "energy_telecom", "transport", "water"]


def asset_models() -> tuple[type[Asset], ...]:
    """Return the declared asset classes, ordered by their number."""
    return tuple(sorted(Asset.__subclasses__(), key=lambda model: model.__asset__.number))


def _declare_limits(table: Any) -> None:
    """Give a table the check constraints that its attributes declare."""
    for column in list(table.columns):
        declaration = column.info.get(INFO_KEY)
        for check in limit_checks(column.name, declaration) if declaration else ():
            table.append_constraint(check)


_declare_limits(Asset.__table__)
for _model in asset_models():
    _declare_limits(_model.__table__)
