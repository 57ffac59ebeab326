"""Tokens that are not good: refused alike in every interface, whatever is wrong with them; why, the log alone says."""

from __future__ import annotations

import base64
import datetime
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from structlog.testing import capture_logs

from models.access import Role
from service.app import create_app
from service.database import Database
from service.operations.access import create_token, list_tokens, revoke_token
from service.settings import RateSettings, Settings

EVERYTHING = {"kuntokanta": ["admin:*"]}
BODY = {"municipality_code": "901", "status": "planned"}
INTERFACES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a list": ("GET", "/api/v1/assets", {}),
    "a write": ("POST", "/api/v1/building", {"json": BODY}),
    "a file": ("POST", "/api/v1/imports", {"data": {"x": "y"}, "content_type": "multipart/form-data"}),
    "a feature": ("GET", "/ogc/collections/building/items/901-1", {}),
    "features": ("GET", "/ogc/collections/building/items", {}),
    "a feature to add": ("POST", "/ogc/collections/building/items", {"json": {"type": "Feature"}}),
    "a tile": ("GET", "/ogc/collections/building/tiles/WebMercatorQuad/10/296/583", {}),
    "a page": ("GET", "/map", {}),
    "the description": ("GET", "/api/v1/openapi.json", {}),
    "nothing": ("GET", "/nowhere", {}),
}


def encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def claimed(issuer: Any, **claims: Any) -> str:
    return issuer.token(**EVERYTHING, **claims)


def headed(issuer: Any, signature: Callable[[bytes], bytes], **header: Any) -> str:
    told = {"kid": "rsa", **header}
    head = f"{encoded(json.dumps(told).encode())}.{encoded(json.dumps(issuer.claims(**EVERYTHING)).encode())}"
    return f"{head}.{encoded(signature(head.encode()))}"


def by_the_public_key(issuer: Any) -> str:
    form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    secret = issuer.keys["rsa"].public_key().public_bytes(*form)
    return headed(issuer, lambda head: hmac.digest(secret, head, hashlib.sha256), alg="HS256")


def expired(issuer: Any, database: Database) -> str:
    yesterday = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    return create_token(database, holder="old", role=Role.ADMIN, expires_at=yesterday)


def revoked(issuer: Any, database: Database) -> str:
    token = create_token(database, holder="gone", role=Role.ADMIN)
    revoke_token(database, list_tokens(database)[-1]["token_id"])
    return token


def altered(issuer: Any, database: Database) -> str:
    token = create_token(database, holder="altered", role=Role.ADMIN)
    return token[:-1] + ("A" if token[-1] != "A" else "B")


TOKENS: dict[str, tuple[str, Callable[[Any, Database], str]]] = {
    "own, never given out": ("unknown", lambda _, __: "x" * 43),
    "own, but for one character": ("unknown", altered),
    "own, expired": ("expired", expired),
    "own, revoked": ("revoked", revoked),
    "forged by another key": ("forged", lambda issuer, _: claimed(issuer, key=rsa.generate_private_key(65537, 2048))),
    "forged by the public key": ("algorithm not allowed", lambda issuer, _: by_the_public_key(issuer)),
    "alg none": ("algorithm not allowed", lambda issuer, _: headed(issuer, lambda _: b"", alg="none")),
    "alg None": ("algorithm not allowed", lambda issuer, _: headed(issuer, lambda _: b"", alg="None")),
    "of a key nobody has": ("unknown key", lambda issuer, _: headed(issuer, lambda _: b"x", alg="RS256", kid="x")),
    "expired": ("expired", lambda issuer, _: claimed(issuer, exp=int(time.time()) - 60)),
    "for another audience": ("wrong audience", lambda issuer, _: claimed(issuer, aud="other")),
    "of another issuer": ("wrong issuer", lambda issuer, _: claimed(issuer, iss="https://other.example")),
    "without an end": ("claim missing", lambda issuer, _: claimed(issuer, exp=None)),
    "no token": ("malformed", lambda _, __: "a.b.c"),
}


@pytest.fixture(scope="module", params=[False, True], ids=["closed", "open reading"])
def app(request: pytest.FixtureRequest, module_database: Database, shared_issuer: Any) -> Flask:
    """The service, also with what answers plain reads in front of it."""
    settings = Settings(
        "unused", oidc=shared_issuer.settings(), open_reading=request.param, rates=RateSettings(0, 0, 0)
    )
    return create_app(settings, module_database)


@pytest.mark.parametrize("kind", TOKENS)
def test_a_token_that_is_not_good_is_refused_alike_wherever_it_is_shown_and_told_in_the_log_by_its_fault_alone(
    app: Flask, module_database: Database, shared_issuer: Any, kind: str
) -> None:
    reason, made = TOKENS[kind]
    token = made(shared_issuer, module_database)
    plain = app.test_client().get("/api/v1/assets", headers={"Authorization": "Bearer nonsense"})
    for name, (method, path, options) in INTERFACES.items():
        with capture_logs() as logged:
            answer = app.test_client().open(
                path, method=method, headers={"Authorization": f"Bearer {token}"}, **options
            )
        assert answer.status_code == 401, name
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
        assert answer.content_type == plain.content_type
        assert answer.data == plain.data, name
        assert [each["reason"] for each in logged if each["event"] == "token_refused"] == [reason], name
        assert token not in str(logged)
