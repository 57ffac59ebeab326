"""The keys that an issuer signs with: found by discovery, kept, and read again when it has changed them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt
import structlog

from service.errors import IssuerUnavailable
from service.oidc.fetching import WITHIN_S, fetch_document, same_origin
from service.oidc.plain import discovery_url
from service.settings import SIGNATURES

FRESH_S = 600.0
"""For so long keys are used without asking the issuer."""
KEPT_S = 3600.0
"""For so long after they were read keys are used where the issuer does not answer; its tokens hardly last longer."""
ASKED_EVERY_S = 30.0
"""So long passes at least between two questions, however many tokens of unknown keys come."""
MOST_KEYS = 100

_PUBLIC_TYPES = ("RSA", "EC", "OKP")


@dataclass(frozen=True)
class SigningKey:
    """A public key, and the only algorithm that it is for where the issuer says so."""

    key: Any
    algorithm: str | None


class IssuerKeys:
    """The keys of one issuer, for all threads of a process."""

    def __init__(self, issuer: str, jwks_url: str | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        """Keep where keys are found; nothing is asked before the first token comes.

        Args:
            issuer: Address of the issuer, as its tokens say it.
            jwks_url: Where its keys are, if not where its discovery document says.
            clock: Seconds that only grow.
        """
        self._issuer, self._jwks_url, self._clock = issuer, jwks_url, clock
        self._lock = threading.Lock()
        self._keys: Mapping[str, SigningKey] = {}
        self._read_at = self._asked_at = float("-inf")
        self._has_failed = False

    def key(self, kid: str) -> SigningKey | None:
        """Return the key of this id, None where the issuer has none; raises `IssuerUnavailable` where it is silent."""
        fresh = self._known(kid, FRESH_S)
        if fresh is not None:
            return fresh
        kept = self._known(kid, KEPT_S)
        self._ask_again(wait_s=0 if kept is not None else 2 * WITHIN_S)
        found = self._known(kid, KEPT_S)
        if found is None and self._has_failed:
            raise IssuerUnavailable(reason="its keys could not be read a moment ago")
        return found

    def _known(self, kid: str, within_s: float) -> SigningKey | None:
        return self._keys.get(kid) if self._clock() - self._read_at < within_s else None

    def _ask_again(self, wait_s: float) -> None:
        """Read the keys anew if that is due; who has a key already does not wait for another thread that reads."""
        if not self._is_due() or not self._lock.acquire(timeout=wait_s):
            return
        try:
            if self._is_due():
                self._read()
        finally:
            self._lock.release()

    def _is_due(self) -> bool:
        return self._clock() - self._asked_at >= ASKED_EVERY_S

    def _read(self) -> None:
        try:
            keys = read_keys(self._issuer, self._jwks_url)
        except IssuerUnavailable as error:
            structlog.get_logger().warning("issuer_keys_not_read", issuer=self._issuer, reason=error.reason)
            self._has_failed = True
        else:
            self._keys, self._read_at, self._has_failed = keys, self._clock(), False
        finally:
            self._asked_at = self._clock()


def read_keys(issuer: str, jwks_url: str | None) -> dict[str, SigningKey]:
    """Return the keys that an issuer signs with, as it publishes them now; raises `IssuerUnavailable`."""
    return signing_keys(fetch_document(jwks_url or _discovered(issuer)))


def _discovered(issuer: str) -> str:
    """Return where the issuer's own document says that its keys are."""
    document = fetch_document(discovery_url(issuer))
    if document.get("issuer") != issuer:
        raise IssuerUnavailable(reason="its discovery document is another issuer's")
    url = document.get("jwks_uri")
    if not isinstance(url, str) or not same_origin(url, issuer):
        raise IssuerUnavailable(reason="its keys are on another host: name their address in KUNTOKANTA_OIDC_JWKS_URL")
    return url


def signing_keys(document: Mapping[str, Any]) -> dict[str, SigningKey]:
    """Return the public signing keys of a JSON Web Key Set (RFC 7517) by id; keys of other kinds are passed over."""
    listed = document.get("keys")
    if not isinstance(listed, list):
        raise IssuerUnavailable(reason="its key set lists no keys")
    read = (_signing_key(each) for each in listed[:MOST_KEYS])
    return dict(each for each in read if each is not None)


def _signing_key(given: Any) -> tuple[str, SigningKey] | None:
    if not isinstance(given, dict) or given.get("kty") not in _PUBLIC_TYPES or given.get("use", "sig") != "sig":
        return None
    kid = given.get("kid")
    if not isinstance(kid, str) or "d" in given or given.get("alg") not in (None, *SIGNATURES):
        return None
    try:
        return kid, SigningKey(jwt.PyJWK(given).key, given.get("alg"))
    except (jwt.PyJWTError, TypeError, ValueError):
        return None
