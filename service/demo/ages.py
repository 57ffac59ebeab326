"""Built and renewed years as a register has them: waves of building, some unknown, some things renewed."""

import numpy as np

from service.demo.rows import REFERENCE_YEAR, FloatArray, IntArray, Objects, unknown_where

EARLIEST_YEAR = 1895


def built_years(rng: np.random.Generator, era: IntArray, spread: float = 6.0) -> IntArray:
    """Return true years of completion around the era in which each thing's surroundings were built."""
    years = np.rint(era + rng.gamma(2.0, spread / 2, len(era)) - spread / 2)
    return np.clip(years, EARLIEST_YEAR, REFERENCE_YEAR).astype(np.int64)


def renewed_years(rng: np.random.Generator, built: IntArray, share: float, life_years: float) -> Objects:
    """Return the year of the last renewal, None for none: a share is renewed each time it has lived its life."""
    cycle = life_years * rng.uniform(0.7, 1.15, len(built))
    times = np.floor((REFERENCE_YEAR - built) / cycle)
    renewed = (times >= 1) & (rng.random(len(built)) < share)
    return unknown_where(~renewed, np.floor(built + times * cycle).astype(np.int64))


def recorded_years(rng: np.random.Generator, built: IntArray, unknown_share: float) -> Objects:
    """Return the years as the register knows them: the older, the oftener unknown."""
    age = REFERENCE_YEAR - built
    hidden = rng.random(len(built)) < unknown_share * np.clip(age / 35, 0.2, 2.0)
    return unknown_where(hidden, built)


def true_condition(rng: np.random.Generator, built: IntArray, renewed: Objects, life_years: float) -> FloatArray:
    """Return the condition that an inspector would find, 0…1: by age along the quadratic curve, with scatter."""
    origin = np.array([year if renewal is None else renewal for year, renewal in zip(built, renewed, strict=True)])
    used = np.clip((REFERENCE_YEAR - origin) / (1.25 * life_years), 0, 1)
    return np.clip(1 - 0.9 * used**2 + rng.normal(0, 0.07, len(built)), 0.05, 1.0)
