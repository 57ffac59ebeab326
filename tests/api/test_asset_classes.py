"""The registry over REST: what there is to record, with units, limits, codes and labels."""

from __future__ import annotations

from typing import Any

from models.registry import ASSET_CLASSES


def test_the_registry_tells_what_a_body_may_hold(engineer: Any) -> None:
    items = {each["code"]: each for each in engineer("GET", "/api/v1/asset-classes").json["items"]}
    assert set(items) == set(ASSET_CLASSES)
    water_main = items["water_main"]
    assert water_main["labels"]["fi"] == "Vesijohto"
    assert water_main["quantity"] == "length_m"
    diameter = next(each for each in water_main["attributes"] if each["name"] == "nominal_diameter_mm")
    assert (diameter["unit"], diameter["minimum"], diameter["maximum"]) == ("mm", 10, 6000)
    material = next(each for each in water_main["attributes"] if each["name"] == "material")
    assert "pe" in [each["code"] for each in material["codes"]]
    assert set(material["codes"][0]["labels"]) == {"fi", "sv", "en"}


def test_one_class_is_found_by_its_code(engineer: Any) -> None:
    assert engineer("GET", "/api/v1/asset-classes/bridge").json["code"] == "bridge"
    assert engineer("GET", "/api/v1/asset-classes/spaceship").status_code == 404
