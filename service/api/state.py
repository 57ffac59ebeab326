"""What a request needs of the application: its database, its settings and what checks tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import Flask, current_app

if TYPE_CHECKING:
    from service.database import Database
    from service.oidc.verification import TokenVerifier
    from service.settings import Settings

DATABASE, SETTINGS, VERIFIER = "database", "settings", "token verifier"


def keep_state(app: Flask, database: Database, settings: Settings) -> None:
    """Put the database, the settings and what checks tokens of the issuer on the application."""
    app.extensions[DATABASE] = database
    app.extensions[SETTINGS] = settings
    app.extensions[VERIFIER] = _verifier(settings)


def _verifier(settings: Settings) -> TokenVerifier | None:
    if settings.oidc is None:
        return None
    from service.oidc.verification import TokenVerifier  # noqa: PLC0415 -- cryptography takes 10 MB

    return TokenVerifier(settings.oidc)


def database() -> Database:
    """Return the database of the application that answers."""
    return cast("Database", current_app.extensions[DATABASE])


def settings_of(app: Flask) -> Settings:
    """Return the settings of an application that is being put together."""
    return cast("Settings", app.extensions[SETTINGS])


def settings() -> Settings:
    """Return the settings of the application that answers."""
    return cast("Settings", current_app.extensions[SETTINGS])


def token_verifier() -> TokenVerifier | None:
    """Return what checks tokens of the issuer that the application trusts, None where it trusts none."""
    return cast("TokenVerifier | None", current_app.extensions[VERIFIER])
