"""Runs: a valuation is asked for, looked at while it works, cancelled, and asked for again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from service.api.answers import json_answer, page_answer
from service.api.blueprint import RestBlueprint
from service.api.cursor import decode_cursor, encode_cursor
from service.api.digests import ETAG_HEADER, HEEDED_IF_MATCH, check_document, document_answer
from service.api.fields import QueryNumber, Text, WholeNumber, municipality_field
from service.api.identity import principal, readable_municipality
from service.api.permissions import check_municipality
from service.api.run_bodies import REQUESTS, RunKinds
from service.api.run_documents import begun, outcome, run_document, run_key
from service.api.state import database
from service.api.waiting import PREFER_PARAMETER, waits
from service.api.written import KEY_PARAMETER, WrittenAnswer, repeatable
from service.operations.area_needs import NEED_METHODS
from service.operations.jobs import RUN
from service.operations.parameter_sets import METHODS
from service.operations.permissions import Action, Of, needs
from service.operations.run_retries import retry_run
from service.operations.runs import cancel_run, list_runs, look_at_run, parameters_of_run, queue_run
from service.operations.valuation_computation import ValuationRequest

blueprint = RestBlueprint("runs", __name__, description="Runs: what was computed when, with which parameters")
_OBJECT = {"type": "object"}
_PARAMETERS = (
    "name",
    "asset_class_code",
    "material",
    "key",
    "value",
    "code",
    "unit",
    "source_id",
    "source_title",
    "is_demo",
)


class RunBody(RunKinds):
    """What to compute and how."""

    municipality_code = municipality_field(required=True)
    kind = fields.String(load_default="valuation", validate=validate.OneOf(["valuation", *REQUESTS]))
    valuation_year = WholeNumber(least=1900, most=2200)
    method = fields.String(allow_none=True, load_default=None, validate=validate.OneOf(list(METHODS)))
    scenario = Text(allow_none=True, load_default=None, metadata={"description": "Of population and given needs"})
    area_scenario = Text(
        allow_none=True,
        load_default=None,
        metadata={
            "description": "Scenario whose area forecasts are scaled to the municipality's forecast of `scenario`, and"
            " whose given needs hold where `scenario` has none"
        },
    )
    need_method = fields.String(
        allow_none=True,
        load_default=None,
        validate=validate.OneOf(NEED_METHODS),
        metadata={"description": "Goes before the services' own; cohorts count where pupils are counted by grade"},
    )
    horizon_years = WholeNumber(allow_none=True, load_default=None, least=0, most=50)
    price_level_year = WholeNumber(
        allow_none=True,
        load_default=None,
        least=1950,
        most=2200,
        metadata={"description": "Year to whose prices all money is brought; else the parameter's"},
    )
    retention = fields.String(load_default="whole_asset", validate=validate.OneOf(["whole_asset", "proportional"]))


class RunListQuery(Schema):
    """Which runs to list."""

    municipality = municipality_field(required=True)
    limit = QueryNumber(load_default=50, validate=validate.Range(1, 1000))
    cursor = fields.String(load_default=None)


@blueprint.route("/runs", methods=["POST"])
@blueprint.header(KEY_PARAMETER)
@blueprint.header(PREFER_PARAMETER)
@blueprint.answers(201, _OBJECT, description="The run has finished, within the time that the client would wait")
@blueprint.answers(202, _OBJECT, description="The run waits for a worker, or is carried out")
@needs(Action.WRITE_PLANS, Of.BODY)
@waits(RUN, outcome)
@repeatable
@blueprint.arguments(RunBody)
def create(body: Mapping[str, Any]) -> Response:
    """Ask for a valuation, a scenario or a search for required funding; `Location` says where to look at it.

    A run that fails while its client waits is a problem document, which names the run as `run`.
    """
    check_municipality(body["municipality_code"])
    answer = WrittenAnswer(begun, 202)
    asked = REQUESTS.get(body["kind"], _valuation)
    queue_run(database(), asked(body, principal().holder), finish=answer)
    return answer.response()


def _valuation(body: Mapping[str, Any], holder: str) -> ValuationRequest:
    return ValuationRequest(
        municipality_code=body["municipality_code"],
        valuation_year=body["valuation_year"],
        method=body["method"],
        scenario=body["scenario"],
        horizon_years=body["horizon_years"],
        is_proportional=body["retention"] == "proportional",
        created_by=holder,
        area_scenario=body["area_scenario"],
        need_method=body["need_method"],
        price_level_year=body["price_level_year"],
    )


@blueprint.route("/runs", methods=["GET"])
@blueprint.answers(200, _OBJECT)
@blueprint.arguments(RunListQuery, location="query")
@needs(Action.READ, Of.PART)
def list_all(query: Mapping[str, Any]) -> Response:
    """List the runs of a municipality, the newest first."""
    municipality = str(readable_municipality(query["municipality"]))
    before = decode_cursor(query["cursor"], (int,))
    runs = list_runs(database(), municipality, before[0] if before else None, query["limit"] + 1)
    page = runs[: query["limit"]]
    next_key = (page[-1]["run_id"],) if len(runs) > len(page) else None
    return page_answer(map(run_document, page), encode_cursor(next_key))


@blueprint.route("/runs/<string:run>", methods=["GET"])
@blueprint.answers(200, _OBJECT, headers=ETAG_HEADER)
@needs(Action.READ, Of.ADDRESS)
def read(run: str) -> Response:
    """Read a run: its state, settings and outcome."""
    municipality, run_id = run_key(run)
    return document_answer(run_document(look_at_run(database(), municipality, run_id)))


@blueprint.route("/runs/<string:run>/parameters", methods=["GET"])
@blueprint.answers(200, _OBJECT)
@needs(Action.READ, Of.ADDRESS)
def read_parameters(run: str) -> Response:
    """List the parameter values that a run read, each with its source."""
    rows = parameters_of_run(database(), *run_key(run))
    return json_answer({"items": [{name: row[name] for name in _PARAMETERS} for row in rows]})


@blueprint.route("/runs/<string:run>", methods=["DELETE"])
@blueprint.header(HEEDED_IF_MATCH)
@blueprint.header(KEY_PARAMETER)
@blueprint.answers(204)
@needs(Action.WRITE_PLANS, Of.ADDRESS)
@repeatable
def cancel(run: str) -> Response:
    """Cancel a run that has not ended; nothing of it is stored."""
    municipality, run_id = run_key(run)
    answer = WrittenAnswer(status=204)
    check_document(lambda: run_document(look_at_run(database(), municipality, run_id)))
    cancel_run(database(), municipality, run_id, answer)
    return answer.response()


@blueprint.route("/runs/<string:run>/retry", methods=["POST"])
@blueprint.header(KEY_PARAMETER)
@blueprint.header(PREFER_PARAMETER)
@blueprint.answers(201, _OBJECT, description="The new run has finished, within the time that the client would wait")
@blueprint.answers(202, _OBJECT, description="The new run waits for a worker, or is carried out")
@needs(Action.WRITE_PLANS, Of.ADDRESS)
@waits(RUN, outcome)
@repeatable
def retry(run: str) -> Response:
    """Ask again for a run that failed or was cancelled: by what the register holds now, as a run of its own."""
    answer = WrittenAnswer(begun, 202)
    retry_run(database(), *run_key(run), principal().holder, answer)
    return answer.response()
