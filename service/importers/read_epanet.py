"""EPANET input files (.inp): junctions, reservoirs, tanks, pipes, pumps and valves, lengths in m and diameters in mm.

Format: EPANET 2.2 User Manual, appendix C.2. The unit of flow says the others: with gallons or cubic feet lengths are
feet and diameters inches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from service.importers.inp_sections import FOOT_M, INCH_MM, InpLine, InpReader, Sections, inp_sections, option
from service.importers.network_table import Link, Network, Node, network_table
from service.importers.source_table import SourceTable, unreadable

US_UNITS = {"CFS", "GPM", "MGD", "IMGD", "AFD"}
SI_UNITS = {"LPS", "LPM", "MLD", "CMH", "CMD", "CMS"}
DEFAULT_UNITS = "GPM"
FIELDS_OF_A_LINK = 3
COLUMNS = ("id", "elevation_m", "length_m", "diameter_mm", "roughness", "status", "type")


@dataclass(frozen=True)
class _Kind:
    """A section: the kind of its elements, where their numbers and words stand, and how many fields they need."""

    kind: str
    numbers: Mapping[str, int]
    words: Mapping[str, int]
    is_point: bool = False


NODES = {
    "JUNC": _Kind("junctions", {"elevation_m": 1}, {}),
    "RESE": _Kind("reservoirs", {}, {}),
    "TANK": _Kind("tanks", {"elevation_m": 1}, {}),
}
LINKS = {
    "PIPE": _Kind("pipes", {"length_m": 3, "diameter_mm": 4, "roughness": 5}, {"status": 7}),
    "PUMP": _Kind("pumps", {}, {}, is_point=True),
    "VALV": _Kind("valves", {"diameter_mm": 3}, {"type": 4}, is_point=True),
}


def read_epanet(path: Path, layer: str | None = None) -> SourceTable:
    """Return the elements of a network, one row each, numbered by their lines; or those of one kind.

    Columns: `kind`, `id`, `from_node`, `to_node`, `elevation_m`, `length_m`, `diameter_mm`, `roughness`, `status` and
    `type`. The coordinates are what the model says; the format knows no coordinate system.

    Raises:
        UnreadableSourceError: Not an EPANET file, in units that are not known, or without such a layer.
    """
    sections = inp_sections(path)
    if not sections.keys() & LINKS.keys() or "COND" in sections:
        raise unreadable("wrong_format", f"The file {path.name} is not an EPANET input file: it has no pipes.")
    units = option(sections, "UNITS", DEFAULT_UNITS)
    if units not in US_UNITS | SI_UNITS:
        raise unreadable("units", f"The unit of flow {units[:20]} in {path.name} is not one of EPANET's.")
    network = _network(sections, InpReader(), units in US_UNITS)
    network.assumptions["units"] = f"{units}: {'feet and inches' if units in US_UNITS else 'metres and millimetres'}"
    return network_table(path, network, layer)


def _network(sections: Sections, reader: InpReader, is_us: bool) -> Network:
    factors = {"elevation_m": FOOT_M, "length_m": FOOT_M, "diameter_mm": INCH_MM} if is_us else {}
    kinds = tuple(each.kind for each in (*NODES.values(), *LINKS.values()))
    network = Network(COLUMNS, kinds, places=reader.places(sections))
    bends = reader.bends(sections)
    for section, kind in NODES.items():
        for line, values in _read(sections, section, kind, reader, factors):
            network.nodes.append(Node(line.number, kind.kind, line.fields[0], values))
    for section, kind in LINKS.items():
        for line, values in _read(sections, section, kind, reader, factors):
            ends, vertices = line.fields[1:3], bends.get(line.fields[0], ())
            network.links.append(Link(line.number, kind.kind, ends[0], ends[1], values, vertices, kind.is_point))
    network.faults += reader.faults
    return network


def _read(
    sections: Sections, section: str, kind: _Kind, reader: InpReader, factors: Mapping[str, float]
) -> Iterator[tuple[InpLine, dict[str, object]]]:
    """Yield the lines of a section that can be read, each with its values by column."""
    for line in sections.get(section, ()):
        if section in LINKS and len(line.fields) < FIELDS_OF_A_LINK:
            reader.fault(line, None, "field_count", "The line is too short: a link names its two nodes.")
            continue
        numbers = reader.numbers(line, kind.numbers, factors)
        if numbers is not None:
            words = {name: line.fields[place] for name, place in kind.words.items() if place < len(line.fields)}
            yield line, {"id": line.fields[0], **numbers, **words}
