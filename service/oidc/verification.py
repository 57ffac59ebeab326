"""Whether an access token is its issuer's own, meant for this service and good now (RFC 7519, RFC 8725, RFC 9068)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import jwt

from service.errors import TokenInvalid
from service.oidc.keys import IssuerKeys

if TYPE_CHECKING:
    from service.settings import OidcSettings

_REQUIRED = ["exp", "iss", "aud", "sub"]
_REASONS: Mapping[type[jwt.PyJWTError], str] = {
    jwt.ExpiredSignatureError: "expired",
    jwt.ImmatureSignatureError: "not yet valid",
    jwt.InvalidAudienceError: "wrong audience",
    jwt.InvalidIssuerError: "wrong issuer",
    jwt.InvalidSignatureError: "forged",
    jwt.InvalidAlgorithmError: "algorithm not allowed",
    jwt.InvalidKeyError: "key not fit for its algorithm",
    jwt.MissingRequiredClaimError: "claim missing",
}


class TokenVerifier:
    """Checks the tokens of the issuer that the settings name."""

    def __init__(self, settings: OidcSettings, keys: IssuerKeys | None = None) -> None:
        self._settings = settings
        self._keys = keys or IssuerKeys(settings.issuer, settings.jwks_url)

    def claims(self, token: str, audiences: Sequence[str] | None = None) -> Mapping[str, Any]:
        """Return what a token says of its holder.

        Args:
            token: An access token, or another that the issuer signs.
            audiences: Of which it has to name one; by default those of access tokens for this service.

        Raises:
            TokenInvalid: It is not good; its `reason` says why, for the log alone.
            IssuerUnavailable: The key that it needs cannot be had.
        """
        try:
            return self._checked(token, audiences or self._settings.audiences)
        except jwt.PyJWTError as error:
            raise TokenInvalid(reason=_REASONS.get(type(error), "malformed")) from error
        except (ValueError, TypeError, ArithmeticError, RecursionError) as error:  # of what a forger wrote
            raise TokenInvalid(reason="malformed") from error

    def _checked(self, token: str, audiences: Sequence[str]) -> Mapping[str, Any]:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in self._settings.algorithms:
            raise TokenInvalid(reason="algorithm not allowed")
        kid = header.get("kid")
        key = self._keys.key(kid) if isinstance(kid, str) else None
        if key is None:
            raise TokenInvalid(reason="unknown key")
        claims: Mapping[str, Any] = jwt.decode(
            token,
            key.key,
            algorithms=[each for each in self._settings.algorithms if key.algorithm in (None, each)],
            audience=audiences,
            issuer=self._settings.issuer,
            leeway=self._settings.leeway_s,
            options={"require": _REQUIRED, "enforce_minimum_key_length": True},
        )
        return claims
