"""Many small files sent at once to the service, each with an import of its own, taken up by two workers."""

from __future__ import annotations

import json
import os
import secrets
import sys
import time
import urllib.request
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from register import MUNICIPALITY, PROFILE, write_file
from service_processes import served
from sqlalchemy import text

from models.access import Role
from service.cluster import Cluster
from service.database import Database
from service.operations.access import create_token
from service.operations.database_logins import prepare_database
from service.operations.seeding import seed

ROOT, PROGRAMS = Path(__file__).resolve().parents[2], Path(sys.executable).parent
WORKERS, TRIES = 2, 3
ENDS_WITHIN_S = 300


def send_at_once(cluster: Cluster, folder: Path, count: int) -> dict[str, Any]:
    """Send so many files of one row at once, each twice with one Idempotency-Key; return what came of them."""
    name = f"uploads_{secrets.token_hex(6)}"
    cluster.create_database(name)
    url = cluster.service_url(name)
    prepare_database(cluster.url(name), url)
    database = Database(url, pool_size=2)
    try:
        seed(database)
        token = create_token(database, holder="sender", role=Role.ENGINEER, municipality_code=MUNICIPALITY)
        with served(_environment(url), workers=WORKERS) as address:
            begun = time.monotonic()
            with ThreadPoolExecutor(count) as senders:
                ids = list(senders.map(lambda number: _send(address, token, folder, number), range(count)))
            sent = time.monotonic() - begun
            _wait_for_end(database, count)
            seconds = {"sent in s": round(sent, 1), "done in s": round(time.monotonic() - begun, 1)}
            return {"imports": len(set(ids)), **seconds, **_outcome(database)}
    finally:
        database.close()
        cluster.drop_database(name)


def _send(address: str, token: str, folder: Path, number: int) -> str:
    path = folder / f"{number}.geojson"
    write_file(path, {number: f"Puisto {number}"})
    once, again = (_post(address, token, path, f"file {number}") for _ in range(2))
    assert once == again
    return once


def _post(address: str, token: str, path: Path, key: str) -> str:
    boundary = uuid.uuid4().hex
    fields = {"profile": PROFILE, "municipality": MUNICIPALITY}
    parts = [f'name="{name}"\r\n\r\n{value}' for name, value in fields.items()]
    parts.append(f'name="file"; filename="{path.name}"\r\n\r\n{path.read_text("utf-8")}')
    body = "".join(f"--{boundary}\r\nContent-Disposition: form-data; {part}\r\n" for part in parts)
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Idempotency-Key": key,
    }
    request = urllib.request.Request(f"{address}/api/v1/imports", f"{body}--{boundary}--\r\n".encode(), headers)
    with urllib.request.urlopen(request, timeout=ENDS_WITHIN_S) as answer:
        assert answer.status == 202
        return str(json.load(answer)["id"])


def _wait_for_end(database: Database, count: int) -> None:
    end = time.monotonic() + ENDS_WITHIN_S
    ended = text("SELECT count(*) FROM job WHERE finished_at IS NOT NULL")
    while True:
        with database.reading() as connection:
            if connection.execute(ended).scalar_one() >= count:
                return
        assert time.monotonic() < end, "the imports do not end"
        time.sleep(0.1)


def _outcome(database: Database) -> dict[str, Any]:
    with database.reading() as connection:
        states = Counter(connection.execute(text("SELECT state FROM job")).scalars().all())
        begun, workers = connection.execute(text("SELECT max(attempts), count(DISTINCT worker) FROM job")).one()
        added = connection.execute(text("SELECT added, count(*) FROM import_batch GROUP BY added")).all()
        assets, versions = (
            connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in ("asset", "asset_version")
        )
    batches = {"batches that added so many": {row[0]: row[1] for row in added}, "assets": assets, "versions": versions}
    return {"states": dict(states), "most attempts": begun, "workers": workers, **batches}


def _environment(url: str) -> dict[str, str]:
    return {**os.environ, "KUNTOKANTA_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
