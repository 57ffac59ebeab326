"""What OpenAPI cannot say about a request, for schemathesis: which texts are filters, which parameters hang together.

A case that is meant to be accepted gets values that may be; a case that is meant to be refused stays as it was made,
but for one thing: OGC API Features has a `limit` beyond the maximum mean the maximum (Part 1, fc-limit-response-1).
"""

from __future__ import annotations

import json
import re
from typing import Any

import schemathesis
import sound_writes  # noqa: F401 — has the hooks for writes

_MOST_FEATURES = 10_000
_HELSINKI = {  # a box in each system, axes as it declares them
    "CRS84": "24.9,60.1,25.0,60.2",
    "4326": "60.1,24.9,60.2,25.0",
    "3067": "380000,6670000,390000,6680000",
    "3857": "2770000,8430000,2790000,8450000",
}
_GK = "6670000,25490000,6680000,25500000"
_TIMES = ("2018-02-12", "2018-02-12T23:20:50Z", "2018-02-12T00:00:00+02:00/2018-03-18T12:31:12.5Z", "../2020-02-29")
_KNOWN_TO_ALL = ("municipality_code = '999'", "id <> '999-1'", "NOT (municipality_code IN ('091', '999'))")


@schemathesis.hook
def filter_case(_context: Any, case: Any) -> bool:
    """Leave out what is said to be wrong by its `limit`, and is not."""
    limit = str((case.query or {}).get("limit", ""))
    is_large = re.fullmatch("[0-9]{1,18}", limit) is not None and int(limit) > _MOST_FEATURES
    return not (_is_of_gis(case) and is_large and not case.meta.generation.mode.is_positive)


@schemathesis.hook
def map_case(_context: Any, case: Any) -> Any:
    """Make the parameters of a sound question agree with each other."""
    if case.meta.generation.mode.is_positive and case.query:
        _without_cursor(case.query)
        _agree_on_box(case.query)
        _agree_on_filter(case.query)
        _in_the_calendar(case.query)
        _sort_once_by_each(case.query)
        _tilejson_of_web_mercator_only(case)
        _name_whose_day(case)
    return case


def _is_of_gis(case: Any) -> bool:
    return "/collections/" in case.path


def _without_cursor(query: dict[str, Any]) -> None:
    """Only the service makes cursors, each for one query: tests of paging follow them."""
    query.pop("cursor", None)


def _agree_on_box(query: dict[str, Any]) -> None:
    if "bbox" in query:
        code = re.sub(".*[/:]", "", str(query.get("bbox-crs", "CRS84")))
        box = _HELSINKI.get(code, _GK)
        query["bbox"] = [float(each) for each in box.split(",")] if isinstance(query["bbox"], list) else box


def _agree_on_filter(query: dict[str, Any]) -> None:
    if "filter" not in query:
        return
    if query["filter"] not in _KNOWN_TO_ALL:
        query["filter"] = _KNOWN_TO_ALL[len(query["filter"]) % len(_KNOWN_TO_ALL)]
    if query.get("filter-lang") == "cql2-json":
        query["filter"] = json.dumps({"op": "=", "args": [{"property": "municipality_code"}, "999"]})


def _in_the_calendar(query: dict[str, Any]) -> None:
    """No pattern knows leap years, nor which of two days comes first."""
    if "datetime" in query:
        query["datetime"] = _TIMES[len(str(query["datetime"])) % len(_TIMES)]


def _tilejson_of_web_mercator_only(case: Any) -> None:
    is_other = (case.path_parameters or {}).get("tileMatrixSetId") != "WebMercatorQuad"
    if is_other and case.query.get("f") == "tilejson":
        case.query["f"] = "json"


def _name_whose_day(case: Any) -> None:
    """The register of a day is read of one municipality, which an asset's address names."""
    if "as_of" in case.query and "{" not in case.path:
        case.query["municipality"] = "999"


def _sort_once_by_each(query: dict[str, Any]) -> None:
    if "sortby" in query:
        keys = query["sortby"] if isinstance(query["sortby"], list) else query["sortby"].split(",")
        once = list({key.lstrip("+-"): key for key in keys}.values())
        query["sortby"] = once if isinstance(query["sortby"], list) else ",".join(once)
