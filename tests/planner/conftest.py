"""The demo municipality behind a real port, and a planner who asks it as curl does."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.serving import make_server

from models.access import Role
from service.app import create_app
from service.database import Database
from service.job_kinds import JOB_WORKS
from service.operations.access import create_token
from service.operations.worker import Worker
from service.settings import Settings

WAIT_S = 60


class Curl:
    """Sends requests to the service over a socket, with the planner's token."""

    def __init__(self, address: str, token: str) -> None:
        self.address = f"{address}/api/v1"
        self._token = token

    def __call__(self, path: str, body: bytes | None = None, content_type: str = "application/json") -> bytes:
        """Return the body of the answer; a body given makes it a POST."""
        headers = {"Authorization": f"Bearer {self._token}"} | ({"Content-Type": content_type} if body else {})
        headers |= {"Prefer": "wait=60"} if path == "imports" else {}
        url = path if path.startswith("http") else f"{self.address}/{path}"
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=WAIT_S) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as refused:
            with refused:
                refused.add_note(refused.read().decode())
            raise

    def problem(self, path: str, body: Any) -> dict[str, Any]:
        """Return the problem document with which a body is refused."""
        with pytest.raises(urllib.error.HTTPError) as refused:
            self(path, json.dumps(body).encode())
        assert refused.value.headers["Content-Type"] == "application/problem+json"
        return dict(json.loads(refused.value.__notes__[0]))

    def document(self, path: str) -> dict[str, Any]:
        """Return a JSON document."""
        return dict(json.loads(self(path)))

    def report(self, name: str, **query: Any) -> dict[str, Any]:
        """Return a report of the demo municipality."""
        return self.document(
            f"reports/{name}?" + "&".join(f"{k}={v}" for k, v in {"municipality": 999, **query}.items())
        )

    def run(self, **asked: Any) -> dict[str, Any]:
        """Start a run and return it once it has ended."""
        run = json.loads(self("runs", json.dumps({"municipality_code": "999", **asked}).encode()))
        deadline = time.monotonic() + WAIT_S
        while run["state"] in ("queued", "running"):
            assert time.monotonic() < deadline
            time.sleep(0.05)
            run = self.document(f"runs/{run['id']}")
        return dict(run)

    def send_file(self, content: bytes, name: str, profile: str) -> dict[str, Any]:
        """Import a file as `curl -F file=@… -F profile=…` does."""
        boundary = uuid.uuid4().hex
        parts = [f'Content-Disposition: form-data; name="profile"\r\n\r\n{profile}\r\n'.encode()]
        parts.append(
            f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode() + content + b"\r\n"
        )
        body = b"".join(b"--" + boundary.encode() + b"\r\n" + part for part in parts) + f"--{boundary}--\r\n".encode()
        return dict(json.loads(self("imports", body, f"multipart/form-data; boundary={boundary}")))


@pytest.fixture(scope="session")
def module_template(demo_template: str) -> str:
    return demo_template


@pytest.fixture(scope="module")
def address(module_database: Database) -> Iterator[str]:
    """Where the service with the demo municipality listens; a worker stands beside it."""
    worker = Worker(module_database, JOB_WORKS)
    worker.start()
    server = make_server("127.0.0.1", 0, create_app(Settings(database_url="unused"), module_database), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    worker.stop()


@pytest.fixture(scope="module")
def planner(module_database: Database, address: str) -> Curl:
    """The planner of the demo municipality."""
    return Curl(address, create_token(module_database, holder="planner", role=Role.PLANNER, municipality_code="999"))


@pytest.fixture(scope="module")
def engineer(module_database: Database, address: str) -> Curl:
    """Its engineer."""
    return Curl(address, create_token(module_database, holder="engineer", role=Role.ENGINEER, municipality_code="999"))
