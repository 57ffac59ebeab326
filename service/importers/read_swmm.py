"""SWMM input files (.inp): manholes and other nodes, conduits with their cross-sections, pumps, in m and mm.

Format: SWMM 5.2 Reference Manual, appendix D.2. The unit of flow says the others: with cubic feet or gallons all
lengths, cross-sections included, are feet, otherwise metres.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from service.importers.inp_sections import FOOT_M, InpLine, InpReader, Sections, inp_sections, option
from service.importers.network_table import Link, Network, Node, network_table
from service.importers.source_table import SourceTable, unreadable

US_UNITS, SI_UNITS = {"CFS", "GPM", "MGD"}, {"CMS", "LPS", "MLD"}
DEFAULT_UNITS = "CFS"
FIELDS_OF_A_LINK = 3
ROUND_SHAPES = {"CIRCULAR", "FORCE_MAIN", "FILLED_CIRCULAR"}
COLUMNS = ("id", "invert_m", "max_depth_m", "length_m", "shape", "diameter_mm", "height_mm", "barrels")


@dataclass(frozen=True)
class _Kind:
    """A section: the kind of its elements and where their numbers stand."""

    kind: str
    numbers: Mapping[str, int]
    is_point: bool = False


NODES = {
    "JUNC": _Kind("junctions", {"invert_m": 1, "max_depth_m": 2}),
    "OUTF": _Kind("outfalls", {"invert_m": 1}),
    "DIVI": _Kind("dividers", {"invert_m": 1}),
    "STOR": _Kind("storage", {"invert_m": 1, "max_depth_m": 2}),
}
LINKS = {
    "COND": _Kind("conduits", {"length_m": 3}),
    "PUMP": _Kind("pumps", {}, is_point=True),
    "ORIF": _Kind("orifices", {}, is_point=True),
    "WEIR": _Kind("weirs", {}, is_point=True),
    "OUTL": _Kind("outlets", {}, is_point=True),
}


def read_swmm(path: Path, layer: str | None = None) -> SourceTable:
    """Return the elements of a network, one row each, numbered by their lines; or those of one kind.

    Columns: `kind`, `id`, `from_node`, `to_node`, `invert_m`, `max_depth_m` (0: not told), `length_m`, `shape`,
    `diameter_mm` of round conduits, `height_mm` of all, and `barrels`. The coordinates are what the model says; the
    format knows no coordinate system.

    Raises:
        UnreadableSourceError: Not a SWMM file, in units that are not known, or without such a layer.
    """
    sections = inp_sections(path)
    if "COND" not in sections:
        raise unreadable("wrong_format", f"The file {path.name} is not a SWMM input file: it has no conduits.")
    units = option(sections, "FLOW_UNITS", DEFAULT_UNITS)
    if units not in US_UNITS | SI_UNITS:
        raise unreadable("units", f"The unit of flow {units[:20]} in {path.name} is not one of SWMM's.")
    network = _network(sections, InpReader(), FOOT_M if units in US_UNITS else 1.0)
    network.assumptions["units"] = f"{units}: {'feet' if units in US_UNITS else 'metres'}"
    return network_table(path, network, layer)


def _network(sections: Sections, reader: InpReader, metres: float) -> Network:
    kinds = tuple(each.kind for each in (*NODES.values(), *LINKS.values()))
    network = Network(COLUMNS, kinds, places=reader.places(sections))
    bends, profiles = reader.bends(sections), _cross_sections(sections, reader, metres)
    for section, kind in NODES.items():
        for line, values in _read(sections, section, kind, reader, metres):
            network.nodes.append(Node(line.number, kind.kind, line.fields[0], values))
    for section, kind in LINKS.items():
        for line, values in _read(sections, section, kind, reader, metres):
            name, start, end = line.fields[:FIELDS_OF_A_LINK]
            known = values | profiles.get(name, {})
            network.links.append(Link(line.number, kind.kind, start, end, known, bends.get(name, ()), kind.is_point))
    network.faults += reader.faults
    return network


def _read(
    sections: Sections, section: str, kind: _Kind, reader: InpReader, metres: float
) -> Iterator[tuple[InpLine, dict[str, object]]]:
    """Yield the lines of a section that can be read, each with its values by column."""
    for line in sections.get(section, ()):
        if section in LINKS and len(line.fields) < FIELDS_OF_A_LINK:
            reader.fault(line, None, "field_count", "The line is too short: a link names its two nodes.")
            continue
        numbers = reader.numbers(line, kind.numbers, dict.fromkeys(kind.numbers, metres))
        if numbers is not None:
            yield line, {"id": line.fields[0], **numbers}


def _cross_sections(sections: Sections, reader: InpReader, metres: float) -> dict[str, dict[str, object]]:
    """Return shape and size by link; a round one has a diameter, and only what the file tells has barrels."""
    found: dict[str, dict[str, object]] = {}
    for line in sections.get("XSEC", ()):
        shape = line.fields[1].upper() if len(line.fields) > 1 else None
        if shape in {"IRREGULAR", "STREET", "CUSTOM"}:
            found[line.fields[0]] = {"shape": shape}
            continue
        size = reader.numbers(line, {"height_mm": 2}, {"height_mm": metres * 1000})
        if size is not None:
            diameter = size["height_mm"] if shape in ROUND_SHAPES else None
            found[line.fields[0]] = {"shape": shape, "diameter_mm": diameter, **size, "barrels": _barrels(line)}
    return found


def _barrels(line: InpLine) -> str | None:
    return line.fields[6] if len(line.fields) > 6 else None
