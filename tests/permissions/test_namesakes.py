"""Two tokens of one name, as `gis` or `import`, are not one holder: nothing that is kept for one is the other's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from models.access import Role


def test_an_answer_kept_for_a_repeated_request_is_not_given_to_a_namesake_of_another_municipality(
    send_as: Callable[..., Any],
) -> None:
    body, headers = {"municipality_code": "901", "status": "in_use"}, {"Idempotency-Key": "the same"}
    own, namesake = (send_as(Role.ENGINEER, code, "gis") for code in ("901", "902"))
    first = own("POST", "/api/v1/park", json=body, headers=headers)
    assert first.status_code == 201
    assert own("POST", "/api/v1/park", json=body, headers=headers).json == first.json
    refused = namesake("POST", "/api/v1/park", json=body, headers=headers)
    assert refused.status_code == 403
    assert first.json["id"] not in refused.text
    assert (
        namesake("POST", "/api/v1/park", json={**body, "municipality_code": "902"}, headers=headers).status_code == 201
    )
