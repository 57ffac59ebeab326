"""Money a year against wear and backlog, and the ratios that municipalities compare (methods.md A.1, A.12)."""

import numpy as np

from service.engine.arrays import FloatArray


def clearing_cost(backlog_eur: float, years: float) -> float:
    """Return the euros a year that clear the backlog in so many years, ``B / n``; Kunkor takes 10.

    >>> clearing_cost(375000.0, 10)
    37500.0
    """
    return backlog_eur / years


def yearly_need(annual_wear_eur: float, backlog_eur: float, years: float) -> float:
    """Return the euros a year that hold today's condition and clear the backlog in so many years, ``W + B / n``.

    >>> yearly_need(43750.0, 375000.0, 10)
    81250.0
    """
    return annual_wear_eur + clearing_cost(backlog_eur, years)


def funding_gap(need_eur: float, budget_eur: float) -> float:
    """Return the euros a year that the budget falls short of the need; below 0 where it is more than enough.

    >>> funding_gap(81250.0, 50000.0)
    31250.0
    """
    return need_eur - budget_eur


def sustainability_ratio(renewal_spending_eur: float, wear_eur: float) -> float:
    """Return renewal spending / wear (or / depreciation, for the accounting ratio); ``nan`` without wear.

    Below 1 the stock is being consumed.

    >>> sustainability_ratio(5e6, 4e6)
    1.25
    """
    return renewal_spending_eur / wear_eur if wear_eur else float("nan")


def years_to_renew(length_m: float, renewed_m_per_year: float) -> float:
    """Return the years in which a network is renewed once at this pace; ``nan`` when nothing is renewed.

    >>> years_to_renew(107000.0, 535.0)
    200.0
    """
    return length_m / renewed_m_per_year if renewed_m_per_year else float("nan")


def mean_of_known_years(spending: FloatArray) -> FloatArray:
    """Return the mean over the years (last axis) that are known; ``nan`` where none is.

    >>> mean_of_known_years(np.array([np.nan, 10400.0, 14900.0, 13850.0])).tolist()
    13050.0
    """
    known = ~np.isnan(spending)
    years = known.sum(axis=-1)
    mean: FloatArray = np.where(known, spending, 0.0).sum(axis=-1) / np.where(years > 0, years, np.nan)
    return mean
