"""A real issuer on this machine: discovery and keys over HTTP, and tokens signed with them."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from service.settings import OidcSettings

AUDIENCE = "kuntokanta-api"
DISCOVERY, KEYS = "/realm/.well-known/openid-configuration", "/realm/keys"

_RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Issuer:
    """Signs tokens and publishes its keys; `answers` overrides what it says at a path, `asked` lists what it was."""

    def __init__(self) -> None:
        self.keys: dict[str, Any] = {
            "rsa": _RSA,
            "ec": ec.generate_private_key(ec.SECP256R1()),
        }
        self.asked: list[str] = []
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.piece, self.pause_s = 1_000_000, 0.0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}/realm"
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        """Answer nobody any more."""
        self._server.shutdown()
        self._server.server_close()

    def settings(self, **others: Any) -> OidcSettings:
        """Return the settings of a service that trusts this issuer."""
        return OidcSettings(issuer=self.url, audiences=(AUDIENCE,), **others)

    def claims(self, **others: Any) -> dict[str, Any]:
        """Return what a good token says, with other claims; None leaves one out."""
        now = int(time.time())
        good = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "maija",
            "iat": now,
            "exp": now + 300,
            "name": "Maija Meikäläinen",
        }
        return {name: value for name, value in (good | others).items() if value is not None}

    def token(self, kid: str = "rsa", *, key: Any = None, algorithm: str | None = None, **claims: Any) -> str:
        """Return a token signed with a key of this issuer or another one."""
        algorithm = algorithm or ("ES256" if kid == "ec" else "RS256")
        return jwt.encode(self.claims(**claims), key or self.keys[kid], algorithm, headers={"kid": kid})

    def key_set(self) -> dict[str, Any]:
        """Return the JSON Web Key Set of the public keys."""
        return {"keys": [_public(kid, key) for kid, key in self.keys.items()]}

    def _said(self, path: str) -> tuple[int, bytes]:
        self.asked.append(path)
        documents = {DISCOVERY: {"issuer": self.url, "jwks_uri": f"{self.url}/keys"}, KEYS: self.key_set()}
        return self.answers.get(path) or (200, json.dumps(documents[path]).encode())

    def given(self, path: str, form: dict[str, str], authorization: str | None) -> tuple[int, Any]:
        """Return what is answered to a form; an issuer of tokens alone takes none."""
        return 404, {"path": path}

    def _handler(issuer) -> type[BaseHTTPRequestHandler]:  # noqa: N805 — the handler has a `self` of its own
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, content = issuer._said(self.path)
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", content.decode())
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                for start in range(0, len(content), issuer.piece):
                    self.wfile.write(content[start : start + issuer.piece])
                    time.sleep(issuer.pause_s)

            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                asked = {name: values[0] for name, values in form.items()}
                status, document = issuer.given(self.path, asked, self.headers.get("Authorization"))
                content = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


class IssuerOfPeople(Issuer):
    """Asks who somebody is, gives a code for that, and tokens for the code: once, and to who proves to have asked."""

    client, secret = "kuntokanta-pages", "s3cr:t"

    def __init__(self) -> None:
        self.codes: dict[str, dict[str, str]] = {}
        self.identity: dict[str, Any] = {}
        self.access: dict[str, Any] = {"kuntokanta": ["engineer:901"]}
        self.takes_forms = False
        super().__init__()
        document = {"issuer": self.url, "jwks_uri": f"{self.url}/keys"}
        document |= {f"{name}_endpoint": f"{self.url}/{name}" for name in ("authorization", "token")}
        self.document = document
        self.describe()

    def describe(self, **others: Any) -> None:
        """Have the issuer describe itself otherwise."""
        self.answers[DISCOVERY] = (200, json.dumps(self.document | others).encode())

    def sign_in(self, address: str, **others: str) -> dict[str, str]:
        """Return what the issuer has a browser bring back that came to an address and said who it is."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(self.document["authorization_endpoint"])
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"], "iss": self.url, **others}

    def given(self, path: str, form: dict[str, str], authorization: str | None) -> tuple[int, Any]:
        """Return tokens for a code."""
        asked = self.codes.pop(form["code"], None)
        proof = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).rstrip(b"=").decode()
        known = f"Basic {base64.b64encode(f'{self.client}:{self.secret}'.encode()).decode()}"
        if self.takes_forms:
            authorization = (
                known if (form.get("client_id"), form.get("client_secret")) == (self.client, self.secret) else None
            )
        if path != "/realm/token" or authorization != known:
            return 401, {"error": "invalid_client"}
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != form["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        told = {"aud": self.client, "nonce": asked["nonce"], **self.identity}
        tokens = {"access_token": self.token(**self.access), "id_token": self.token(**told)}
        return 200, {"token_type": "Bearer", "expires_in": 300, **tokens}


def _public(kid: str, key: Any) -> dict[str, Any]:
    algorithm = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
    return {**algorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig"}


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """An issuer of its own."""
    issuer = Issuer()
    yield issuer
    issuer.close()


@pytest.fixture(scope="module")
def shared_issuer() -> Iterator[Issuer]:
    """An issuer for the tests of a file, which leave its keys and answers alone."""
    issuer = Issuer()
    yield issuer
    issuer.close()


@pytest.fixture(scope="module")
def at_work() -> Iterator[IssuerOfPeople]:
    """An issuer for the sign-ins of a file."""
    issuer = IssuerOfPeople()
    yield issuer
    issuer.close()
