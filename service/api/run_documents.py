"""A run as clients see it, and the answers that show one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Response, url_for
from sqlalchemy.orm import Session

from models.run import RunState
from service.api.answers import json_answer, to_json
from service.api.persons import with_names_for_the_known
from service.api.problems import PROBLEM_TYPE, problem_document
from service.api.state import database
from service.errors import NotFound, RunCancelled
from service.operations.run_errors import understood
from service.operations.runs import look_at_run
from service.queries.jobs import JobKey, count_places
from service.queries.report_rows import load_run

_SHOWN = (
    "kind",
    "state",
    "valuation_year",
    "settings",
    "asset_count",
    "code_version",
    "input_hash",
    "started_at",
    "finished_at",
    "created_by",
    "error",
)


def run_key(run: str) -> tuple[str, int]:
    """Return the key that a run's id stands for; raises `NotFound`."""
    found = re.fullmatch("([0-9]{3})-([1-9][0-9]{0,17})", run, re.ASCII)
    if found is None:
        raise NotFound("There is no such run: an id is like 091-12.")
    return found[1], int(found[2])


def run_document(run: Mapping[str, Any]) -> dict[str, Any]:
    """Return a run, as `look_at_run` gives it, for clients; who asked for it is told to those who are known."""
    key = {"id": f"{run['municipality_code']}-{run['run_id']}", "municipality_code": run["municipality_code"]}
    shown = {name: run[name] for name in _SHOWN} | {"problem": _problem(run["error"]), "progress": run.get("progress")}
    shown["workers"] = run.get("workers")
    return with_names_for_the_known(key | {"run_id": run["run_id"]} | shown)


def _problem(error: str | None) -> dict[str, Any] | None:
    """Return why a run failed as a problem document: a request cannot be refused with it, it was taken before."""
    return None if error is None else problem_document(422, "RunFailed", *understood(error))


def location(document: Mapping[str, Any]) -> dict[str, str]:
    """Return the header that says where a run is looked at."""
    return {"Location": url_for("runs.read", run=document["id"], _external=True)}


def outcome(key: JobKey) -> Response:
    """Return the answer to a client that has waited for the end of a run."""
    document = run_document(look_at_run(database(), key.municipality_code, key.job_id))
    if document["state"] == RunState.CANCELLED:
        raise RunCancelled
    if document["problem"] is not None:
        return Response(to_json({**document["problem"], "run": document}), 422, content_type=PROBLEM_TYPE)
    return json_answer(document, 201, location(document))


def begun(session: Session, key: Mapping[str, Any]) -> tuple[Any, Mapping[str, str]]:
    """Return the answer of a request that has just recorded a run, and its headers."""
    run = load_run(session.connection(), key["municipality_code"], key["run_id"])
    if run is None:
        raise RuntimeError("the run that was just recorded is not there")
    document = run_document({**run, "workers": count_places(session.connection())})
    return document, location(document)
