"""Features that are created, replaced, updated and deleted (OGC API Features Part 4): REST's assets as GeoJSON.

It stands here and not in `service.ogc`, as it is REST's bodies, permissions, versions and kept answers once more;
what is read stays there. If-Match is heeded where it is sent, but not asked for: QGIS and OWSLib do not send it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import orjson
from flask import Blueprint, Response, current_app, request, url_for
from werkzeug.exceptions import UnsupportedMediaType

from gis.crs import CRS84
from models.registry import ASSET_CLASSES, AssetClass
from service.api.blueprint import malformed_query, parsed_body
from service.api.feature_bodies import (
    amended_feature_values,
    as_feature_faults,
    new_feature_values,
    replaced_feature_values,
)
from service.api.feature_patches import patch_of_feature
from service.api.geometry import use_content_crs, written_crs
from service.api.identity import principal
from service.api.permissions import check_municipality
from service.api.state import database
from service.api.versions import check_version, matched_versions
from service.api.written import WrittenAnswer, repeatable
from service.database import raw_connection
from service.errors import Fault, InvalidData, NotFound, StaleVersion
from service.operations.assets import ExpectedVersions, read_asset, register_asset, replace_asset, retire_asset
from service.operations.permissions import Action, Of, needs
from service.queries.asset_key import AssetKey, parse_asset_key
from service.queries.features import Feature, load_feature

GEOJSON, MERGE_PATCH = "application/geo+json", "application/merge-patch+json"
# OWSLib says nothing of what it sends by PUT.
_FEATURE_TYPES = (GEOJSON, "application/json", "")
_PATCH_TYPES = (MERGE_PATCH, "application/json")
# Other collections have no such routes, so that writing to them is answered with 405 and what they allow.
_ITEMS = f"/collections/<any({','.join(ASSET_CLASSES)}):collection_id>/items"
_ITEM = f"{_ITEMS}/<path:feature_id>"

blueprint = Blueprint("features", __name__)


@blueprint.before_request
def read_terms() -> None:
    """Refuse query parameters, which none of these requests has, and note the system of the coordinates."""
    if request.args:
        detail = "Unknown parameter; the header Content-Crs names the system of the coordinates."
        raise malformed_query([Fault(name, detail) for name in request.args])
    use_content_crs()


@blueprint.route(_ITEMS, methods=["OPTIONS"])
@needs(Action.OPEN, Of.SERVICE)
def items_options(collection_id: str) -> Response:  # noqa: ARG001 — the route's
    """Say what may be done with a collection's features."""
    answer = current_app.make_default_options_response()
    answer.headers["Accept-Post"] = GEOJSON
    return answer


@blueprint.route(_ITEM, methods=["OPTIONS"])
@needs(Action.OPEN, Of.SERVICE)
def item_options(collection_id: str, feature_id: str) -> Response:  # noqa: ARG001 — the route's
    """Say what may be done with a feature."""
    answer = current_app.make_default_options_response()
    answer.headers["Accept-Patch"] = MERGE_PATCH
    return answer


@blueprint.route(_ITEMS, methods=["POST"])
@needs(Action.WRITE_RECORDS, Of.BODY)
@repeatable
def create(collection_id: str) -> Response:
    """Create a feature."""
    asset_class, by = ASSET_CLASSES[collection_id], principal()
    values = new_feature_values(asset_class, _body(_FEATURE_TYPES), by.only_municipality(Action.WRITE_RECORDS))
    municipality_code = values.pop("municipality_code")
    check_municipality(municipality_code)
    answer = _created(asset_class)
    with _faults_of_features():
        register_asset(database(), asset_class, municipality_code, values, changed_by=by.holder, finish=answer)
    return answer.response()


@blueprint.route(_ITEM, methods=["PUT"])
@needs(Action.WRITE_RECORDS, Of.ADDRESS)
@repeatable
def replace(collection_id: str, feature_id: str) -> Response:
    """Replace a feature; properties that the body leaves out become unknown."""
    asset_class, key = ASSET_CLASSES[collection_id], _key(feature_id)
    with _there_as_expected(asset_class, key):
        expected, present = matched_versions(), read_asset(database(), key, asset_class, written_crs())
        check_version(expected, present.row_version)
        values = replaced_feature_values(asset_class, _body(_FEATURE_TYPES), present)
        return _write(asset_class, key, values, expected)


@blueprint.route(_ITEM, methods=["PATCH"])
@needs(Action.WRITE_RECORDS, Of.ADDRESS)
@repeatable
def update(collection_id: str, feature_id: str) -> Response:
    """Change some properties of a feature, or its geometry, by a merge patch (RFC 7396) on it or on its schema."""
    asset_class, key = ASSET_CLASSES[collection_id], _key(feature_id)
    with _there_as_expected(asset_class, key), patch_of_feature(_body(_PATCH_TYPES), feature_id) as patch:
        expected, present = matched_versions(), read_asset(database(), key, asset_class, written_crs())
        check_version(expected, present.row_version)
        values = amended_feature_values(asset_class, patch, present)
        return _write(asset_class, key, values, frozenset({present.row_version}) if expected is None else expected)


@blueprint.route(_ITEM, methods=["DELETE"])
@needs(Action.WRITE_RECORDS, Of.ADDRESS)
@repeatable
def delete(collection_id: str, feature_id: str) -> Response:
    """Retire a feature: it leaves the collection, its records and history stay."""
    asset_class, key, answer = ASSET_CLASSES[collection_id], _key(feature_id), WrittenAnswer(status=204)
    expected, by = matched_versions(), principal().holder
    with _there_as_expected(asset_class, key):
        retire_asset(database(), asset_class, key, expected=expected, changed_by=by, finish=answer)
    return answer.response()


def _body(media_types: tuple[str, ...]) -> Any:
    if request.mimetype not in media_types or request.headers.get("Content-Encoding"):
        given = request.headers.get("Content-Encoding") or request.mimetype or "no content type"
        raise UnsupportedMediaType(f"The body is to be {media_types[0]}, not {given[:100]}.")
    return parsed_body(request)


def _key(feature_id: str) -> AssetKey:
    key = parse_asset_key(feature_id)
    if key is None:
        raise NotFound(f"There is no feature '{feature_id[:60]}'.")
    return key


@contextmanager
def _there_as_expected(asset_class: AssetClass, key: AssetKey) -> Iterator[None]:
    """Answer that nothing is there as If-Match asks for it: with a failed precondition (Part 4, put-rid-exception).

    The ETag that is told is the feature's, as readers get it.
    """
    try:
        yield
    except StaleVersion as error:
        with database().reading() as connection:
            raise StaleVersion(error.detail, current=_load(connection, asset_class, key).etag) from error
    except NotFound as error:
        if "If-Match" in request.headers:
            raise StaleVersion("There is no such feature.") from error
        raise


@contextmanager
def _faults_of_features() -> Iterator[None]:
    try:
        yield
    except InvalidData as error:
        raise as_feature_faults(error) from error


def _write(asset_class: AssetClass, key: AssetKey, values: dict[str, Any], expected: ExpectedVersions) -> Response:
    values.pop("municipality_code")
    by, answer = principal().holder, WrittenAnswer(lambda session, asset: _described(session, asset_class, asset), 200)
    with _faults_of_features():
        replace_asset(database(), asset_class, key, values, expected=expected, changed_by=by, finish=answer)
    return answer.response()


def _created(asset_class: AssetClass) -> WrittenAnswer:
    def describe(session: Any, written: Mapping[str, Any]) -> tuple[Any, Mapping[str, str]]:
        document, headers = _described(session, asset_class, written)
        feature_id = str(written["key"])
        address = url_for("ogc.item", collection_id=asset_class.code, feature_id=feature_id, _external=True)
        return document, {"Location": address, **headers}

    return WrittenAnswer(describe)


def _described(session: Any, asset_class: AssetClass, written: Mapping[str, Any]) -> tuple[Any, dict[str, str]]:
    feature = _load(session.connection(), asset_class, written["key"])
    return orjson.Fragment(feature.text), _headers(feature)


def _load(connection: Any, asset_class: AssetClass, key: AssetKey) -> Feature:
    """Return a feature as a reader gets it who names no system."""
    feature = load_feature(raw_connection(connection), asset_class.code, (key.municipality_code, key.asset_id), CRS84)
    if feature is None:
        raise NotFound(f"There is no feature {key} any more.")
    return feature


def _headers(feature: Feature) -> dict[str, str]:
    return {"Content-Type": GEOJSON, "Content-Crs": f"<{CRS84.uri}>", "ETag": f'"{feature.etag}"'}
