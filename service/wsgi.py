"""The application that a WSGI server serves, with the settings of its environment."""

from __future__ import annotations

from service.app import create_app
from service.logs import configure_logs
from service.logs.pseudonyms import use_key
from service.settings import settings_from_environment

_settings = settings_from_environment()
configure_logs(as_json=_settings.log_json)
use_key(_settings.log_key)
app = create_app(_settings)
