"""Does a profile fit the register: targets, attributes, units, codes, keys, what a new row cannot be without."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.errors import Fault
from service.importers.capacities import CAPACITY, CARETAKERS
from service.importers.derived_columns import CONDITION_INDEX
from service.importers.profile import Profile, TargetMapping, ValueMapping
from service.importers.units import unit_factor
from service.queries.import_targets import TARGETS, Target, TargetField

# The import itself makes these ids; the municipality and its areas are given with the key.
MADE_BY_IMPORT = {CONDITION_INDEX, "source_id"}


def profile_faults(profile: Profile) -> list[Fault]:
    """Return every fault of a profile against the register's tables, with a JSON pointer each."""
    faults: list[Fault] = []
    for number, mapping in enumerate(profile.targets):
        pointer = f"/targets/{number}"
        target = TARGETS.get(mapping.target)
        if target is None:
            faults.append(Fault(f"{pointer}/target", f"Unknown target; known are {', '.join(TARGETS)}."))
            continue
        faults += _key_faults(mapping, target, pointer)
        faults += _attribute_faults(mapping, target, f"{pointer}/values")
        if target.geometry_required and not profile.takes_geometry:
            faults.append(Fault(pointer, f"{target.code} needs geometry, the profile gives none."))
    return faults


def _key_faults(mapping: TargetMapping, target: Target, pointer: str) -> Iterator[Fault]:
    if "source_id" in target.match and not mapping.key and not (target.of_asset and mapping.asset_key):
        yield Fault(f"{pointer}/key", "Columns that make the source id are missing.")
    if target.of_asset and not mapping.asset_key:
        yield Fault(f"{pointer}/asset_key", "Columns that name the asset are missing.")
    if mapping.asset_key and not target.of_asset:
        yield Fault(f"{pointer}/asset_key", f"A {target.code} does not belong to an asset.")


def _attribute_faults(mapping: TargetMapping, target: Target, pointer: str) -> Iterator[Fault]:
    for name, value in mapping.values.items():
        field = target.fields.get(name)
        if field is None:
            known = ", ".join(target.fields)
            yield Fault(f"{pointer}/{name}", f"{target.code} has no such attribute; it has {known}.")
            continue
        yield from _value_faults(value, field, f"{pointer}/{name}")
    for name in sorted(_lacking(mapping, target)):
        yield Fault(f"{pointer}/{name}", f"A {target.code} cannot be without {name}.")


def _lacking(mapping: TargetMapping, target: Target) -> set[str]:
    needed = {name for name, field in target.fields.items() if not field.nullable}
    unpivoted = set() if mapping.unpivot is None else {mapping.unpivot.value}
    if mapping.unpivot is not None:
        unpivoted |= {name for constants in mapping.unpivot.columns.values() for name in constants}
    given = set(mapping.values) | unpivoted
    if target.code == CAPACITY and CARETAKERS not in given:
        needed.add(CAPACITY)
    return needed - given - set(target.defaults) - MADE_BY_IMPORT


def _value_faults(value: ValueMapping, field: TargetField, pointer: str) -> Iterator[Fault]:
    given = sum([value.column is not None, bool(value.columns), value.constant is not None])
    if given != 1:
        yield Fault(pointer, "Give one of column, columns and constant.")
    if value.unit is not None and unit_factor(value.unit, field.unit) is None:
        yield Fault(f"{pointer}/unit", f"{value.unit} cannot become {field.unit or 'a value without a unit'}.")
    if value.capture is not None:
        yield from _pattern_faults(value.capture, f"{pointer}/capture")
    yield from _choice_faults(value, field, pointer)


def _pattern_faults(pattern: str, pointer: str) -> Iterator[Fault]:
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        yield Fault(pointer, f"Not a regular expression: {error}.")
        return
    if groups != 1:
        yield Fault(pointer, "The regular expression needs exactly one group.")


def _choice_faults(value: ValueMapping, field: TargetField, pointer: str) -> Iterator[Fault]:
    if field.choices is None:
        return
    given = [*(value.codes or {}).values(), value.constant, value.default]
    for each in sorted({str(code) for code in given if code is not None} - set(field.choices)):
        yield Fault(pointer, f"{each} is not in the code list of {field.name}: {', '.join(field.choices)}.")
