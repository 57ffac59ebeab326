"""Mapping profiles: those that come with the service, a municipality's own, and proposals for unseen files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow
from flask import Response, request, url_for
from marshmallow import fields, validate

from service.api.answers import json_answer, page_answer
from service.api.asset_documents import page_json_schema
from service.api.blueprint import RestBlueprint
from service.api.body_rules import either
from service.api.cursor import decode_cursor, encode_cursor
from service.api.fields import Text, municipality_field
from service.api.identity import principal, readable_municipality
from service.api.permissions import check_municipality, check_targets
from service.api.persons import with_names_for_the_known
from service.api.record_lists import MunicipalListQuery
from service.api.state import database
from service.api.versions import ETAG_HEADER, IF_MATCH_PARAMETER, etag, expected_versions, unless_known
from service.api.written import KEY_PARAMETER, Described, WrittenAnswer, repeatable
from service.errors import Fault, InvalidData
from service.operations.import_profiles import (
    ProfileText,
    add_profile,
    list_profiles,
    read_profile,
    remove_profile,
    replace_profile,
)
from service.operations.permissions import Action, Of, needs

YAML_TYPE = "application/yaml"
LONGEST_PROFILE = 65_536
_OWN = "/import-profiles/<string(length=3):municipality_code>/<string:name>"
_SHIPPED = "/import-profiles/shipped/<string:name>"
_SUMMARY = ("municipality_code", "name", "title", "row_version", "changed_at", "changed_by")


@dataclass(frozen=True)
class ProfileTools:
    """What stands beside this package and is handed in.

    Attributes:
        names: Gives the names of the profiles that come with the service.
        shipped_text: Gives the YAML of one of them.
        checked: Gives a profile's text and targets once it is found valid; from YAML or from a document.
        document_of: Gives the document that a YAML holds.
    """

    names: Callable[[], list[str]]
    shipped_text: Callable[[str], str]
    checked: Callable[[str | dict[str, Any]], tuple[ProfileText, frozenset[str]]]
    document_of: Callable[[str], dict[str, Any]]


class ProfileFormQuery(marshmallow.Schema):
    """In which form to read a profile."""

    format = fields.String(
        validate=validate.OneOf(["json", "yaml"]),
        load_default="json",
        metadata={"description": "yaml: the text as it was written, with its comments"},
    )


class ProfileBody(marshmallow.Schema):
    """A profile, as a document or as YAML."""

    document = fields.Dict(keys=fields.String(), allow_none=True, load_default=None)
    yaml = Text(longest=LONGEST_PROFILE, allow_none=True, load_default=None, metadata={"description": "Comments stay"})

    def json_schema_rules(self) -> list[dict[str, Any]]:
        """Return what the description says of several members."""
        return [either("document", "yaml")]


class NewProfileBody(ProfileBody):
    """A new profile of a municipality."""

    municipality_code = municipality_field(required=True)


def profile_json_schema(*, whole: bool) -> dict[str, Any]:
    """Return the JSON Schema of a profile as it is given out; `whole` with its document."""
    told: dict[str, Any] = {
        "municipality_code": {"type": ["string", "null"], "description": "Null: comes with the service"},
        "name": {"type": "string"},
        "title": {"type": "string"},
        "read_only": {"type": "boolean"},
        "row_version": {"type": ["integer", "null"]},
        "changed_at": {"type": ["string", "null"], "format": "date-time"},
        "changed_by": {"type": ["string", "null"]},
    }
    if whole:
        told |= {"document": {"type": "object"}}
    return {"type": "object", "properties": told, "required": list(told)}


def import_profiles_blueprint(tools: ProfileTools) -> RestBlueprint:
    """Return the blueprint of mapping profiles."""
    blueprint = RestBlueprint(
        "import profiles", __name__, description="How files become assets: columns, units, codes, keys"
    )
    _add_reading(blueprint, tools)
    _add_writing(blueprint, tools)
    return blueprint


def _add_reading(blueprint: RestBlueprint, tools: ProfileTools) -> None:
    forms = {
        "application/json": {"schema": {"$ref": "#/components/schemas/ImportProfile"}},
        YAML_TYPE: {"schema": {"type": "object"}},
    }
    answer = {"description": "The profile", "content": forms, "headers": ETAG_HEADER}

    @blueprint.route("/import-profiles", methods=["GET"])
    @blueprint.answers(200, page_json_schema("ListedImportProfile"))
    @blueprint.arguments(MunicipalListQuery, location="query")
    @needs(Action.READ, Of.PART)
    def list_all(query: Mapping[str, Any]) -> Response:
        """List mapping profiles: first those that come with the service, then those of municipalities."""
        code, limit = readable_municipality(query.get("municipality")), query["limit"]
        after = decode_cursor(query.get("cursor"), (str, str)) or ("", "")
        shipped = [_shipped_record(tools, name) for name in tools.names() if after < ("", name) or after == ("", "")]
        own = list_profiles(database(), code, after if after[0] else None, limit + 1)
        found = ([] if after[0] else shipped) + own
        page = found[:limit]
        last = (page[-1]["municipality_code"] or "", page[-1]["name"]) if len(found) > limit else None
        return page_answer(map(_summary, page), encode_cursor(last))

    @blueprint.route(_SHIPPED, methods=["GET"])
    @blueprint.describe(responses={"200": answer})
    @blueprint.arguments(ProfileFormQuery, location="query")
    @needs(Action.READ, Of.SERVICE)
    def read_shipped(query: Mapping[str, Any], name: str) -> Response:
        """Read a mapping profile that comes with the service."""
        return _profile_answer(tools, _shipped_record(tools, name), query["format"])

    @blueprint.route(_OWN, methods=["GET"])
    @blueprint.describe(responses={"200": answer})
    @blueprint.arguments(ProfileFormQuery, location="query")
    @needs(Action.READ, Of.ADDRESS)
    def read_own(query: Mapping[str, Any], municipality_code: str, name: str) -> Response:
        """Read a municipality's mapping profile."""
        record = read_profile(database(), municipality_code, name)
        return unless_known(_profile_answer(tools, record, query["format"]), record["row_version"])


def _add_writing(blueprint: RestBlueprint, tools: ProfileTools) -> None:
    @blueprint.route("/import-profiles", methods=["POST"])
    @blueprint.header(KEY_PARAMETER)
    @blueprint.answers(201, "ImportProfile", headers=ETAG_HEADER)
    @repeatable
    @blueprint.arguments(NewProfileBody)
    @needs(Action.IMPORT, Of.BODY)
    def add(body: Mapping[str, Any]) -> Response:
        """Keep a mapping profile of a municipality; a name of one that comes with the service is refused."""
        code = body["municipality_code"]
        check_municipality(code)
        profile, targets = _checked(tools, body)
        check_targets(targets, code)

        def described(_: Any, record: Mapping[str, Any]) -> tuple[Any, Mapping[str, str]]:
            return _document(tools, record), profile_headers(record)

        answer = WrittenAnswer(described)
        add_profile(database(), code, profile, changed_by=principal().holder, finish=answer)
        return answer.response()

    @blueprint.route(_OWN, methods=["PUT"])
    @blueprint.header(IF_MATCH_PARAMETER)
    @blueprint.header(KEY_PARAMETER)
    @blueprint.answers(200, "ImportProfile", headers=ETAG_HEADER)
    @repeatable
    @blueprint.arguments(ProfileBody)
    @needs(Action.IMPORT, Of.ADDRESS)
    def replace(body: Mapping[str, Any], municipality_code: str, name: str) -> Response:
        """Replace a municipality's mapping profile; its name stays."""
        expected = expected_versions()
        _check_present(tools, municipality_code, name)
        profile, targets = _checked(tools, body, name)
        check_targets(targets, municipality_code)
        by, answer = principal().holder, WrittenAnswer(_replaced(tools), 200)
        replace_profile(database(), municipality_code, profile, expected=expected, changed_by=by, finish=answer)
        return answer.response()

    @blueprint.route(_OWN, methods=["DELETE"])
    @blueprint.header(IF_MATCH_PARAMETER)
    @blueprint.header(KEY_PARAMETER)
    @blueprint.answers(204)
    @needs(Action.IMPORT, Of.ADDRESS)
    @repeatable
    def remove(municipality_code: str, name: str) -> Response:
        """Remove a municipality's mapping profile; imports that it made stay."""
        expected, answer = expected_versions(), WrittenAnswer(status=204)
        _check_present(tools, municipality_code, name)
        remove_profile(database(), municipality_code, name, expected=expected, finish=answer)
        return answer.response()


def _replaced(tools: ProfileTools) -> Described:
    return lambda _, record: (_document(tools, record), {"ETag": etag(record["row_version"])})


def _check_present(tools: ProfileTools, municipality_code: str, name: str) -> None:
    """Raise unless the client may import what a present profile imports; one that fits no more, anyone may mend."""
    present = read_profile(database(), municipality_code, name)
    targets = tools.document_of(present["document"]).get("targets")
    known = [each.get("target") for each in targets if isinstance(each, dict)] if isinstance(targets, list) else []
    check_targets(map(str, known), municipality_code)


def _checked(
    tools: ProfileTools, body: Mapping[str, Any], name: str | None = None
) -> tuple[ProfileText, frozenset[str]]:
    """Return the profile of a body; raises `InvalidData` with every fault and its path in the body."""
    given = [member for member in ("document", "yaml") if body[member] is not None]
    if len(given) != 1:
        detail = "Give either document or yaml."
        raise InvalidData(detail, [Fault("/document", detail)])
    try:
        profile, targets = tools.checked(body[given[0]])
    except InvalidData as error:
        place = f"/{given[0]}"
        raise InvalidData(
            error.detail, [Fault(f"{place}{each.pointer}", each.detail) for each in error.faults]
        ) from error
    if name is not None and profile.name != name:
        detail = f"The name stays {name}, it cannot become {profile.name}."
        raise InvalidData(detail, [Fault(f"/{given[0]}/name", detail)])
    return profile, targets


def profile_headers(record: Mapping[str, Any]) -> dict[str, str]:
    """Return the address and version of a profile that was written."""
    key: dict[str, Any] = {name: record[name] for name in ("municipality_code", "name")}
    address = url_for("import profiles.read_own", **key, _external=True)
    return {"Location": address, "ETag": etag(record["row_version"])}


def _shipped_record(tools: ProfileTools, name: str) -> dict[str, Any]:
    text = tools.shipped_text(name)
    return {"name": name, "title": tools.document_of(text)["title"], "document": text, "municipality_code": None}


def _summary(record: Mapping[str, Any]) -> dict[str, Any]:
    told = with_names_for_the_known({name: record.get(name) for name in _SUMMARY})
    return {**told, "read_only": record["municipality_code"] is None}


def _document(tools: ProfileTools, record: Mapping[str, Any]) -> dict[str, Any]:
    return {**_summary(record), "document": tools.document_of(record["document"])}


def _profile_answer(tools: ProfileTools, record: Mapping[str, Any], form: str) -> Response:
    wants_yaml = "format" not in request.args and request.accept_mimetypes.best == YAML_TYPE
    if form == "yaml" or wants_yaml:
        answer = Response(record["document"], content_type=YAML_TYPE)
    else:
        answer = json_answer(_document(tools, record))
    answer.headers["Vary"] = "Accept"
    return answer
