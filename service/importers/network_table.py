"""Networks as models of flow describe them: nodes, and links between two of them, as one table with geometry.

Every element of a model is a row, whatever its kind: the column `kind` tells them apart, and a profile takes the kinds
that are things of the register. Links name the nodes at their ends; one that names a node that there is not is a fault.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from service.importers.source_table import SourceTable, Values, missing, object_column, unreadable
from service.operations.import_report import ImportFault, Severity

KIND, FROM_NODE, TO_NODE = "kind", "from_node", "to_node"
Coordinate = tuple[float, float]


@dataclass(frozen=True)
class Link:
    """A link: its row in the file, its kind, its nodes and what else is known of it, by column."""

    row: int
    kind: str
    from_node: str
    to_node: str
    values: Mapping[str, Any]
    bends: Sequence[Coordinate] = ()
    is_point: bool = False


@dataclass(frozen=True)
class Node:
    """A node, or a thing at one: its row in the file, its kind, its id and what else is known of it, by column."""

    row: int
    kind: str
    node_id: str
    values: Mapping[str, Any]


@dataclass
class Network:
    """What a model holds.

    Attributes:
        columns: Columns of the table beside `kind`, `from_node` and `to_node`.
        kinds: Kinds that the format knows, each of which can be asked for as a layer.
        nodes: Nodes, and things at nodes.
        links: Links.
        places: Coordinates by node id.
        faults: What could not be read in single rows.
        assumptions: What was detected rather than told.
    """

    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    nodes: list[Node] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    places: dict[str, Coordinate] = field(default_factory=dict)
    faults: list[ImportFault] = field(default_factory=list)
    assumptions: dict[str, str] = field(default_factory=dict)


def network_table(path: Path, network: Network, layer: str | None) -> SourceTable:
    """Return the elements of a network in the order of the file, or those of one kind.

    Pumps, valves and other links that are things at a place become points in the middle of their line; a link whose
    ends lie on one spot has no geometry.

    Raises:
        UnreadableSourceError: There is no such kind of element.
    """
    if layer is not None and layer not in network.kinds:
        raise unreadable("layer_missing", f"The file {path.name} has no layer {layer}; it has {list(network.kinds)}.")
    sound, broken = _by_their_nodes(network)
    elements: list[Node | Link] = sorted([*network.nodes, *sound], key=lambda element: element.row)
    elements = [element for element in elements if layer in {None, element.kind}]
    shapes = object_column([_shape(element, network.places) for element in elements])
    faults = sorted([*network.faults, *broken], key=lambda fault: fault.row or 0)
    return SourceTable(
        columns=_columns(elements, network.columns),
        row_numbers=np.array([element.row for element in elements], dtype=np.int64),
        geometry=shapes,
        faults=(*faults, *_without_place(shapes)),
        assumptions=network.assumptions,
    )


def _by_their_nodes(network: Network) -> tuple[list[Link], list[ImportFault]]:
    """Return the links whose nodes are there, and a fault for each other one."""
    known = {node.node_id for node in network.nodes}
    sound = [link for link in network.links if link.from_node in known and link.to_node in known]
    return sound, [_nodeless(link, known) for link in network.links if {link.from_node, link.to_node} - known]


def _nodeless(link: Link, known: set[str]) -> ImportFault:
    ends = ((FROM_NODE, link.from_node), (TO_NODE, link.to_node))
    absent = {column: node for column, node in ends if node not in known}
    named = " and ".join(absent.values())
    detail = f"The link {link.values.get('id')} names {named}; the file has no such node."
    return ImportFault(link.row, next(iter(absent)), named, "node_missing", Severity.ERROR, detail)


def _shape(element: Node | Link, places: Mapping[str, Coordinate]) -> Any:
    if isinstance(element, Node):
        place = places.get(element.node_id)
        return None if place is None else shapely.Point(place)
    ends = places.get(element.from_node), places.get(element.to_node)
    if ends[0] is None or ends[1] is None:
        return None
    line = [ends[0], *element.bends, ends[1]]
    if element.is_point:
        return shapely.line_interpolate_point(shapely.LineString(line), 0.5, normalized=True)
    return shapely.LineString(line) if len(set(line)) > 1 else None


def _columns(elements: Sequence[Node | Link], names: Sequence[str]) -> dict[str, Values]:
    columns = {name: _column([element.values.get(name) for element in elements]) for name in names}
    ends = [(each.from_node, each.to_node) if isinstance(each, Link) else (None, None) for each in elements]
    columns[KIND] = object_column([element.kind for element in elements])
    columns[FROM_NODE] = object_column([first for first, _ in ends])
    columns[TO_NODE] = object_column([last for _, last in ends])
    return columns


def _column(values: list[Any]) -> Values:
    """Return numbers as such, and anything else as objects."""
    if all(value is None or type(value) in {int, float} for value in values):
        return np.array(values, dtype=np.float64)
    return object_column(values)


def _without_place(shapes: Values) -> list[ImportFault]:
    count = int(missing(shapes).sum())
    if not count:
        return []
    detail = f"{count} of {len(shapes)} elements have no place: their nodes have no coordinates, or the same ones."
    return [ImportFault(None, None, None, "place_unknown", Severity.WARNING, detail)]
