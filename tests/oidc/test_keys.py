"""The issuer's keys: read once, read again when they change, kept when it is silent, never from elsewhere."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from service.errors import IssuerUnavailable
from service.oidc.fetching import LARGEST_DOCUMENT
from service.oidc.keys import ASKED_EVERY_S, FRESH_S, KEPT_S, MOST_KEYS, IssuerKeys, signing_keys

DISCOVERY, KEYS = "/realm/.well-known/openid-configuration", "/realm/keys"


class Clock:
    """Seconds that pass when a test says so."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(issuer: Any, clock: Clock) -> IssuerKeys:
    return IssuerKeys(issuer.url, clock=clock)


def test_keys_are_found_by_discovery_and_read_once(issuer: Any, keys: IssuerKeys, clock: Clock) -> None:
    assert issuer.asked == []
    assert keys.key("rsa") is not None
    clock.now = FRESH_S - 1
    assert keys.key("ec") is not None
    assert issuer.asked == [DISCOVERY, KEYS]


def test_many_threads_that_come_at_once_ask_once(issuer: Any, keys: IssuerKeys) -> None:
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(keys.key, ["rsa"] * 64))
    assert None not in found
    assert issuer.asked == [DISCOVERY, KEYS]


def test_a_new_key_is_taken_up_and_a_withdrawn_one_dropped(issuer: Any, keys: IssuerKeys, clock: Clock) -> None:
    assert keys.key("rsa") is not None
    issuer.keys = {"next": ec.generate_private_key(ec.SECP256R1())}
    assert keys.key("next") is None  # just asked
    clock.now = ASKED_EVERY_S
    assert keys.key("next") is not None
    assert keys.key("rsa") is None


def test_a_withdrawn_key_is_good_for_ten_minutes_at_most(issuer: Any, keys: IssuerKeys, clock: Clock) -> None:
    assert keys.key("rsa") is not None
    del issuer.keys["rsa"]
    clock.now = FRESH_S
    assert keys.key("rsa") is None


def test_a_flood_of_unknown_keys_asks_the_issuer_once_in_a_while(issuer: Any, keys: IssuerKeys, clock: Clock) -> None:
    for second in range(61):
        clock.now = float(second)
        assert keys.key(f"made up {second}") is None
    assert issuer.asked.count(KEYS) == 3


def test_a_silent_issuer_leaves_its_keys_good_for_an_hour(issuer: Any, keys: IssuerKeys, clock: Clock) -> None:
    assert keys.key("rsa") is not None
    issuer.close()
    clock.now = KEPT_S - 1
    assert keys.key("rsa") is not None
    with pytest.raises(IssuerUnavailable):
        keys.key("unknown")
    clock.now = KEPT_S
    with pytest.raises(IssuerUnavailable):
        keys.key("rsa")


def test_an_issuer_that_comes_back_is_asked_again(issuer: Any, keys: IssuerKeys, clock: Clock) -> None:
    issuer.answers[KEYS] = (500, b"")
    for _ in range(3):
        with pytest.raises(IssuerUnavailable):
            keys.key("rsa")
    assert issuer.asked.count(KEYS) == 1
    issuer.answers.clear()
    clock.now = ASKED_EVERY_S
    assert keys.key("rsa") is not None


@pytest.mark.parametrize(
    "answer",
    [
        (404, b"{}"),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b'{"keys": {}}'),
        (200, b'{"keys": "' + b"x" * LARGEST_DOCUMENT + b'"}'),
        (302, b"http://127.0.0.1:1/keys"),
        (302, b"file:///etc/passwd"),
    ],
)
def test_what_is_no_key_set_is_not_taken(issuer: Any, keys: IssuerKeys, answer: tuple[int, bytes]) -> None:
    issuer.answers[KEYS] = answer
    with pytest.raises(IssuerUnavailable) as raised:
        keys.key("rsa")
    assert "passwd" not in str(raised.value)


def test_an_issuer_that_dribbles_is_not_waited_for(
    issuer: Any, keys: IssuerKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.oidc.fetching.WITHIN_S", 0.3)
    issuer.piece, issuer.pause_s = 1, 0.02
    with pytest.raises(IssuerUnavailable):
        keys.key("rsa")
    assert issuer.asked == [DISCOVERY]


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "http://127.0.0.1/other"},
        {"jwks_uri": "http://localhost:1/keys"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": None},
        {"jwks_uri": 7},
    ],
)
def test_keys_are_read_of_the_issuer_alone(issuer: Any, keys: IssuerKeys, changed: dict[str, Any]) -> None:
    said = {"issuer": issuer.url, "jwks_uri": f"{issuer.url}/keys"} | changed
    issuer.answers[DISCOVERY] = (200, json.dumps(said).encode())
    with pytest.raises(IssuerUnavailable):
        keys.key("rsa")
    assert issuer.asked == [DISCOVERY]


def test_where_the_settings_name_the_keys_nothing_else_is_asked(issuer: Any) -> None:
    keys = IssuerKeys("https://elsewhere.example", f"{issuer.url}/keys")
    assert keys.key("rsa") is not None
    assert issuer.asked == [KEYS]


def test_only_public_signing_keys_are_taken(issuer: Any) -> None:
    (first, *_) = issuer.key_set()["keys"]
    others = [
        {"kty": "oct", "kid": "shared", "k": "c2VjcmV0"},
        {**first, "kid": "encrypts", "use": "enc"},
        {**first, "kid": "private", "d": "AQAB"},
        {**first, "kid": "of no algorithm", "alg": "none"},
        {**first, "kid": 7},
        {"kty": "RSA", "kid": "broken", "n": "!", "e": "AQAB"},
        {"kty": "EC", "kid": "off the curve", "crv": "P-256", "x": "AQAB", "y": "AQAB"},
        "no key",
        None,
    ]
    assert list(signing_keys({"keys": [*others, first]})) == ["rsa"]
    assert signing_keys({"keys": [None] * MOST_KEYS + [first]}) == {}
