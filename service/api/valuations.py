"""The valuation of one asset, explained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from service.api.answers import json_answer
from service.api.blueprint import RestBlueprint
from service.api.fields import QueryNumber
from service.api.state import database
from service.operations.explanation import explained_asset
from service.operations.permissions import Action, Of, needs
from service.queries.asset_key import AssetKey

blueprint = RestBlueprint("valuations", __name__, description="An asset's condition and backlog, step by step")


class ValuationQuery(Schema):
    """Which run, and in which language the steps are told."""

    run = QueryNumber(load_default=None)
    lang = fields.String(load_default="en", validate=validate.OneOf(["fi", "sv", "en"]))


@blueprint.route("/assets/<asset_key:asset_key>/valuation", methods=["GET"])
@blueprint.answers(200, {"type": "object"})
@blueprint.arguments(ValuationQuery, location="query")
@needs(Action.READ, Of.ADDRESS)
def read(query: Mapping[str, Any], asset_key: AssetKey) -> Response:
    """Explain an asset's figures in a run: every input, parameter, source and step."""
    key = (asset_key.municipality_code, asset_key.asset_id)
    return json_answer(explained_asset(database(), *key, run_id=query["run"], language=query["lang"]))
