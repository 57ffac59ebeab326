"""Storing of a run's results about the service need beyond single service areas."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from models.base import Base
from models.need_results import BroadbandReach, FunctionNeed, NetworkUse, PlannedReplacement, ServiceBalanceSum

Rows = list[dict[str, Any]]


def store_balance_sums(session: Session, rows: Rows) -> None:
    """Insert the sums over the service areas that lie within others."""
    _store(session, ServiceBalanceSum, rows)


def store_function_needs(session: Session, rows: Rows) -> None:
    """Insert what assets owe to fit their services."""
    _store(session, FunctionNeed, rows)


def store_planned_replacements(session: Session, rows: Rows) -> None:
    """Insert the planned replacements, split into renewal and upgrade."""
    _store(session, PlannedReplacement, rows)


def store_network_use(session: Session, rows: Rows) -> None:
    """Insert who uses the networks and streets."""
    _store(session, NetworkUse, rows)


def store_broadband_reach(session: Session, rows: Rows) -> None:
    """Insert whom each speed reaches."""
    _store(session, BroadbandReach, rows)


def _store(session: Session, model: type[Base], rows: Rows) -> None:
    if rows:
        session.execute(insert(model), rows)
