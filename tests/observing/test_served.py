"""The service as it runs, with its worker: what its log and its metrics tell, whatever is sent to it."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from models.access import Role
from service.cluster.cluster import Cluster
from service.database import Database
from service.operations.access import create_token

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from service_processes import ROOT, served

MARK = f"meikalainen{secrets.token_hex(4)}"
"""In everything that is sent."""
HOLDER, MONITOR, REQUEST_ID = f"Matti {MARK}", f"monitor-{MARK}", "0123456789abcdef0123456789abcdef"
BUILDING = {"status": "in_use", "municipality_code": "091"}


@dataclass
class Running:
    """A service that runs, and its log."""

    address: str
    token: str
    log: Path
    environment: dict[str, str]

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any, bytes]:
        """Send a request of the holder; names of headers are given with _ for -."""
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=30)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        known = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **named}
        connection.request(method, path, sent, known)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, answer.headers, content

    def metrics(self) -> dict[tuple[str, ...], float]:
        """Return all samples, by their name and the values of their labels."""
        status, _, content = self.ask("GET", "/metrics", Authorization=f"Bearer {MONITOR}")
        assert status == 200
        families = text_string_to_metric_families(content.decode())
        return {(each.name, *each.labels.values()): each.value for family in families for each in family.samples}

    def line_of(self, request_id: str) -> dict[str, Any]:
        """Return the only line of a request, which is written once it is answered."""
        end = time.monotonic() + 10
        while not (found := [each for each in self.lines() if each.get("request_id") == request_id]):
            assert time.monotonic() < end, "no line of the request"
            time.sleep(0.02)
        [line] = found
        return line

    def lines(self) -> list[dict[str, Any]]:
        """Return what was logged; each line has to be JSON."""
        whole, _, _unfinished = self.log.read_text("utf-8").rpartition("\n")
        return [json.loads(line) for line in whole.split("\n") if line]


@pytest.fixture(scope="module")
def running(cluster: Cluster, module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with module_database.reading() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
    folder = tmp_path_factory.mktemp("observed")
    (folder / "metrics-token").write_text(f"{MONITOR}\n")
    (folder / "database-url").write_text(f"{cluster.service_url(name)}\n")
    environment = os.environ | {
        "KUNTOKANTA_DATABASE_URL_FILE": str(folder / "database-url"),
        "KUNTOKANTA_METRICS_TOKEN_FILE": str(folder / "metrics-token"),
        "KUNTOKANTA_LOG_JSON": "true",
        "KUNTOKANTA_WORKERS": "2",
    }
    environment.pop("KUNTOKANTA_DATABASE_URL", None)
    token = create_token(module_database, holder=HOLDER, role=Role.ADMIN, municipality_code="091")
    log = folder / "log"
    with log.open("w") as stream, served(environment, log=stream) as address:
        yield Running(address, token, log, environment)


def _multipart(**members: str) -> tuple[bytes, str]:
    parts = [f'--part\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{value}\r\n' for n, value in members.items()]
    file = (
        f'--part\r\nContent-Disposition: form-data; name="file"; filename="{MARK}.csv"\r\n\r\nnimi;{MARK}\r\nx;{MARK}'
    )
    return f"{''.join(parts)}{file}\r\n--part--\r\n".encode(), "multipart/form-data; boundary=part"


def _send_it_everywhere(running: Running) -> list[int]:
    ask = running.ask
    form, form_type = _multipart(profile=MARK, municipality="091")
    sound, _ = _multipart(profile="kuntokanta_records", municipality="091", dry_run="true")
    raw = _send_no_http(running.address)
    return raw + [
        status
        for status, _, _ in (
            ask("GET", f"/{MARK}/{MARK}?{MARK}={MARK}"),
            ask("GET", f"/api/v1/assets?municipality=091&q={MARK}"),
            ask("GET", f"/api/v1/assets?{MARK}=1"),
            ask("GET", f"/api/v1/building/091-1{MARK}"),
            ask("GET", f"/ogc/collections/{MARK}/items/{MARK}"),
            ask("GET", f"/ogc/collections/building/items?filter={quote(f'name = {MARK!r}')}"),
            ask("GET", f"/ogc/collections/building/items?filter={quote(f'{MARK}(')}"),
            ask("GET", "/", User_Agent=MARK, Referer=f"https://{MARK}/", Cookie=f"session={MARK}"),
            ask("GET", "/", X_Forwarded_For=MARK, X_Request_Id=MARK, Accept_Language=MARK, If_None_Match=f'"{MARK}"'),
            ask("GET", "/api/v1/assets", Authorization=f"Bearer {MARK}"),
            ask("GET", "/api/v1/assets", Authorization=f"Basic {MARK}"),
            ask("GET", "/api/v1/assets", Authorization=f"Bearer eyJhbGciOiJub25lIn0.{MARK}.{MARK}"),
            ask("POST", "/api/v1/building", {**BUILDING, "name": MARK}, Idempotency_Key=MARK),
            ask("POST", "/api/v1/building", {**BUILDING, "built_year": MARK, MARK: MARK}),
            ask("POST", "/api/v1/building", f'{{"name": {MARK}'.encode()),
            ask("POST", "/api/v1/building", {**BUILDING, "name": f"\0{MARK}"}),
            ask("PUT", "/api/v1/building/091-1", {**BUILDING, "name": MARK}, If_Match=f'"{MARK}"'),
            ask("POST", "/api/v1/imports", form, Content_Type=form_type),
            ask("POST", "/api/v1/imports", sound, Content_Type=form_type, Prefer="wait=20"),
            ask("GET", "/metrics", Authorization=f"Bearer wrong-{MARK}"),
        )
    ]


def _send_no_http(address: str) -> list[int]:
    """Send what is no request; return how it was answered."""
    parts, statuses = urlsplit(address), []
    for sent in (f"{MARK}\r\n\r\n", f"GET /{MARK} HTTP/{MARK}\r\n\r\n", f"GET / HTTP/1.1\r\n{MARK} : {MARK}\r\n\r\n"):
        with socket.create_connection((str(parts.hostname), int(parts.port or 0)), 30) as connection:
            connection.sendall(sent.encode())
            statuses.append(int(connection.recv(1000).split()[1]))
    return statuses


def test_nothing_that_people_send_or_are_called_is_in_the_log(running: Running) -> None:
    statuses = _send_it_everywhere(running)
    assert {400, 401, 404, 422} <= set(statuses)
    assert {200, 201} & set(statuses)
    command = [
        str(Path(sys.executable).with_name("kuntokanta")),
        "token",
        "create",
        "--holder",
        MARK,
        "--role",
        "viewer",
    ]
    with running.log.open("a") as log:
        made = subprocess.run(
            command, cwd=ROOT, env=running.environment, stdout=subprocess.PIPE, stderr=log, check=True
        )
    lines = running.lines()
    told = running.log.read_text("utf-8")
    assert MARK not in told
    assert running.token not in told
    assert made.stdout.decode().strip() not in told
    assert not any(part in told for part in running.environment["PATH"].split(":"))  # nothing of the environment
    assert {line["event"] for line in lines} >= {"request", "token_refused", "job_queued", "job_ends", "command"}
    [queued] = [line for line in lines if line["event"] == "job_queued"]
    assert queued["route"] == "/api/v1/imports"
    assert queued["request_id"] in {line["request_id"] for line in lines if line["event"] == "request"}


def test_each_request_is_one_line_with_its_id_route_status_and_who_by_a_pseudonym(running: Running) -> None:
    status, headers, _ = running.ask("GET", "/api/v1/building?municipality=091", X_Request_Id=REQUEST_ID)
    assert (status, headers["X-Request-Id"]) == (200, REQUEST_ID)
    line = running.line_of(REQUEST_ID)
    assert (line["event"], line["method"], line["status"]) == ("request", "GET", 200)
    assert line["route"] == "/api/v1/building"
    assert line["ms"] > 0
    assert line["by"] not in ("", None, HOLDER)


def test_an_id_that_could_be_a_name_or_number_of_somebody_is_not_taken_over(running: Running) -> None:
    ids = [running.ask("GET", "/healthz", X_Request_Id=given)[1]["X-Request-Id"] for given in ("0401234567", MARK, "")]
    assert len(set(ids)) == 3
    assert all(len(each) == 32 for each in ids)


def test_metrics_count_over_all_processes_and_go_on_when_one_is_killed(running: Running) -> None:
    key = ("kuntokanta_requests_total", "GET", "/healthz", "200")
    before = running.metrics().get(key, 0)
    for _ in range(20):
        running.ask("GET", "/healthz")
    assert running.metrics()[key] == before + 20
    processes = {key for key in running.metrics() if key[0] == "kuntokanta_process_resident_bytes"}
    os.kill(_web_processes(running)[0], signal.SIGKILL)
    time.sleep(0.5)
    for _ in range(20):
        running.ask("GET", "/healthz")
    after = running.metrics()
    assert after[key] == before + 40
    assert len(processes) <= 2
    assert {key for key in after if key[0] == "kuntokanta_process_resident_bytes"} <= {*processes, *_two_places()}


def _two_places() -> set[tuple[str, ...]]:
    return {("kuntokanta_process_resident_bytes", place) for place in ("1", "2")}


def _web_processes(running: Running) -> list[int]:
    """Return the processes that answer: those whose parent listens at the address."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command, parent = (
                (folder / "cmdline").read_bytes(),
                (folder / "stat").read_text().rpartition(")")[2].split()[1],
            )
        except OSError:
            continue
        if urlsplit(running.address).netloc.encode() in command and _is_gunicorn(parent, running):
            found.append(int(folder.name))
    return found


def _is_gunicorn(pid: str, running: Running) -> bool:
    return urlsplit(running.address).netloc.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()


def test_metrics_tell_the_queue_the_workers_and_the_database(running: Running) -> None:
    told = running.metrics()
    assert told["kuntokanta_database_up",] == 1
    assert told["kuntokanta_worker_places",] == 2
    assert any(key[0] == "kuntokanta_database_connections" for key in told)
    assert any(key[0] == "kuntokanta_tables" for key in told)


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {MONITOR}"}])
def test_metrics_are_for_who_has_their_token_only(running: Running, header: dict[str, str]) -> None:
    status, _, content = running.ask("GET", "/metrics", **({"Authorization": ""} | header))
    assert status == 401
    assert b"kuntokanta_requests" not in content


def test_the_token_of_metrics_opens_nothing_else(running: Running) -> None:
    assert running.ask("GET", "/api/v1/assets", Authorization=f"Bearer {MONITOR}")[0] == 401
    assert running.ask("POST", "/metrics", Authorization=f"Bearer {MONITOR}")[0] == 405
