"""How OpenAPI documents tell that access tokens of an issuer are taken beside the service's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from service.oidc.plain import discovery_url

if TYPE_CHECKING:
    from service.settings import OidcSettings

SCHEME = "oidc"


def security_schemes(trusted: OidcSettings | None) -> dict[str, Any]:
    """Return the schemes by name: the service's own tokens, and those of an issuer where one is trusted."""
    own = {"type": "http", "scheme": "bearer", "description": "A token of `kuntokanta token`"}
    if trusted is None:
        return {"token": own}
    told = (
        f"An access token (JWT) of {trusted.issuer} for {' or '.join(trusted.audiences)}, sent as a bearer token. Its "
        f"claim `{trusted.grants_claim}` lists grants: {{'role': 'engineer', 'municipality': '091'}} or `engineer:091`,"
        f" `*` for all municipalities"
    )
    issued = {"type": "openIdConnect", "openIdConnectUrl": discovery_url(trusted.issuer), "description": told}
    return {"token": own, SCHEME: issued}


def with_issuer(security: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return a list of securities in which a token of the issuer does where one of the service's own does."""
    return [*security, {SCHEME: []}] if {"token": []} in security else list(security)


def told_in(document: Mapping[str, Any], trusted: OidcSettings) -> dict[str, Any]:
    """Return an OpenAPI document in which what the service's own tokens may do, those of an issuer may too."""
    paths = {path: {name: _told_at(each) for name, each in item.items()} for path, item in document["paths"].items()}
    components = {**document["components"], "securitySchemes": security_schemes(trusted)}
    return {**document, "security": with_issuer(document["security"]), "paths": paths, "components": components}


def _told_at(operation: Any) -> Any:
    """An operation with its own security widened; what else stands beside operations is left as it is."""
    if not isinstance(operation, dict) or "security" not in operation:
        return operation
    return {**operation, "security": with_issuer(operation["security"])}
