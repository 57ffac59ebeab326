"""Factors between the units of files and those of the register."""

from __future__ import annotations

# International foot 0.3048 m exactly (1959 agreement); areas are its square. Name in a file: (factor, unit of ours).
UNIT_FACTORS: dict[str, dict[str, float]] = {
    "ft": {"m": 0.3048},
    "ft2": {"m2": 0.3048**2},
    "kft2": {"m2": 1000 * 0.3048**2},
    "in": {"mm": 25.4},
    "mm": {"m": 0.001},
    "cm": {"m": 0.01, "mm": 10.0},
    "m": {"mm": 1000.0, "m": 1.0},
    "km": {"m": 1000.0},
    "m2": {"m2": 1.0},
    "ha": {"m2": 10_000.0},
    "km2": {"m2": 1_000_000.0},
    "percent": {"share": 0.01, "1": 0.01},
    "keur": {"EUR": 1000.0, "€": 1000.0},
}


def unit_factor(unit: str, register_unit: str | None) -> float | None:
    """Return what to multiply with, or None where the one unit cannot become the other."""
    return UNIT_FACTORS.get(unit, {}).get(register_unit or "")
