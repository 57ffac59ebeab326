"""`make check-timing`: whether the time that a refusal takes tells anything of a token; ends 1 where it does.

By construction it cannot: of the service's own tokens, which are 256 random bits, only the SHA-256 is kept and looked
up in an index, so that what is compared with what is stored is nothing that a caller could move towards it letter by
letter. Tokens of an issuer are compared by verifying a signature over all of them before any claim is looked at.

Measured are refusals of pairs of tokens in turn, in a random order, in this process, where nothing but the service and
its database makes noise. Told is how likely one of the first kind took longer than one of the second: 0.5 where time
tells nothing. Pairs that differ in what the caller sends, such as a token that was revoked and one that never was, may
differ in time, as they hold no secret: who has that token knows that it was good.
Environment: TIMING_ROUNDS, refusals of each kind (3000).
"""

from __future__ import annotations

import hashlib
import os
import random
import secrets
import statistics
import sys
import time
from collections.abc import Mapping
from pathlib import Path

HERE, ROOT = Path(__file__).resolve().parent, Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(HERE)]

import numpy as np  # noqa: E402 — found through the line above
import structlog  # noqa: E402
from conftest import Issuer  # noqa: E402
from flask.testing import FlaskClient  # noqa: E402

from models.access import Role  # noqa: E402
from service.acting import acting_as, operator  # noqa: E402
from service.app import create_app  # noqa: E402
from service.cluster.cluster import Cluster  # noqa: E402
from service.database import Database  # noqa: E402
from service.operations.access import create_token, list_tokens, revoke_token  # noqa: E402
from service.operations.database_logins import prepare_database  # noqa: E402
from service.settings import RateSettings, Settings  # noqa: E402

ROUNDS = int(os.environ.get("TIMING_ROUNDS", "3000"))
WARM = 200
MOST = 0.05
"""By how much the likelihood may be off one half: several times what chance makes of 3000 rounds, which is 0.007."""

SECRET_PAIRS = (
    ("own: nearly a good one", "own: another"),
    ("own: a hash nearly as a good one", "own: another"),
    ("issued: signature wrong at its end", "issued: signature wrong at its start"),
    ("issued: forged and expired", "issued: forged"),
    ("issued: forged, of an administrator", "issued: forged"),
)
OTHER_PAIRS = (("own: revoked", "own: another"), ("issued: expired", "issued: forged"))


def main() -> int:
    """Measure and print; return 0 where no pair that bears a secret is told apart by time."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    cluster, name = Cluster(ROOT / ".local" / "test-cluster", durable=False), f"timing_{secrets.token_hex(6)}"
    cluster.start()
    cluster.create_database(name)
    database, issuer = Database(cluster.service_url(name), pool_size=2), Issuer()
    try:
        prepare_database(cluster.url(name), cluster.service_url(name))
        settings = Settings("unused", oidc=issuer.settings(), rates=RateSettings(0, 0, 0), log_requests=False)
        client = create_app(settings, database).test_client()
        with acting_as(operator()):
            own = _own_tokens(database)
        taken = _measured(client, {**own, **_issued_tokens(issuer)})
    finally:
        issuer.close()
        database.close()
        cluster.drop_database(name)
    told = [_tell(taken, pair, bears_secret=True) for pair in SECRET_PAIRS]
    for pair in OTHER_PAIRS:
        _tell(taken, pair, bears_secret=False)
    return int(any(told))


def _own_tokens(database: Database) -> dict[str, str]:
    good, old = (create_token(database, holder=name, role=Role.ADMIN) for name in ("good", "old"))
    revoke_token(database, list_tokens(database)[-1]["token_id"])
    wanted = hashlib.sha256(good.encode()).digest()[:2]
    tries = (secrets.token_urlsafe(32) for _ in iter(int, 1))
    return {
        "own: nearly a good one": good[:-1] + ("A" if good[-1] != "A" else "B"),
        "own: a hash nearly as a good one": next(
            each for each in tries if hashlib.sha256(each.encode()).digest()[:2] == wanted
        ),
        "own: another": secrets.token_urlsafe(32),
        "own: revoked": old,
    }


def _issued_tokens(issuer: Issuer) -> dict[str, str]:
    good, admin = issuer.token(), issuer.token(kuntokanta=["admin:*"])
    expired = issuer.token(exp=int(time.time()) - 600)
    return {
        "issued: signature wrong at its start": _altered(good, 0),
        "issued: signature wrong at its end": _altered(good, -8),
        "issued: forged": _altered(good, 100),
        "issued: forged and expired": _altered(expired, 100),
        "issued: forged, of an administrator": _altered(admin, 100),
        "issued: expired": expired,
    }


def _altered(token: str, place: int) -> str:
    """The token with one letter of its signature changed; a number of the key's size stays below the modulus."""
    head, _, signature = token.rpartition(".")
    letters = list(signature)
    letters[place] = "A" if letters[place] != "A" else "B"
    return f"{head}.{''.join(letters)}"


def _measured(client: FlaskClient, tokens: Mapping[str, str]) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {name: [] for name in tokens}
    for number in range(ROUNDS + WARM):
        for name in random.sample(list(tokens), len(tokens)):
            headers = {"Authorization": f"Bearer {tokens[name]}"}
            begun = time.perf_counter()
            answer = client.get("/api/v1/assets", headers=headers)
            seconds = time.perf_counter() - begun
            assert answer.status_code == 401
            if number >= WARM:
                taken[name].append(seconds)
    return taken


def _tell(taken: Mapping[str, list[float]], pair: tuple[str, str], *, bears_secret: bool) -> bool:
    """Print how far two kinds are told apart by time; return whether they are and must not be."""
    first, second = (taken[name] for name in pair)
    likelihood = _likelihood(first, second)
    is_told = bears_secret and abs(likelihood - 0.5) > MOST
    medians = " and ".join(f"{statistics.median(each) * 1e6:.0f}" for each in (first, second))
    verdict = "TOLD APART" if is_told else "not told apart" if bears_secret else "no secret"
    print(f"{pair[0]:38} against {pair[1]:38} {medians:>14} µs, longer in {likelihood:.3f}: {verdict}", flush=True)
    return is_told


def _likelihood(first: list[float], second: list[float]) -> float:
    """Return how likely one of the first is longer than one of the second (Mann and Whitney)."""
    ranks = np.argsort(np.argsort([*first, *second])) + 1
    above = ranks[: len(first)].sum() - len(first) * (len(first) + 1) / 2
    return float(above / (len(first) * len(second)))


if __name__ == "__main__":
    sys.exit(main())
