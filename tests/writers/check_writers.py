"""Two municipalities, fifty clients each, all writing at once; ends 1 where anything is lost, doubled or seen abroad.

Lines break, and processes of the service are killed meanwhile. `make check-writers` lets them write for a minute and
prints what came of it; `check_writers.py --short` a few seconds with fewer, for the tests.
"""

from __future__ import annotations

import os
import random
import secrets
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE, ROOT = Path(__file__).resolve().parent, Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(HERE), str(HERE.parent)]

from killing import kill_now_and_then  # noqa: E402 — found through the line above
from outcome import count_kept_answers, faults  # noqa: E402
from sending import Sender, Tally  # noqa: E402
from service_processes import served  # noqa: E402
from sqlalchemy import text  # noqa: E402
from writing import Ledger, Town, Writer, holder_of  # noqa: E402

from models.access import Role  # noqa: E402
from service.acting import acting_as, operator  # noqa: E402
from service.cluster import Cluster  # noqa: E402
from service.database import Database  # noqa: E402
from service.operations.access import create_token  # noqa: E402
from service.operations.database_logins import prepare_database  # noqa: E402
from service.operations.seeding import seed  # noqa: E402

CODES = ("901", "902")
PROCESSES, BEGIN_WITH, SHOWN = 2, 1000, 10
GOOD = "all that was answered as done is there once and in the audit, and nothing else"
_LAID = text(
    "INSERT INTO municipality (municipality_code, name_fi, name_sv, is_fictitious) VALUES (:code, :name, :name, true)"
)


@dataclass(frozen=True)
class Size:
    """How many clients of a municipality write for how long at how many assets, and how often a process is killed."""

    clients: int
    seconds: float
    assets: int
    kills: int


SHORT, LONG = Size(clients=8, seconds=4.0, assets=2, kills=1), Size(clients=50, seconds=60.0, assets=10, kills=5)


def main(*, short: bool) -> int:
    """Return 0 where all that was answered as done is there, once, and nothing else is."""
    size = SHORT if short else LONG
    chance = random.Random(number := secrets.randbits(32))
    print(f"seed {number}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="kt-"))
    folder.chmod(0o755)
    cluster = Cluster(ROOT / ".local" / "test-cluster", durable=False) if short else Cluster(folder / "cluster")
    name = f"writers_{secrets.token_hex(6)}"
    try:
        cluster.start()
        cluster.create_database(name)
        with acting_as(operator()):
            return _try(cluster, name, size, chance)
    finally:
        if short:
            cluster.drop_database(name)
        else:
            cluster.remove()
        shutil.rmtree(folder)


def _try(cluster: Cluster, name: str, size: Size, chance: random.Random) -> int:
    url = cluster.service_url(name)
    prepare_database(cluster.url(name), url)
    database = Database(url, pool_size=2)
    try:
        seed(database)
        with database.writing() as session:
            for code in CODES:
                session.execute(_LAID, {"code": code, "name": f"Kunta {code}"})
        with served(_environment(url), workers=0) as address:
            towns = {code: _lay(database, address, code, size.assets, chance) for code in CODES}
            writers = _writers(database, address, towns, size.clients, chance)
            _write_at_once(writers, address, size, chance)
        return _told(database, towns, writers, size.seconds)
    finally:
        database.close()


def _lay(database: Database, address: str, code: str, assets: int, chance: random.Random) -> Town:
    """Lay what all clients of a municipality count on."""
    sender = Sender(address, _token(database, f"town {code}", code), chance)

    def made(method: str, path: str, body: dict[str, Any]) -> Any:
        answer = sender.write(method, f"/api/v1/{path}", body)
        assert answer.status in (200, 201), answer
        return answer.document

    building = {"municipality_code": code, "status": "in_use", "built_year": 1970, "replacement_cost_eur": BEGIN_WITH}
    houses = [made("POST", "building", {**building, "name": f"House {number}"}) for number in range(assets)]
    area = {"municipality_code": code, "service_code": "basic_education", "area_code": "all"}
    made("POST", "service-areas", {**area, "population_area_code": "all", "name_fi": "Kaikki"})
    need, budget = f"service-needs/{code}/basic_education/all/base/2030", f"budgets/{code}/2030/bridge"
    made("PUT", need, {"service_need": BEGIN_WITH})
    made("PUT", budget, {"amount_eur": BEGIN_WITH})
    sender.close()
    assert not sender.tally.wrong, sender.tally.wrong
    return Town(code, tuple(house["id"] for house in houses), f"/api/v1/{need}", f"/api/v1/{budget}")


def _writers(
    database: Database, address: str, towns: dict[str, Town], clients: int, chance: random.Random
) -> list[tuple[str, Writer]]:
    made = []
    for code, other in (CODES, CODES[::-1]):
        for number in range(clients):
            own_chance = random.Random(chance.random())
            sender = Sender(address, _token(database, holder_of(number + 1, code), code), own_chance)
            made.append((code, Writer(sender, number + 1, towns[code], towns[other], own_chance)))
    return made


def _token(database: Database, holder: str, code: str) -> str:
    return create_token(database, holder=holder, role=Role.ADMIN, municipality_code=code)


def _write_at_once(writers: list[tuple[str, Writer]], address: str, size: Size, chance: random.Random) -> None:
    end = time.monotonic() + size.seconds

    def work(writer: Writer) -> None:
        try:
            while time.monotonic() < end:
                writer.write_something()
            writer.sender.close()
        except Exception as error:  # noqa: BLE001 — told at the end, with what else went wrong
            writer.sender.tally.wrong.append(f"the client ended: {error!r}")

    threads = [threading.Thread(target=work, args=(writer,)) for _, writer in writers]
    for thread in threads:
        thread.start()
    kill_now_and_then(address, size.seconds, size.kills, chance)
    for thread in threads:
        thread.join()


def _told(database: Database, towns: dict[str, Town], writers: list[tuple[str, Writer]], seconds: float) -> int:
    tally, ledgers = Tally(), {code: Ledger() for code in towns}
    for code, writer in writers:
        tally.add(writer.sender.tally)
        ledgers[code].add(writer.ledger)
    with database.reading() as connection:
        wrong = [fault for code, town in towns.items() for fault in faults(connection, town, ledgers[code], BEGIN_WITH)]
        kept = count_kept_answers(connection)
    done = sum((_done(ledger) for ledger in ledgers.values()), Counter())
    rate = f"{done.total() / seconds:.0f}/s"
    print(f"{len(writers)} clients, {seconds:.0f} s: {done.total()} writes done ({rate}): {dict(done)}")
    print(f"answers: {dict(sorted(tally.statuses.items()))}; lines: {dict(tally.line)}; {kept} answers kept")
    wrong += tally.wrong
    for each in wrong[:SHOWN]:
        print(f"WRONG: {each}")
    print(f"{len(wrong)} things wrong" if wrong else GOOD)
    return int(bool(wrong))


def _done(ledger: Ledger) -> Counter[str]:
    of_records = sum(count for name, count in ledger.counted.items() if "/building/" in name)
    others = ledger.counted.total() - of_records
    return Counter(
        {
            "changes of assets": of_records,
            "of needs and budgets": others,
            "measures": ledger.measures.total(),
            "registered": len(ledger.registered),
            "retired": len(ledger.retired),
        }
    )


def _environment(url: str) -> dict[str, str]:
    settings = {"DATABASE_URL": url, "WORKERS": str(PROCESSES), "LOG_REQUESTS": "false"}
    return {**os.environ, **{f"KUNTOKANTA_{name}": value for name, value in settings.items()}, "PYTHONPATH": str(ROOT)}


if __name__ == "__main__":
    sys.exit(main(short="--short" in sys.argv))
