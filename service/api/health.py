"""Whether the process lives, and whether it can answer requests."""

from __future__ import annotations

from flask import Blueprint, Response

from service.api.answers import json_answer
from service.api.state import database
from service.operations.permissions import Action, Of, needs
from service.queries.health import load_migration

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@needs(Action.OPEN, Of.SERVICE)
def alive() -> Response:
    """Return 200 as long as the process answers."""
    return json_answer({"status": "alive"})


@blueprint.get("/readyz")
@needs(Action.OPEN, Of.SERVICE)
def ready() -> Response:
    """Return 200 where the database answers; a problem document with 503 where it does not."""
    with database().reading() as connection:
        migration = load_migration(connection)
    return json_answer({"status": "ready", "migration": migration})
