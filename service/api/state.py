"""What a request needs of the application: its database and its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import Flask, current_app

if TYPE_CHECKING:
    from service.database import Database
    from service.settings import Settings

DATABASE, SETTINGS = "database", "settings"


def keep_state(app: Flask, database: Database, settings: Settings) -> None:
    """Put the database and the settings on the application."""
    app.extensions[DATABASE] = database
    app.extensions[SETTINGS] = settings


def database() -> Database:
    """Return the database of the application that answers."""
    return cast("Database", current_app.extensions[DATABASE])


def settings_of(app: Flask) -> Settings:
    """Return the settings of an application that is being put together."""
    return cast("Settings", app.extensions[SETTINGS])


def settings() -> Settings:
    """Return the settings of the application that answers."""
    return cast("Settings", current_app.extensions[SETTINGS])
