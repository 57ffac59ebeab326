"""Profiles of the register's own exports, by name."""

from __future__ import annotations

from service.exporters.explanations import OWN_PROFILE
from service.operations.permissions import PLANNED
from service.queries.export_tables import export_tables

OWN_PROFILES = {
    OWN_PROFILE: frozenset(export_tables()),
    "kuntokanta_records": frozenset(export_tables()) - PLANNED,
    "kuntokanta_plans": PLANNED & frozenset(export_tables()),
}
"""With the tables that each takes: of engineers, and of planners."""
