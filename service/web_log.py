"""What gunicorn says, as lines of the service's log."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from service.logs import configure_logs
from service.logs.standard import SameLog
from service.settings import logs_as_json


class WebLog(Logger):  # type: ignore[misc]
    """gunicorn's log; sentences of the first process, which no client ever reaches, are kept whole."""

    def setup(self, cfg: Any) -> None:
        """Send all to the service's log."""
        super().setup(cfg)
        configure_logs(as_json=logs_as_json())
        self.error_log.propagate = False
        self._all = SameLog(is_trusted=True)
        self.error_log.handlers = [self._all]

    def doubt(self) -> None:
        """Keep texts out of sentences from now on: this process answers clients."""
        self._all.is_trusted = False
