"""A service of its own with a municipality full of data, its log in a file, and a token that may do everything."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asking import SoundRequests
from conftest import DISTRICT, LAID, NAMES, OWN, lay, sender
from places import Operation, operations_of
from route_requests import Route, routes
from service_processes import served

from models.access import Role
from service.app import create_app
from service.cluster.cluster import Cluster
from service.database import Database
from service.job_kinds import JOB_WORKS
from service.operations.access import create_token
from service.operations.database_logins import prepare_database
from service.operations.seeding import seed
from service.operations.worker import Worker
from service.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = {"/ogc/api?f=json": "/ogc", "/api/v1/openapi.json": ""}
_UNBOUND = {
    f"KUNTOKANTA_{name}": "0"
    for name in ("REQUESTS_PER_MINUTE", "ANONYMOUS_REQUESTS_PER_MINUTE", "REFUSED_TOKENS_PER_MINUTE")
}


@dataclass(frozen=True)
class Laid:
    """What there is to ask: addresses, that of the database for its owner, sound requests of operations, pages, log."""

    address: str
    url: str
    token: str
    operations: list[Operation]
    pages: list[Route]
    sound: SoundRequests
    log: Path


@contextmanager
def laid(folder: Path) -> Iterator[Laid]:
    """Give a running service."""
    cluster, name = Cluster(ROOT / ".local" / "test-cluster", durable=False), f"injection_{secrets.token_hex(6)}"
    cluster.start()
    cluster.create_database(name)
    database = Database(cluster.service_url(name), pool_size=4)
    try:
        prepare_database(cluster.url(name), cluster.service_url(name))
        yield from _serve(database, (cluster.url(name), cluster.service_url(name)), folder / "log")
    finally:
        database.close()
        cluster.drop_database(name)


def _serve(database: Database, urls: tuple[str, str], log: Path) -> Iterator[Laid]:
    seed(database)
    with database.writing() as session:
        session.execute(LAID, {"code": OWN, "name": NAMES[OWN]})
        session.execute(DISTRICT, {"code": OWN, "name": NAMES[OWN]})
    app = create_app(Settings(database_url="unused", log_requests=False), database)
    token = create_token(database, holder="admin", role=Role.ADMIN)
    send = sender(app.test_client(), token)
    worker = Worker(database, JOB_WORKS)
    worker.start()
    try:
        town = lay(send, OWN)
    finally:
        worker.stop()
    documents = {root: send("GET", path).json for path, root in DOCUMENTS.items()}
    operations = [each for root, document in documents.items() for each in operations_of(document, root)]
    every = routes(app)
    sound = SoundRequests(every, app.url_map.bind("localhost"), town, _features(send, documents["/ogc"]), token)
    met = {sound.of(each)[0].endpoint for each in operations}
    pages = [each for each in every if each.endpoint not in met and each.method == "GET"]
    environment = {**os.environ, **_UNBOUND, "KUNTOKANTA_DATABASE_URL": urls[1], "KUNTOKANTA_LOG_JSON": "true"}
    with log.open("w", encoding="utf-8") as file, served(environment, workers=0, log=file) as address:
        yield Laid(address, urls[0].replace("+psycopg", ""), token, operations, pages, sound, log)


def _features(send: Any, document: Mapping[str, Any]) -> dict[str, str]:
    """Return the id of the first feature of each collection that has features."""
    lists = [path for path in document["paths"] if path.endswith("/items")]
    found = {path.split("/")[2]: send("GET", f"/ogc{path}?limit=1").json["features"] for path in lists}
    return {name: features[0]["id"] for name, features in found.items() if features}
