"""Factors between the units of files and those of the register."""

from __future__ import annotations

# International foot 0.3048 m, inch 25.4 mm, yard 0.9144 m, mile 1609.344 m exactly (1959 agreement); areas are their
# squares. Name in a file: (unit of ours: factor). k-m2 is permitted floor area (kerrosala), brm2 gross floor area
# (bruttoala), htm2 and hum2 usable floor area: all are square metres, of different extent.
UNIT_FACTORS: dict[str, dict[str, float]] = {
    "ft": {"m": 0.3048, "mm": 304.8},
    "ft2": {"m2": 0.3048**2},
    "kft2": {"m2": 1000 * 0.3048**2},
    "ft3": {"m3": 0.3048**3},
    "in": {"mm": 25.4, "m": 0.0254},
    "yd": {"m": 0.9144},
    "mi": {"m": 1609.344},
    "acre": {"m2": 4046.8564224},
    "mm": {"m": 0.001, "mm": 1.0},
    "cm": {"m": 0.01, "mm": 10.0},
    "dm": {"m": 0.1, "mm": 100.0},
    "m": {"mm": 1000.0, "m": 1.0},
    "km": {"m": 1000.0},
    "m2": {"m2": 1.0},
    "k-m2": {"m2": 1.0},
    "brm2": {"m2": 1.0},
    "htm2": {"m2": 1.0},
    "hum2": {"m2": 1.0},
    "are": {"m2": 100.0},
    "ha": {"m2": 10_000.0},
    "km2": {"m2": 1_000_000.0},
    "m3": {"m3": 1.0},
    "l": {"m3": 0.001},
    "percent": {"share": 0.01, "1": 0.01},
    "EUR": {"EUR": 1.0},
    "keur": {"EUR": 1000.0, "€": 1000.0},
    "meur": {"EUR": 1_000_000.0, "€": 1_000_000.0},
    "kg": {"t": 0.001},
    "t": {"t": 1.0},
    "kN": {"t": 1 / 9.80665},
    "W": {"W": 1.0, "kW": 0.001},
    "kW": {"kW": 1.0, "W": 1000.0},
    "MW": {"kW": 1000.0},
    "l/s": {"l/min": 60.0, "m3/h": 3.6},
    "l/min": {"l/min": 1.0, "m3/h": 0.06},
    "m3/h": {"m3/h": 1.0, "l/min": 1000 / 60},
    "m3/d": {"m3/h": 1 / 24},
    "Mbit/s": {"Mbit/s": 1.0},
    "Gbit/s": {"Mbit/s": 1000.0},
}


def unit_factor(unit: str, register_unit: str | None) -> float | None:
    """Return what to multiply with, or None where the one unit cannot become the other."""
    return UNIT_FACTORS.get(unit, {}).get(register_unit or "")
