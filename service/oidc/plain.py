"""What can be said of an issuer and of tokens without cryptography, which only those load who trust an issuer."""

from __future__ import annotations


def discovery_url(issuer: str) -> str:
    """Return where an issuer describes itself (OpenID Connect Discovery 1.0, 4)."""
    return f"{issuer.rstrip('/')}/.well-known/openid-configuration"


def looks_signed(token: str) -> bool:
    """Whether a token has the three parts of a JWT; the service's own tokens have no point."""
    return token.count(".") == 2
