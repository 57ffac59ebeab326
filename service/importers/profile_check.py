"""Does a profile fit the register: targets, attributes, units, codes, keys, what a new row cannot be without."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.errors import Fault
from service.importers.capacities import CAPACITY, CARETAKERS
from service.importers.derived_columns import CONDITION_INDEX
from service.importers.profile import GeometrySource, Profile, RowFilter, TargetMapping, ValueMapping
from service.importers.units import unit_factor
from service.queries.import_targets import TARGETS, Target, TargetField

# The import itself makes these ids; the municipality and its areas are given with the key.
MADE_BY_IMPORT = {CONDITION_INDEX, "source_id"}


def profile_faults(profile: Profile) -> list[Fault]:
    """Return every fault of a profile against the register's tables, with a JSON pointer each."""
    faults = [*_filter_faults(profile.where, ""), *_geometry_faults(profile.geometry)]
    for number, mapping in enumerate(profile.targets):
        pointer = f"/targets/{number}"
        target = TARGETS.get(mapping.target)
        if target is None:
            faults.append(Fault(f"{pointer}/target", f"Unknown target; known are {', '.join(TARGETS)}."))
            continue
        faults += _key_faults(mapping, target, pointer)
        faults += _attribute_faults(mapping, target, f"{pointer}/values")
        faults += _filter_faults(mapping.where, pointer)
        if target.geometry_required and not profile.takes_geometry:
            faults.append(Fault(pointer, f"{target.code} needs geometry, the profile gives none."))
    return faults


def _filter_faults(filters: tuple[RowFilter, ...], pointer: str) -> Iterator[Fault]:
    for number, rule in enumerate(filters):
        place = f"{pointer}/where/{number}"
        if rule.within is None and rule.not_within is None and rule.matches is None:
            yield Fault(place, "Give one of within, not_within and matches.")
        if rule.matches is not None:
            yield from _pattern_faults(rule.matches, f"{place}/matches", groups=None)


def _geometry_faults(source: GeometrySource) -> Iterator[Fault]:
    if source.columns and (source.x is None) is not (source.y is None):
        yield Fault("/geometry", "Give both x and y, or wkt.")
    if source.wkt is not None and source.x is not None:
        yield Fault("/geometry/wkt", "Give either x and y, or wkt.")


def _key_faults(mapping: TargetMapping, target: Target, pointer: str) -> Iterator[Fault]:
    hashed = mapping.hashed_key is not None
    if "source_id" in target.match and not (mapping.key or hashed) and not (target.of_asset and mapping.asset_key):
        yield Fault(f"{pointer}/key", "Columns that make the source id are missing.")
    if hashed and (mapping.asset_key if target.of_asset else mapping.key):
        yield Fault(f"{pointer}/hashed_key", "Give either the columns of a key or a hashed key.")
    if target.of_asset and not mapping.asset_key and not hashed:
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
        yield from _pattern_faults(value.capture, f"{pointer}/capture", groups=1)
    yield from _choice_faults(value, field, pointer)


def _pattern_faults(pattern: str, pointer: str, *, groups: int | None) -> Iterator[Fault]:
    try:
        found = re.compile(pattern).groups
    except re.error as error:
        yield Fault(pointer, f"Not a regular expression: {error}.")
        return
    if groups is not None and found != groups:
        yield Fault(pointer, "The regular expression needs exactly one group.")


def _choice_faults(value: ValueMapping, field: TargetField, pointer: str) -> Iterator[Fault]:
    if field.choices is None:
        return
    given = [*(value.codes or {}).values(), value.constant, value.default]
    for each in sorted({str(code) for code in given if code is not None} - set(field.choices)):
        yield Fault(pointer, f"{each} is not in the code list of {field.name}: {', '.join(field.choices)}.")
