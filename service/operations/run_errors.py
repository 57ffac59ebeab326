"""Why a run failed, as its row keeps it: what is wrong on the first line, then each fault with its place on a line."""

from __future__ import annotations

from service.errors import Fault, KuntokantaError


def told(error: Exception) -> str:
    r"""Return an error as text.

    >>> told(KuntokantaError("A value is missing.", [Fault("/parameters/target_condition", "no value is valid")]))
    'A value is missing.\n/parameters/target_condition: no value is valid'
    """
    detail = error.detail if isinstance(error, KuntokantaError) else str(error)
    faults = error.faults if isinstance(error, KuntokantaError) else []
    return "\n".join([_line(detail), *(f"{_line(fault.pointer)}: {_line(fault.detail)}" for fault in faults)])


def understood(text: str) -> tuple[str, list[Fault]]:
    r"""Return what is wrong and the faults of an error that was kept as text.

    >>> understood("A value is missing.\n/parameters/target_condition: no value is valid")[1]
    [Fault(pointer='/parameters/target_condition', detail='no value is valid')]
    """
    detail, *lines = text.split("\n")
    parts = [line.partition(": ") for line in lines]
    return detail, [Fault(pointer, fault) for pointer, _, fault in parts]


def _line(text: str) -> str:
    return " ".join(text.split())
