"""Services, their areas, and what inhabitants need of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow
from flask import Response, url_for
from marshmallow import validate

from service.api.asset_documents import page_json_schema
from service.api.asset_lists import PageQuery
from service.api.blueprint import RestBlueprint
from service.api.digests import IF_MATCH_PARAMETER, known_record, record_answer, record_etag, replaced_answer
from service.api.fields import LONGEST_CODE, Number, Text, WholeNumber, municipality_field
from service.api.geometry import GeometryField, ReadCrs, WrittenCrs, geometry_json_schema, written_crs
from service.api.permissions import check_municipality
from service.api.record_lists import MunicipalListQuery, YearsQuery, municipal_page, record_document, record_page
from service.api.state import database
from service.api.written import KEY_PARAMETER, WrittenAnswer, repeatable
from service.operations.permissions import Action, Of, needs
from service.operations.service_needs import (
    add_service_area,
    add_service_need,
    put_service_need,
    read_service_need,
)
from service.queries.record_sets import SERVICE_AREAS, SERVICE_NEEDS, SERVICES
from service.queries.records import load_record

blueprint = RestBlueprint("service needs", __name__, description="Services, service areas and service needs")
_AREA = ("POLYGON", "MULTIPOLYGON")
_OPTIONAL: dict[str, Any] = {"allow_none": True, "load_default": None}
_NEED = (
    "/service-needs/<string:municipality_code>/<string:service_code>/<string:area_code>/<string:scenario>"
    "/<int(max=2200):year>"
)


class AreaListQuery(MunicipalListQuery, ReadCrs):
    """Which service areas to list."""

    service = Text(metadata={"description": "Only of this service"})


class NeedListQuery(YearsQuery):
    """Which service needs to list."""

    service = Text(metadata={"description": "Only of this service"})
    area = Text(metadata={"description": "Only of this area"})
    scenario = Text(metadata={"description": "Only of this scenario"})


class ServiceAreaBody(marshmallow.Schema):
    """The area whose inhabitants the assets of a service serve."""

    municipality_code = municipality_field(required=True)
    service_code = Text(required=True, longest=LONGEST_CODE)
    area_code = Text(required=True, longest=LONGEST_CODE)
    parent_area_code = Text(longest=LONGEST_CODE, **_OPTIONAL)
    population_area_code = Text(
        required=True, longest=LONGEST_CODE, metadata={"description": "Area of the population forecast; `all`: all"}
    )
    name_fi = Text(required=True)
    name_sv = Text(**_OPTIONAL)
    geometry = GeometryField(_AREA, metadata=geometry_json_schema(_AREA), **_OPTIONAL)


class NeedBody(marshmallow.Schema):
    """A need given directly, which goes before the one computed from the population."""

    service_need = Number(required=True, validate=validate.Range(0))
    note = Text(**_OPTIONAL)


class NewNeedBody(NeedBody):
    """A service need with its key."""

    municipality_code = municipality_field(required=True)
    service_code = Text(required=True, longest=LONGEST_CODE)
    area_code = Text(required=True, longest=LONGEST_CODE)
    scenario = Text(required=True, longest=LONGEST_CODE)
    year = WholeNumber(required=True, least=1749, most=2200)


@blueprint.route("/services", methods=["GET"])
@blueprint.answers(200, page_json_schema("Service"))
@blueprint.arguments(PageQuery, location="query")
@needs(Action.READ, Of.SERVICE)
def list_services(query: Mapping[str, Any]) -> Response:
    """List services with the unit in which their need and capacity are counted."""
    return record_page(SERVICES, query)


@blueprint.route("/service-areas", methods=["GET"])
@blueprint.answers(200, page_json_schema("ServiceArea"))
@blueprint.arguments(AreaListQuery, location="query")
@needs(Action.READ, Of.PART)
def list_areas(query: Mapping[str, Any]) -> Response:
    """List service areas."""
    return municipal_page(SERVICE_AREAS, query, {"service_code": query.get("service")}, crs=query["crs"])


@blueprint.route("/service-areas", methods=["POST"])
@blueprint.header(KEY_PARAMETER)
@blueprint.answers(201, "ServiceArea")
@blueprint.arguments(WrittenCrs, location="query")
@needs(Action.WRITE_PLANS, Of.BODY)
@repeatable
@blueprint.arguments(ServiceAreaBody)
def add_area(_: Mapping[str, Any], body: Mapping[str, Any]) -> Response:
    """Add a service area."""
    check_municipality(body["municipality_code"])

    def described(session: Any, written: Mapping[str, Any]) -> tuple[Any, Mapping[str, str]]:
        key = {name: written[name] for name in SERVICE_AREAS.order}
        record = load_record(session.connection(), SERVICE_AREAS, key, crs=written_crs())
        return record_document(SERVICE_AREAS, record or written), {}

    answer = WrittenAnswer(described)
    add_service_area(database(), body, finish=answer)
    return answer.response()


@blueprint.route("/service-needs", methods=["GET"])
@blueprint.answers(200, page_json_schema("ServiceNeed"))
@blueprint.arguments(NeedListQuery, location="query")
@needs(Action.READ, Of.PART)
def list_needs(query: Mapping[str, Any]) -> Response:
    """List service needs."""
    equal = {"service_code": query.get("service"), "area_code": query.get("area"), "scenario": query.get("scenario")}
    return municipal_page(SERVICE_NEEDS, query, equal, years=(query["year_from"], query["year_to"]))


@blueprint.route("/service-needs", methods=["POST"])
@blueprint.header(KEY_PARAMETER)
@blueprint.answers(201, "ServiceNeed")
@needs(Action.WRITE_PLANS, Of.BODY)
@repeatable
@blueprint.arguments(NewNeedBody)
def add_need(body: Mapping[str, Any]) -> Response:
    """Add a service need."""
    check_municipality(body["municipality_code"])

    def described(_: Any, record: Mapping[str, Any]) -> tuple[Any, Mapping[str, str]]:
        key = {name: record[name] for name in SERVICE_NEEDS.order}
        address = url_for("service needs.read_need", **key, _external=True)
        return record, {"Location": address, "ETag": record_etag(record)}

    answer = WrittenAnswer(described)
    add_service_need(database(), body, finish=answer)
    return answer.response()


@blueprint.route(_NEED, methods=["GET"])
@blueprint.answers(200, "ServiceNeed")
@needs(Action.READ, Of.ADDRESS)
def read_need(**key: Any) -> Response:
    """Read a service need."""
    return record_answer(SERVICE_NEEDS, read_service_need(database(), key))


@blueprint.route(_NEED, methods=["PUT"])
@blueprint.header(IF_MATCH_PARAMETER)
@blueprint.header(KEY_PARAMETER)
@blueprint.answers(200, "ServiceNeed")
@needs(Action.WRITE_PLANS, Of.ADDRESS)
@repeatable
@blueprint.arguments(NeedBody)
def put_need(body: Mapping[str, Any], **key: Any) -> Response:
    """Replace a service need, or add it where there is none."""
    answer = replaced_answer(SERVICE_NEEDS)
    put_service_need(database(), key, body, known_record(), answer)
    return answer.response()
