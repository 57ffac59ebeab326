"""Settings of the issuer: what would let others in is refused before the service starts."""

from __future__ import annotations

from typing import Any

import pytest
from environs import EnvError

from service.settings import OidcSettings, settings_from_environment

GOOD = {"ISSUER": "https://login.example.fi/realms/kunta", "AUDIENCE": "kuntokanta-api"}


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Any:
    def read(**given: str) -> OidcSettings | None:
        monkeypatch.setenv("KUNTOKANTA_DATABASE_URL", "unused")
        for name, value in given.items():
            monkeypatch.setenv(f"KUNTOKANTA_OIDC_{name}", value)
        return settings_from_environment().oidc

    return read


def test_without_an_issuer_none_is_trusted(read: Any) -> None:
    assert read() is None
    assert read(ISSUER="", AUDIENCE="kuntokanta-api") is None


def test_issuer_and_audience_are_enough(read: Any) -> None:
    trusted = read(**GOOD)
    assert (trusted.issuer, trusted.audiences) == (GOOD["ISSUER"], ("kuntokanta-api",))
    assert trusted.algorithms == ("RS256", "ES256")


def test_all_that_can_be_set_is_read(read: Any) -> None:
    groups = "Tekla 091=engineer:091,5a1c-77=viewer:*"
    others = {"ALGORITHMS": "PS256,EdDSA", "LEEWAY_S": "5", "JWKS_URL": "https://keys.example.fi/jwks"}
    claims = {"GRANTS_CLAIM": "realm_access.roles", "GROUPS_CLAIM": "memberOf", "NAME_CLAIM": "displayName"}
    assert read(**GOOD | others | claims, GROUP_GRANTS=groups) == OidcSettings(
        issuer=GOOD["ISSUER"],
        audiences=("kuntokanta-api",),
        algorithms=("PS256", "EdDSA"),
        leeway_s=5,
        jwks_url="https://keys.example.fi/jwks",
        grants_claim="realm_access.roles",
        groups_claim="memberOf",
        group_grants={"Tekla 091": "engineer:091", "5a1c-77": "viewer:*"},
        name_claim="displayName",
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ISSUER", "http://login.example.fi"),
        ("ISSUER", "file:///etc/passwd"),
        ("ISSUER", "https://"),
        ("ISSUER", "https://user:secret@login.example.fi"),
        ("ISSUER", "https://login.example.fi/?tenant=1"),
        ("ISSUER", "https://[login"),
        ("AUDIENCE", ""),
        ("ALGORITHMS", "RS256,HS256"),
        ("ALGORITHMS", "none"),
        ("ALGORITHMS", ""),
        ("LEEWAY_S", "3600"),
        ("LEEWAY_S", "-1"),
        ("JWKS_URL", "ftp://login.example.fi/keys"),
        ("GROUP_GRANTS", "boss=admin"),
        ("GROUP_GRANTS", "boss=director:091"),
        ("GROUP_GRANTS", "boss=admin:91"),
    ],
)
def test_what_is_unsafe_or_unclear_is_refused_by_its_name(read: Any, name: str, value: str) -> None:
    with pytest.raises(EnvError, match=f"KUNTOKANTA_OIDC_{name}"):
        read(**GOOD | {name: value})
