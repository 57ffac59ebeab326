"""A planner starts a valuation, reads its reports and follows a figure to its inputs, all over HTTP."""

from __future__ import annotations

import csv
import io
import time
from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("school")


def finished_run(planner: Any) -> dict[str, Any]:
    answer = planner("POST", "/api/v1/runs", json={"municipality_code": "901", "valuation_year": 2026})
    assert answer.status_code == 202, answer.text
    deadline = time.monotonic() + 20
    while (run := planner("GET", answer.headers["Location"]).json)["state"] in ("queued", "running"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert run["state"] == "finished", run["error"]
    return dict(run)


def test_a_run_is_accepted_and_can_be_followed_to_its_end(planner: Any) -> None:
    run = finished_run(planner)
    assert run["asset_count"] == 1
    listed = planner("GET", "/api/v1/runs?municipality=901&limit=1").json["items"]
    assert [each["id"] for each in listed] == [run["id"]]
    parameters = planner("GET", f"/api/v1/runs/{run['id']}/parameters").json["items"]
    assert {"target_condition", "annual_wear_share"} <= {each["name"] for each in parameters}


def test_runs_are_paged_without_repeating_one(planner: Any) -> None:
    ids = [finished_run(planner)["id"] for _ in range(3)]
    seen, page = [], planner("GET", "/api/v1/runs?municipality=901&limit=2").json
    while True:
        seen += [each["id"] for each in page["items"]]
        if page["next"] is None:
            break
        page = planner("GET", page["next"]).json
    assert len(seen) == len(set(seen))
    assert set(ids) <= set(seen)


def test_the_backlog_report_is_the_same_in_json_csv_and_html(planner: Any) -> None:
    finished_run(planner)
    path = "/api/v1/reports/backlog?municipality=901&group_by=class,district&lang=en"
    table = planner("GET", path).json["tables"]["backlog"]
    [row] = table["rows"]
    assert row["class"] == "building"
    assert row["replacement_cost_eur"] == 9500000.5
    assert (
        row["needed_backlog_eur"] + row["avoidable_backlog_eur"]
        == row["repair_backlog_eur"]
        == table["total"]["repair_backlog_eur"]
    )
    answer = planner("GET", f"{path}&format=csv")
    [line, total] = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert float(line["repair_backlog_eur"]) == row["repair_backlog_eur"] == float(total["repair_backlog_eur"])
    page = planner("GET", path, headers={"Accept": "text/html"})
    assert page.mimetype == "text/html"
    assert f"{row['repair_backlog_eur']:,.0f}" in page.text


@pytest.mark.parametrize(
    ("language", "word"), [("fi", "Korjausvelka"), ("sv", "Reparationsskuld"), ("en", "Repair backlog")]
)
def test_reports_speak_the_language_that_the_browser_asks_for(planner: Any, language: str, word: str) -> None:
    finished_run(planner)
    answer = planner(
        "GET", "/api/v1/reports/backlog?municipality=901&format=html", headers={"Accept-Language": language}
    )
    assert answer.headers["Content-Language"] == language
    assert word in answer.text


def test_the_service_need_report_answers_without_service_areas(planner: Any) -> None:
    finished_run(planner)
    assert planner("GET", "/api/v1/reports/service-need?municipality=901").json["tables"]["service_areas"]["rows"] == []


def test_a_figure_is_explained_to_its_inputs(planner: Any, school: dict[str, Any]) -> None:
    finished_run(planner)
    document = planner("GET", f"/api/v1/assets/{school['id']}/valuation?lang=fi").json
    assert document["inputs"]["built_year"] == 1962
    results = {step["result"]["name"]: step["result"]["value"] for step in document["steps"]}
    assert results["repair_backlog"] == document["figures"]["repair_backlog_eur"]
    assert all(step["text"] for step in document["steps"])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/reports/backlog?municipality=901&group_by=colour,shape", 400),
        ("/api/v1/reports/backlog?municipality=901&group_by=class,class", 400),
        ("/api/v1/reports/backlog?municipality=901&format=docx", 400),
        ("/api/v1/reports/backlog?municipality=9x1", 400),
        ("/api/v1/reports/backlog", 400),
        ("/api/v1/reports/backlog?municipality=901&run=999999", 404),
        ("/api/v1/reports/weather?municipality=901", 404),
        ("/api/v1/runs/901-999999", 404),
        ("/api/v1/runs/nonsense", 404),
        ("/api/v1/runs", 400),
        ("/api/v1/runs?municipality=901&cursor=abc", 400),
        ("/api/v1/assets/901-999999/valuation", 404),
    ],
)
def test_a_wrong_question_gets_a_problem_document(planner: Any, path: str, status: int) -> None:
    answer = planner("GET", path)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text


def test_a_run_names_every_fault_of_its_request(planner: Any) -> None:
    body = {"municipality_code": "1", "valuation_year": 1, "method": "guess", "horizon_years": 99, "colour": "red"}
    answer = planner("POST", "/api/v1/runs", json=body)
    assert answer.status_code == 422
    assert {fault["pointer"] for fault in answer.json["errors"]} == {f"/{name}" for name in body}


def test_a_run_that_is_asked_for_twice_with_one_key_is_started_once(planner: Any) -> None:
    body, headers = {"municipality_code": "901", "valuation_year": 2026}, {"Idempotency-Key": "this year's"}
    first, second = (planner("POST", "/api/v1/runs", json=body, headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (202, 202)
    assert (first.json, first.headers["Location"]) == (second.json, second.headers["Location"])
    listed = planner("GET", "/api/v1/runs?municipality=901&limit=1").json["items"]
    assert [each["id"] for each in listed] == [first.json["id"]]
    other = planner("POST", "/api/v1/runs", json=body | {"valuation_year": 2027}, headers=headers)
    assert other.status_code == 422


def test_only_a_planner_starts_a_run_and_only_in_its_own_municipality(planner: Any, engineer: Any) -> None:
    body = {"municipality_code": "901", "valuation_year": 2026}
    assert engineer("POST", "/api/v1/runs", json=body).status_code == 403
    assert planner("POST", "/api/v1/runs", json=body | {"municipality_code": "902"}).status_code == 403
    assert planner("GET", "/api/v1/reports/backlog?municipality=902").status_code == 403


def test_a_script_may_wait_for_a_run(planner: Any) -> None:
    body = {"municipality_code": "901", "valuation_year": 2026}
    done = planner("POST", "/api/v1/runs", json=body, headers={"Prefer": "respond-async, wait=20"})
    assert (done.status_code, done.json["state"], done.headers["Preference-Applied"]) == (201, "finished", "wait=20")
    assert done.json["workers"] is None
    assert planner("GET", done.headers["Location"]).json == done.json
    failed = planner("POST", "/api/v1/runs", json=body | {"scenario": "none such"}, headers={"Prefer": "wait=20"})
    assert (failed.status_code, failed.mimetype) == (422, "application/problem+json"), failed.text
    assert (failed.json["title"], failed.json["run"]["state"]) == ("Run failed", "failed")
    assert planner("POST", "/api/v1/runs", json=body, headers={"Prefer": "wait=soon"}).status_code == 202


def test_an_ended_run_cannot_be_cancelled(planner: Any) -> None:
    run = finished_run(planner)
    assert planner("DELETE", f"/api/v1/runs/{run['id']}").status_code == 409


def test_a_run_that_failed_is_asked_for_again_as_a_run_of_its_own(planner: Any, engineer: Any) -> None:
    asked = {"municipality_code": "901", "valuation_year": 2031, "scenario": "none such"}
    failed = planner("POST", "/api/v1/runs", json=asked, headers={"Prefer": "wait=20"}).json["run"]
    address = f"/api/v1/runs/{failed['id']}/retry"
    assert engineer("POST", address).status_code == 403
    again = planner("POST", address, headers={"Prefer": "wait=20"})
    assert (again.status_code, again.json["title"]) == (422, "Run failed")
    run = again.json["run"]
    assert run["id"] != failed["id"]
    assert [run[name] for name in ("kind", "valuation_year", "settings")] == [
        failed[name] for name in ("kind", "valuation_year", "settings")
    ]
    assert planner("GET", f"/api/v1/runs/{failed['id']}").json["state"] == "failed"


def test_a_run_that_is_done_is_not_tried_again(planner: Any) -> None:
    run = finished_run(planner)
    refused = planner("POST", f"/api/v1/runs/{run['id']}/retry")
    assert (refused.status_code, "finished" in refused.json["detail"]) == (409, True)
    assert planner("POST", "/api/v1/runs/901-99999999/retry").status_code == 404
