"""What is no good token of the issuer for this service is refused, for a reason that only the log tells."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st
from jwt.algorithms import RSAAlgorithm

from service.errors import IssuerUnavailable, TokenInvalid
from service.oidc.keys import IssuerKeys
from service.oidc.plain import looks_signed
from service.oidc.verification import TokenVerifier

Made = Callable[[Any], str]


def now() -> int:
    """The time of the test, which may be minutes after that of its collection."""
    return int(time.time())


def encoded(part: Any) -> str:
    content = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def unsigned(issuer: Any, **header: Any) -> str:
    return f"{encoded({'alg': 'none', 'kid': 'rsa'} | header)}.{encoded(issuer.claims())}."


def signed_by_the_public_key(issuer: Any) -> str:
    """What a service takes that lets the token choose HS256: the public key serves as the shared secret."""
    form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    secret = issuer.keys["rsa"].public_key().public_bytes(*form)
    head = f"{encoded({'alg': 'HS256', 'kid': 'rsa'})}.{encoded(issuer.claims())}"
    return f"{head}.{encoded(hmac.digest(secret, head.encode(), hashlib.sha256))}"


def with_other_claims(issuer: Any) -> str:
    head, _, signature = issuer.token().split(".")
    return f"{head}.{encoded(issuer.claims(sub='root'))}.{signature}"


def with_a_key_of_its_own(issuer: Any) -> str:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    named = {"kid": "rsa", "jku": f"{issuer.url}/other", "x5u": issuer.url}
    jwk = RSAAlgorithm.to_jwk(other.public_key(), as_dict=True)
    return jwt.encode(issuer.claims(), other, "RS256", headers={**named, "jwk": jwk})


REFUSED: dict[str, tuple[str, Made]] = {
    "by another key": ("forged", lambda issuer: issuer.token(key=rsa.generate_private_key(65537, 2048))),
    "by a key in its head": ("forged", with_a_key_of_its_own),
    "with other claims": ("forged", with_other_claims),
    "without its signature": ("forged", lambda issuer: issuer.token().rpartition(".")[0] + "."),
    "alg none": ("algorithm not allowed", unsigned),
    "alg nOnE": ("algorithm not allowed", lambda issuer: unsigned(issuer, alg="nOnE")),
    "alg a list": ("algorithm not allowed", lambda issuer: unsigned(issuer, alg=["RS256"])),
    "HS256 by the public key": ("algorithm not allowed", signed_by_the_public_key),
    "of an algorithm not allowed": ("algorithm not allowed", lambda issuer: issuer.token(algorithm="PS256")),
    "of a key of another algorithm": ("malformed", lambda issuer: unsigned(issuer, alg="ES256")),
    "of an unknown key": ("unknown key", lambda issuer: unsigned(issuer, alg="RS256", kid="other")),
    "of no key": ("unknown key", lambda issuer: f"{encoded({'alg': 'RS256'})}.{encoded(issuer.claims())}.AAAA"),
    "expired": ("expired", lambda issuer: issuer.token(exp=now() - 60)),
    "not yet valid": ("not yet valid", lambda issuer: issuer.token(nbf=now() + 600)),
    "of the future": ("not yet valid", lambda issuer: issuer.token(iat=now() + 600)),
    "for another audience": ("wrong audience", lambda issuer: issuer.token(aud=["account", "other-api"])),
    "of another issuer": ("wrong issuer", lambda issuer: issuer.token(iss=issuer.url + "/")),
    "for ever": ("claim missing", lambda issuer: issuer.token(exp=None)),
    "for everyone": ("claim missing", lambda issuer: issuer.token(aud=None)),
    "of nobody": ("claim missing", lambda issuer: issuer.token(sub=None)),
    "of no issuer": ("claim missing", lambda issuer: issuer.token(iss=None)),
    "with an endless time": ("malformed", lambda issuer: issuer.token(exp=float("inf"))),
    "with a time in words": ("malformed", lambda issuer: issuer.token(nbf="soon")),
    "with a critical extension": ("malformed", lambda issuer: unsigned(issuer, alg="RS256", crit=["x"], x=1)),
    "of parts alone": ("malformed", lambda _: ".."),
    "of no JSON": ("malformed", lambda _: f"{encoded(b'{')}.{encoded(b'{')}.AAAA"),
    "of deep JSON": ("malformed", lambda _: f"{encoded(b'[' * 5000)}.e30.AAAA"),
    "of no ASCII": ("malformed", lambda _: "ä.ö.å"),
}


@pytest.fixture(scope="module")
def verifier(shared_issuer: Any) -> TokenVerifier:
    return TokenVerifier(shared_issuer.settings())


@pytest.mark.parametrize("kid", ["rsa", "ec"])
def test_a_good_token_gives_its_claims(shared_issuer: Any, verifier: TokenVerifier, kid: str) -> None:
    token = shared_issuer.token(kid, aud=["account", "kuntokanta-api"])
    assert looks_signed(token)
    assert verifier.claims(token)["sub"] == "maija"


@pytest.mark.parametrize(("reason", "made"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_good_is_refused(shared_issuer: Any, verifier: TokenVerifier, reason: str, made: Made) -> None:
    token = made(shared_issuer)
    assert looks_signed(token)
    with pytest.raises(TokenInvalid) as raised:
        verifier.claims(token)
    assert raised.value.reason == reason
    assert raised.value.detail == TokenInvalid().detail


def test_a_clock_may_differ_by_as_much_as_is_set(shared_issuer: Any) -> None:
    lenient = TokenVerifier(shared_issuer.settings(leeway_s=120))
    assert lenient.claims(shared_issuer.token(exp=now() - 60))["sub"] == "maija"


def test_other_algorithms_are_good_where_they_are_allowed(shared_issuer: Any) -> None:
    strict = TokenVerifier(shared_issuer.settings(algorithms=("PS256",)))
    assert strict.claims(shared_issuer.token(algorithm="PS256"))["sub"] == "maija"
    with pytest.raises(TokenInvalid):
        strict.claims(shared_issuer.token())


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_keys_too_short_to_be_safe_are_not_relied_on(issuer: Any) -> None:
    issuer.keys = {"rsa": rsa.generate_private_key(public_exponent=65537, key_size=1024)}
    with pytest.raises(TokenInvalid) as raised:
        TokenVerifier(issuer.settings()).claims(issuer.token())
    assert raised.value.reason == "key not fit for its algorithm"


def test_without_the_issuer_nothing_is_said_of_a_token(issuer: Any) -> None:
    token = issuer.token()
    issuer.close()
    with pytest.raises(IssuerUnavailable):
        TokenVerifier(issuer.settings(), IssuerKeys(issuer.url)).claims(token)


HEADERS = st.dictionaries(
    st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jwk"]), st.just("RS256") | st.none() | st.text()
)
PARTS = st.builds(encoded, HEADERS | st.binary(max_size=40) | st.recursive(st.integers() | st.text(), st.lists))


@given(st.tuples(PARTS, PARTS, PARTS | st.text(max_size=20)).map(".".join))
def test_whatever_is_sent_is_refused_and_breaks_nothing(verifier: TokenVerifier, token: str) -> None:
    with pytest.raises(TokenInvalid):
        verifier.claims(token)
