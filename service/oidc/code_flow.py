"""Signing in through the issuer: authorization code with PKCE (RFC 6749, 7636, 9207; OpenID Connect Core 1.0, 3.1)."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from service.errors import IssuerUnavailable, TokenInvalid
from service.oidc.fetching import WITHIN_S, fetch_document
from service.oidc.plain import discovery_url
from service.settings import is_safe_address

if TYPE_CHECKING:
    from service.oidc.verification import TokenVerifier
    from service.settings import OidcSettings

FRESH_S = 600.0
_NEEDED = ("authorization_endpoint", "token_endpoint")


@dataclass(frozen=True)
class Begun:
    """A sign-in on its way: what only the browser that began it knows, kept in a cookie of its own.

    Attributes:
        state: Comes back with the issuer's answer.
        nonce: Stands in the token that tells who signed in.
        verifier: Proves, where the code is given for tokens, that it was asked for here.
        next: Where the sign-in leads in the end.
    """

    state: str
    nonce: str
    verifier: str
    next: str

    def written(self) -> str:
        """Return it as the value of a cookie."""
        return "~".join(astuple(self))


def begun(next_page: str) -> Begun:
    """Return a new sign-in, with secrets that nobody can guess."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return Begun(state, nonce, verifier, next_page)


def read_begun(written: str) -> Begun:
    """Return the sign-in that a cookie holds; raises `TokenInvalid` where it holds none."""
    parts = written.split("~", 3)
    if len(parts) != 4 or not all(parts[:3]):
        raise TokenInvalid(reason="no sign-in was begun")
    return Begun(*parts)


class CodeFlow:
    """The sign-in through one issuer, for all threads of a process."""

    def __init__(self, settings: OidcSettings, verifier: TokenVerifier) -> None:
        self._settings, self._verifier = settings, verifier
        self._described: Mapping[str, Any] = {}
        self._read_at = float("-inf")

    def address(self, sign_in: Begun, redirect_uri: str) -> str:
        """Return where the browser is to go, to come back to `redirect_uri`; raises `IssuerUnavailable`."""
        url, _ = self._client(redirect_uri).create_authorization_url(
            self._metadata()["authorization_endpoint"],
            state=sign_in.state,
            code_verifier=sign_in.verifier,
            nonce=sign_in.nonce,
        )
        return str(url)

    def claims(self, told: Mapping[str, str], sign_in: Begun, redirect_uri: str) -> Mapping[str, Any]:
        """Return what the access token says that the issuer gives for its answer.

        Args:
            told: The issuer's answer, as the browser brought it.
            sign_in: What that browser began.
            redirect_uri: As at the beginning.

        Raises:
            TokenInvalid: The answer is another's, or refuses, or its tokens are not good.
            IssuerUnavailable: The issuer does not answer.
        """
        self._check(told, sign_in)
        tokens = self._tokens(told["code"], sign_in, redirect_uri)
        identity = self._verifier.claims(_token(tokens, "id_token"), (str(self._settings.client_id),))
        if not _same(identity.get("nonce"), sign_in.nonce):
            raise TokenInvalid(reason="another sign-in's nonce")
        if identity.get("azp", self._settings.client_id) != self._settings.client_id:
            raise TokenInvalid(reason="another client's sign-in")
        claims = self._verifier.claims(_token(tokens, "access_token"))
        if claims["sub"] != identity["sub"]:
            raise TokenInvalid(reason="tokens of two people")
        return claims

    def _check(self, told: Mapping[str, str], sign_in: Begun) -> None:
        if not _same(told.get("state"), sign_in.state):
            raise TokenInvalid(reason="another sign-in's state")
        says_who = self._metadata().get("authorization_response_iss_parameter_supported") is True
        if told.get("iss", None if says_who else self._settings.issuer) != self._settings.issuer:
            raise TokenInvalid(reason="another issuer's answer")
        if not told.get("code"):
            raise TokenInvalid(reason="the issuer refused")

    def _tokens(self, code: str, sign_in: Begun, redirect_uri: str) -> Mapping[str, Any]:
        import requests  # noqa: PLC0415 -- only who signs in through an issuer needs it
        from authlib.integrations.base_client import OAuthError  # noqa: PLC0415

        try:
            tokens: Mapping[str, Any] = self._client(redirect_uri).fetch_token(
                self._metadata()["token_endpoint"],
                code=code,
                code_verifier=sign_in.verifier,
                grant_type="authorization_code",
                allow_redirects=False,
            )
        except OAuthError as error:
            raise TokenInvalid(reason="the issuer refused the code") from error
        except (requests.RequestException, ValueError) as error:
            raise IssuerUnavailable(reason=f"it gives no tokens: {type(error).__name__}") from error
        return tokens

    def _client(self, redirect_uri: str) -> Any:
        from authlib.integrations.requests_client import OAuth2Session  # noqa: PLC0415

        return OAuth2Session(
            self._settings.client_id,
            self._settings.client_secret,
            token_endpoint_auth_method=self._authentication(),
            scope=list(self._settings.scopes),
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            default_timeout=WITHIN_S,
        )

    def _authentication(self) -> str:
        """Return how this service shows its secret to the issuer: by the header unless only the form is taken."""
        if self._settings.client_secret is None:
            return "none"
        taken = self._metadata().get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        return "client_secret_post" if "client_secret_basic" not in taken else "client_secret_basic"

    def _metadata(self) -> Mapping[str, Any]:
        if time.monotonic() - self._read_at >= FRESH_S:
            self._described, self._read_at = _described(self._settings.issuer), time.monotonic()
        return self._described


def _described(issuer: str) -> Mapping[str, Any]:
    """Return the issuer's own description; raises `IssuerUnavailable` for one that nobody can safely sign in by."""
    document = fetch_document(discovery_url(issuer))
    if document.get("issuer") != issuer:
        raise IssuerUnavailable(reason="its discovery document is another issuer's")
    for name in _NEEDED:
        url = document.get(name)
        if not isinstance(url, str) or not is_safe_address(url) or urlsplit(url).fragment:
            raise IssuerUnavailable(reason=f"its discovery document names no safe {name}")
    return document


def _token(tokens: Mapping[str, Any], name: str) -> str:
    token = tokens.get(name)
    if not isinstance(token, str):
        raise TokenInvalid(reason=f"no {name}")
    return token


def _same(given: Any, own: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode("utf-8", "replace"), own.encode())
