"""What an engineer relies on when working with assets over REST."""

from __future__ import annotations

from typing import Any


def test_a_registered_asset_is_read_back_with_every_attribute(engineer: Any, school: dict[str, Any]) -> None:
    answer = engineer("GET", f"/api/v1/building/{school['id']}")
    print(answer.text)
    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"1"'
    assert answer.json == school
    assert '"replacement_cost_eur":9500000.50' in answer.text
    assert school["district_code"] == "K1"
    assert school["energy_class"] is None
