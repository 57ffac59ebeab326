"""Pupils counted by grade, from whom cohort survival goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow
from flask import Response
from marshmallow import validate

from service.api.asset_documents import page_json_schema
from service.api.blueprint import RestBlueprint
from service.api.digests import IF_MATCH_PARAMETER, known_record, record_answer, replaced_answer
from service.api.fields import Number, Text
from service.api.record_lists import YearsQuery, municipal_page
from service.api.state import database
from service.api.written import KEY_PARAMETER, repeatable
from service.operations.permissions import Action, Of, needs
from service.operations.service_needs import put_grade_enrolment, read_grade_enrolment
from service.queries.record_sets import GRADE_ENROLMENTS

blueprint = RestBlueprint("enrolments", __name__, description="Pupils counted by grade")
_ENROLMENT = (
    "/grade-enrolments/<string:municipality_code>/<string:service_code>/<string:area_code>"
    "/<int(min=1749, max=2200):year>/<int(max=30):grade>"
)


class EnrolmentListQuery(YearsQuery):
    """Which counts to list."""

    service = Text(metadata={"description": "Only of this service"})
    area = Text(metadata={"description": "Only of this area"})


class EnrolmentBody(marshmallow.Schema):
    """Users of a service in one grade."""

    users = Number(required=True, validate=validate.Range(0))


@blueprint.route("/grade-enrolments", methods=["GET"])
@blueprint.answers(200, page_json_schema("GradeEnrolment"))
@blueprint.arguments(EnrolmentListQuery, location="query")
@needs(Action.READ, Of.PART)
def list_enrolments(query: Mapping[str, Any]) -> Response:
    """List pupils by service area, year and grade."""
    equal = {"service_code": query.get("service"), "area_code": query.get("area")}
    return municipal_page(GRADE_ENROLMENTS, query, equal, years=(query["year_from"], query["year_to"]))


@blueprint.route(_ENROLMENT, methods=["GET"])
@blueprint.answers(200, "GradeEnrolment")
@needs(Action.READ, Of.ADDRESS)
def read_enrolment(**key: Any) -> Response:
    """Read the pupils of one grade."""
    return record_answer(GRADE_ENROLMENTS, read_grade_enrolment(database(), key))


@blueprint.route(_ENROLMENT, methods=["PUT"])
@blueprint.header(IF_MATCH_PARAMETER)
@blueprint.header(KEY_PARAMETER)
@blueprint.answers(200, "GradeEnrolment")
@needs(Action.WRITE_PLANS, Of.ADDRESS)
@repeatable
@blueprint.arguments(EnrolmentBody)
def put_enrolment(body: Mapping[str, Any], **key: Any) -> Response:
    """Replace the pupils of one grade, or add them where none are counted."""
    answer = replaced_answer(GRADE_ENROLMENTS)
    put_grade_enrolment(database(), key, body, known_record(), answer)
    return answer.response()
