"""Faults of a request, gathered until all are known, then answered together as one 400."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from gis.errors import GisError
from service.errors import Fault, MalformedRequest

if TYPE_CHECKING:
    from collections.abc import Iterator


class FaultList:
    """The faults that were found in the query parameters of a request."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, parameter: str, detail: str) -> None:
        """Note a fault of a parameter."""
        self._faults.append(Fault(parameter, detail))

    @contextmanager
    def of(self, parameter: str) -> Iterator[None]:
        """Note what is wrong when a parameter is read within: geography that cannot be read, or a plain ValueError."""
        try:
            yield
        except GisError as error:
            for fault in error.faults:
                self.add(parameter, fault.detail)
        except ValueError as error:
            self.add(parameter, str(error))

    def raise_if_any(self) -> None:
        """Raise `MalformedRequest` with all faults, if there are any."""
        if self._faults:
            names = ", ".join(dict.fromkeys(fault.pointer for fault in self._faults))
            raise MalformedRequest(f"These query parameters cannot be read: {names[:500]}", self._faults)
