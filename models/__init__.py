"""The tables of the register, declared once each."""

from models import (
    access,
    asset,
    asset_class,
    assets,
    capacity,
    condition,
    data_version,
    enrolment,
    import_batch,
    measure,
    measure_rule,
    municipality,
    need_results,
    parameter,
    population,
    run,
    source,
)
from models.base import Base

__all__ = [
    "Base",
    "access",
    "asset",
    "asset_class",
    "assets",
    "capacity",
    "condition",
    "data_version",
    "enrolment",
    "import_batch",
    "measure",
    "measure_rule",
    "municipality",
    "need_results",
    "parameter",
    "population",
    "run",
    "source",
]
