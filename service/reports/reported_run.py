"""Which run a report shows, and whose it is."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Connection

from service.errors import NotFound
from service.queries.report_rows import load_municipality, load_run

_SHOWN = (
    "run_id",
    "valuation_year",
    "settings",
    "asset_count",
    "code_version",
    "input_hash",
    "finished_at",
)


def reported_run(
    connection: Connection, municipality_code: str, run_id: int | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the municipality and the run named, or its newest finished run.

    Raises:
        NotFound: there is no such municipality, or no such finished run.
    """
    municipality = load_municipality(connection, municipality_code)
    if municipality is None:
        raise NotFound(f"There is no municipality {municipality_code}.")
    run = load_run(connection, municipality_code, run_id)
    if run is None or (run["state"], run["kind"]) != ("finished", "valuation"):
        what = (
            "no finished run: start one with POST /api/v1/runs" if run_id is None else f"no finished valuation {run_id}"
        )
        raise NotFound(f"Municipality {municipality_code} has {what}.")
    return dict(municipality), {name: run[name] for name in _SHOWN}
