"""Euros to whole cents and back.

Amounts are computed as ``float64`` euros and become ``int64`` cents once, at the end, rounded half to even. Sums are
made of cents and are therefore exact. An unknown amount never turns into a number silently.
"""

import numpy as np

from service.engine.arrays import BoolArray, CentsArray, FloatArray
from service.engine.errors import EngineError

_MOST_EUROS = 9.0e13
"""The largest amount of which ``float64`` still knows the cents."""


class UnknownAmountError(EngineError):
    """An amount that must be known is not a number, or is too large for whole cents."""


def cents(euros: FloatArray, what: str = "amount") -> CentsArray:
    """Return whole cents, rounded half to even.

    Raises:
        UnknownAmountError: An amount is ``nan``, infinite or beyond 9·10¹³ euros; ``what`` names it.

    >>> cents(np.array([150000.00000000003, 0.125, 0.375]))
    array([15000000,       12,       38])
    """
    faulty = ~(np.abs(euros) <= _MOST_EUROS)
    if faulty.any():
        raise UnknownAmountError(f"{what}: {int(faulty.sum())} of {faulty.size} amounts are unknown or out of range.")
    return np.rint(euros * 100.0).astype(np.int64)


def cents_where_known(euros: FloatArray, what: str = "amount") -> tuple[CentsArray, BoolArray]:
    """Return whole cents, 0 where the amount is ``nan``, and the mask of the known amounts.

    >>> cents_where_known(np.array([1.0, np.nan]))
    (array([100,   0]), array([ True, False]))
    """
    known = ~np.isnan(euros)
    return cents(np.where(known, euros, 0.0), what), known


def euros(amounts: CentsArray) -> FloatArray:
    """Return cents as euros.

    >>> euros(np.array([15000000]))
    array([150000.])
    """
    return amounts / 100.0


def round_half_up(amounts: FloatArray, decimals: int = 0) -> FloatArray:
    """Return amounts rounded with halves going up, as many published tables do; for reading, never for storing.

    >>> round_half_up(np.array([12639.5, 20803.5]))
    array([12640., 20804.])
    """
    scale = 10.0**decimals
    return np.floor(np.round(amounts * scale, 6) + 0.5) / scale
