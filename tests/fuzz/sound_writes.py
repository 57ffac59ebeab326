"""What OpenAPI cannot say about a write, for schemathesis: which assets there are, where Finland lies, what may be 422.

A write that is meant to be accepted mostly goes to an asset of the demo municipality, with a geometry in Finland. Where
it is refused all the same, each fault must be one of those that only the register or the calendar can know.
"""

from __future__ import annotations

import copy
import itertools
import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from http import HTTPStatus
from typing import Any

import schemathesis
import shapely
from schemathesis.core.parameters import ParameterLocation
from schemathesis.openapi.checks import RejectedPositiveData

from gis.crs import CRS84, READABLE_CRS, parse_crs
from gis.errors import UnknownCrsError
from gis.geojson import write_geometry

_MUNICIPALITY = "999"
_WRITES = ("POST", "PUT", "PATCH", "DELETE")
_CLASS = re.compile(r"(?:/v1|/collections)/(\w+)(?:/items)?/\{(?:asset_key|featureId)\}")
_PLACES = {
    "Point": "POINT (385000 6672000)",
    "MultiPoint": "MULTIPOINT (385000 6672000, 385100 6672000)",
    "LineString": "LINESTRING (385000 6672000, 385100 6672000)",
    "MultiLineString": "MULTILINESTRING ((385000 6672000, 385100 6672000), (385000 6672100, 385100 6672100))",
    "Polygon": "POLYGON ((385000 6672000, 385100 6672000, 385100 6672100, 385000 6672000))",
    "MultiPolygon": "MULTIPOLYGON (((385000 6672000, 385100 6672000, 385100 6672100, 385000 6672000)))",
}
# What a fault may say of a sound write: the rest is in the schema, and a fault of it is a finding.
_CONTRADICTIONS = (
    r"^The filter cannot be used: ",
    r"is not a district of the municipality: ",
    r"^An archive holds the whole register: no class, district, filter or day goes with it\.$",
    r"^Of an earlier day only assets are exported, with their figures of then\.$",
    r"is not a (parameter|source|service|condition scale|municipality) of the register",
    r"is not a parameter\.$",
    r"is in the future; only a planned asset may have such a year\.$",
    r"^[0-9-]+ is in the future",
    r"^This stays [0-9]{3} for ever\.$",
    r"is no permanent building id \(VTJ-PRT\): check character",
    r"is not an area of the service",
    r"^The service '.*' has no area '.*' in municipality [0-9]{3}\.$",
    r"^The asset [0-9]{3}-[0-9]+ has no component [0-9]+\.$",
    r"is not on the scale \w+: ",
    r"^This parameter has a (code, no value|value, no code)\.$",
    r"is not within .*, as a \w+ is\.$",
    r"is not the unit of \w+, which counts in",
    r"^no places_per_caretaker of \w+ is valid on",
    r" is not after valid_from, ",
    r"^'\w+' is not a mapping profile: There is no mapping profile",
    r"^[0-9]+ (yearly changes|amounts) for [0-9]+ years: give one, or one (each|for each year)$",
    r"^there is not a finished valuation [0-9]{3}-[0-9]+ to start from$",
    r"^the \w+ ends in [0-9]+, the needs of the valuation are known to [0-9]+: at most",
    r"^the index jumps from .* tenfold or more$",
    r"^a budget for all classes leaves no class for another one$",
    r"^'\w+' draws on two budgets$",
    r"^A measure leads to a better class than it starts from\.$",
)
_FAULTY_FILE = "urn:kuntokanta:problem:faulty-file"
_KEY_USED = "urn:kuntokanta:problem:key-used-otherwise"
_LISTS = {  # members of bodies and addresses, by the lists of the records that they name
    "service_code": "service-areas",
    "area_code": "service-areas",
    "source_id": "sources",
    "scale_code": "condition-scales",
}
_sent_keys = itertools.count(1)


@schemathesis.hook("map_case")
def as_written(_context: Any, case: Any) -> Any:
    """Send a write where it can be carried out, three times out of four; leave as it is what is meant to be wrong."""
    if case.method in _WRITES:
        _use_copies(case)
        is_wrong, body = case.meta.is_negative_at, case.body if isinstance(case.body, dict) else {}
        if body and not is_wrong(ParameterLocation.BODY):
            _put_in_finland(case)
            _keep_a_sound_profile(case)
        if len(str(case.path_parameters)) % 4:
            for members in _sound_members(case, body):
                _name_what_is_there(case, members, len(str(body)))
            if not is_wrong(ParameterLocation.PATH):
                _name_an_asset(case, len(str(body)))
            if not is_wrong(ParameterLocation.HEADER):
                _without_contradicting_headers(case.headers or {})
    return case


@schemathesis.hook
def filter_failure(_context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Drop the refusal of a sound write that says nothing but what OpenAPI cannot say.

    412 and 428 say so by themselves: a version passed, or one is needed where there is a record already.
    """
    if not isinstance(failure, RejectedPositiveData) or case.method not in _WRITES:
        return True
    if response.status_code in (412, 428):
        return ("If-Match" in (case.headers or {})) == (response.status_code == 428)
    problem = response.json() if response.status_code == 422 else {}
    if problem.get("type") == _KEY_USED:
        return "Idempotency-Key" not in (case.headers or {})
    if problem.get("type") == _FAULTY_FILE:
        return not case.path.endswith("/imports")
    faults = problem.get("errors", [])
    if case.path.endswith("/proposals") and [fault["pointer"] for fault in faults] == ["/file"]:
        return False  # what was sent is no file of any format
    return not faults or not all(_is_contradiction(fault["detail"]) for fault in faults)


def _use_copies(case: Any) -> None:
    """Several cases of schemathesis share what they hold; a file is no JSON and stays as it is."""
    if case.body and "json" in (case.media_type or ""):
        case.body = copy.deepcopy(case.body)
    if case.path_parameters:
        case.path_parameters = dict(case.path_parameters)


def _sound_members(case: Any, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if not case.meta.is_negative_at(ParameterLocation.PATH):
        yield case.path_parameters or {}
    if not case.meta.is_negative_at(ParameterLocation.BODY) and "json" in (case.media_type or ""):
        yield body
        if isinstance(body.get("properties"), dict):
            yield body["properties"]


def _is_contradiction(detail: str) -> bool:
    return any(re.search(known, detail) for known in _CONTRADICTIONS)


def _name_an_asset(case: Any, choice: int) -> None:
    of = _CLASS.search(case.path)
    for name in (case.path_parameters or {}).keys() & {"asset_key", "featureId"}:
        known = _records(_root(case), of[1] if of else "assets")
        case.path_parameters[name] = known[choice % len(known)]["id"] if known else case.path_parameters[name]


def _name_what_is_there(case: Any, members: dict[str, Any], choice: int) -> None:
    if "municipality_code" in members:
        members["municipality_code"] = _MUNICIPALITY
    for name, of in _LISTS.items():
        if members.get(name) is not None and _is_reference(case, name, members):
            records = _records(_root(case), of)
            members[name] = records[choice % len(records)][name]


def _root(case: Any) -> str:
    return re.sub("/(api|ogc)/?.*", "", case.operation.base_url)


def _is_reference(case: Any, name: str, members: dict[str, Any]) -> bool:
    """A new area has a code of its own; an asset's `source_id` is its number in the system that it comes from."""
    if name == "source_id":
        return "valid_from" in members or "points" in members
    return name != "area_code" or not case.path.endswith("/service-areas")


def _without_contradicting_headers(headers: Any) -> None:
    if "If-Match" in headers:
        headers["If-Match"] = "*"
    if "Idempotency-Key" in headers:
        headers["Idempotency-Key"] = f"{next(_sent_keys)} {headers['Idempotency-Key']}"[:255].rstrip()


@lru_cache
def _records(root: str, of: str) -> list[dict[str, Any]]:
    """Return the first records of a list, those of the demo municipality where it is of municipalities."""
    only = "" if of in ("sources", "condition-scales") else f"&municipality={_MUNICIPALITY}"
    try:
        with urllib.request.urlopen(f"{root}/api/v1/{of}?limit=50{only}", timeout=60) as answer:
            records: list[dict[str, Any]] = json.load(answer)["items"]
            return records
    except urllib.error.HTTPError as error:
        if error.code == HTTPStatus.NOT_FOUND:  # areas and the like are no assets
            return []
        raise


def _keep_a_sound_profile(case: Any) -> None:
    """No JSON Schema says which columns become which attributes: what is sent is one that fits the register."""
    if "/import-profiles" in case.path and case.body.keys() & {"document", "yaml"}:
        name = (case.path_parameters or {}).get("name", f"profile_{next(_sent_keys)}")
        target = {"target": "park", "key": ["id"], "values": {"name": {"column": "nimi"}}}
        profile = {"name": name, "title": "Parks", "source_system": "parks", "format": "csv", "targets": [target]}
        if case.body.get("document") is not None:
            case.body["document"] = profile
        elif case.body.get("yaml") is not None:
            case.body["yaml"] = json.dumps(profile)


def _put_in_finland(case: Any) -> None:
    given = case.body.get("geometry")
    if not isinstance(given, dict):
        return
    named = (case.headers or {}).get("Content-Crs") or (case.query or {}).get("crs") or CRS84.uri
    if "type" not in given:  # a merge patch on what is there
        del case.body["geometry"]
        return
    shape = shapely.from_wkt(_PLACES[given["type"]])
    if len(json.dumps(given)) % 2:
        shape = shapely.force_3d(shape, 12.5)
    with suppress(UnknownCrsError):  # a wrong one, which may be what is asked for
        crs = parse_crs(str(named).strip("<>"), READABLE_CRS)
        case.body["geometry"] = json.loads(json.dumps(write_geometry(shape, crs)))
