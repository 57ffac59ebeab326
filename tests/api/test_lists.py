"""Lists of assets: every asset once, in the order that was asked for, whatever is written meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

NAMES = ["Asema", "Borg", None, "asema", "Ö", "Asema", None, "Kirjasto 100 %", "Zeta_1"]


@pytest.fixture(scope="module", autouse=True)
def buildings(engineer: Any) -> Any:
    """Nine buildings in a row, every second with a year, and one pipe."""
    for number, name in enumerate(NAMES):
        body = {
            "municipality_code": "901",
            "name": name,
            "status": "in_use",
            "built_year": 1950 + number if number % 2 else None,
            "replacement_cost_eur": 1000.5 * number if number % 3 else None,
            "geometry": {"type": "Point", "coordinates": [24.90 + number * 0.01, 60.17]},
        }
        assert engineer("POST", "/api/v1/building", json=body).status_code == 201
    pipe = {"municipality_code": "901", "status": "planned", "length_m": 80.0, "material": "pe", "built_year": 2030}
    assert engineer("POST", "/api/v1/water_main", json=pipe).status_code == 201


def pages(client: Any, path: str) -> Iterator[list[dict[str, Any]]]:
    while path:
        answer = client("GET", path)
        assert answer.status_code == 200, answer.text
        following = answer.json["next"]
        assert answer.headers.get("Link") == (f'<{following}>; rel="next"' if following else None)
        yield answer.json["items"]
        path = following


def walked(client: Any, path: str) -> list[dict[str, Any]]:
    return [item for page in pages(client, path) for item in page]


@pytest.mark.parametrize("limit", [1, 2, 3, 10, 1000])
def test_pages_of_any_size_hold_every_asset_once(engineer: Any, limit: int) -> None:
    ids = [each["id"] for each in walked(engineer, f"/api/v1/assets?limit={limit}")]
    assert len(ids) == 10
    assert ids == sorted(set(ids), key=lambda text: int(text.split("-")[1]))


@pytest.mark.parametrize("sort", ["name", "-name", "built_year", "-built_year", "replacement_cost_eur", "-quantity"])
def test_sorted_pages_hold_every_asset_once_with_the_unknown_last(engineer: Any, sort: str) -> None:
    items = walked(engineer, f"/api/v1/assets?sort={sort}&limit=2")
    assert len({each["id"] for each in items}) == 10
    values = [each[sort.lstrip("-")] for each in items]
    known = [value for value in values if value is not None]
    assert values == known + [None] * (len(values) - len(known))
    assert known == sorted(known, reverse=sort.startswith("-"))


def test_assets_across_classes_have_their_quantity_with_its_unit(engineer: Any) -> None:
    pipe = next(each for each in walked(engineer, "/api/v1/assets") if each["asset_class"] == "water_main")
    assert (pipe["quantity"], pipe["quantity_unit"], pipe["material"]) == (80.0, "m", "pe")
    assert "nominal_diameter_mm" not in pipe
    assert walked(engineer, "/api/v1/water_main")[0]["length_m"] == 80.0


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("class=building", 9),
        ("class=water_main", 1),
        ("class=quay", 0),
        ("municipality=901", 10),
        ("district=K1&limit=3", 4),
        ("status=planned", 1),
        ("q=asema", 3),
        ("q=100%20%25", 1),
        ("q=_", 1),
        ("bbox=24.895,60.16,24.915,60.18", 2),
        ("bbox=24.895,60.16,24.915,60.18&class=building", 2),
        ("bbox=60.16,24.895,60.18,24.915&bbox-crs=EPSG:4326", 2),
        ("bbox=0,0,1,1", 0),
    ],
)
def test_filters_leave_what_was_asked_for(engineer: Any, query: str, count: int) -> None:
    assert len(walked(engineer, f"/api/v1/assets?{query}")) == count


def test_a_page_is_not_moved_by_what_is_written_meanwhile(engineer: Any) -> None:
    walk = pages(engineer, "/api/v1/building?sort=name&limit=3")
    seen = [each["id"] for each in next(walk)]
    body = {"municipality_code": "901", "name": "AAA", "status": "in_use"}
    added = engineer("POST", "/api/v1/building", json=body).json["id"]
    seen += [each["id"] for page in walk for each in page]
    engineer("DELETE", f"/api/v1/building/{added}", headers={"If-Match": "*"})
    assert len(seen) == len(set(seen)) == 9


def test_a_cursor_belongs_to_its_query(engineer: Any) -> None:
    following = engineer("GET", "/api/v1/assets?limit=1&class=building").json["next"]
    cursor = following.split("cursor=")[1].split("&")[0]
    assert engineer("GET", f"/api/v1/assets?class=building&limit=5&cursor={cursor}").status_code == 200
    for path in (
        f"assets?cursor={cursor}",
        f"assets?class=building&sort=name&cursor={cursor}",
        f"quay?cursor={cursor}",
    ):
        answer = engineer("GET", f"/api/v1/{path}")
        assert answer.status_code == 400
        assert [fault["pointer"] for fault in answer.json["errors"]] == ["cursor"]
