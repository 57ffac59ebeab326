"""Pipe networks as pandapipes writes them to JSON: district heating and gas, read as plain JSON and nothing else.

Format: pandapipes.to_json; each table is a text of JSON in pandas' orientation `split` (columns, index, data). Nothing
in the file names code that would be run here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from service.importers.file_kind import check_local_file
from service.importers.network_table import Coordinate, Link, Network, Node, network_table
from service.importers.source_table import SourceTable, unreadable

JUNCTION, PIPE, GEODATA = "junction", "pipe", "_geodata"
FROM, TO = "from_junction", "to_junction"
RESULTS = "res_"
Record = dict[str, Any]


def read_pandapipes(path: Path, layer: str | None = None) -> SourceTable:
    """Return the elements of a network, one row each in the order of the file's tables; or those of one table.

    Columns: `kind` (the table's name), `id` (the index in the table), `from_node`, `to_node` (indices of junctions),
    and every column of every table under its own name, in the units of pandapipes: length_km, diameter_m, qext_w.
    Coordinates are x and y of the junctions; the format names no coordinate system.

    Raises:
        UnreadableSourceError: Not JSON, not a pandapipes network, or without such a layer.
    """
    check_local_file(path)
    tables = {name: _records(name, table) for name, table in _tables(path)}
    if JUNCTION not in tables or PIPE not in tables:
        raise unreadable("wrong_format", f"The file {path.name} is not a pandapipes network: it has no pipes.")
    kinds = tuple(name for name in tables if not name.endswith(GEODATA))
    names = dict.fromkeys(column for kind in kinds for record in tables[kind].values() for column in record)
    network = Network(("id", *(name for name in names if name != "id")), kinds)
    network.places = _places(tables)
    _fill(network, tables)
    return network_table(path, network, layer)


def _tables(path: Path) -> Iterator[tuple[str, Record]]:
    """Yield the network's tables, those of results apart."""
    try:
        document = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise unreadable("broken_json", f"The file {path.name} is not whole JSON: {error}.") from error
    content = document.get("_object") if isinstance(document, dict) else None
    if not isinstance(content, dict) or document.get("_class") != "pandapipesNet":
        raise unreadable("wrong_format", f"The file {path.name} is not a pandapipes network.")
    for name, table in content.items():
        if isinstance(table, dict) and table.get("orient") == "split" and not name.startswith(RESULTS):
            yield name, table


def _records(name: str, table: Record) -> dict[str, Record]:
    """Return the rows of a table by their index, as text."""
    try:
        content = orjson.loads(table["_object"])
        columns, index, data = content["columns"], content["index"], content["data"]
        return {str(key): dict(zip(columns, row, strict=True)) for key, row in zip(index, data, strict=True)}
    except (KeyError, TypeError, ValueError) as error:
        raise unreadable("wrong_format", f"The table {name} of the pandapipes network cannot be read.") from error


def _places(tables: Mapping[str, dict[str, Record]]) -> dict[str, Coordinate]:
    try:
        pairs = {key: (record["x"], record["y"]) for key, record in tables.get(JUNCTION + GEODATA, {}).items()}
        found = {key: (float(x), float(y)) for key, (x, y) in pairs.items() if x is not None and y is not None}
    except (KeyError, TypeError, ValueError) as error:
        raise unreadable("wrong_format", "The coordinates of the junctions cannot be read.") from error
    return {key: place for key, place in found.items() if all(map(math.isfinite, place))}


def _fill(network: Network, tables: Mapping[str, dict[str, Record]]) -> None:
    bends = _bends(tables)
    row = 0
    for kind in network.kinds:
        for key, record in tables[kind].items():
            row += 1
            values = {**record, "id": key}
            if FROM in record and TO in record:
                ends = str(record[FROM]), str(record[TO])
                vertices = bends.get(key, ()) if kind == PIPE else ()
                network.links.append(Link(row, kind, *ends, values, vertices, is_point=kind != PIPE))
            else:
                node = key if kind == JUNCTION else str(record.get(JUNCTION))
                network.nodes.append(Node(row, kind, node, values))


def _bends(tables: Mapping[str, dict[str, Record]]) -> dict[str, list[Coordinate]]:
    """Return the points between the ends of pipes."""
    try:
        lines = {key: record["coords"] for key, record in tables.get(PIPE + GEODATA, {}).items()}
        return {key: [(float(x), float(y)) for x, y in _flat(line)[1:-1]] for key, line in lines.items()}
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise unreadable("wrong_format", "The coordinates of the pipes cannot be read.") from error


def _flat(line: list[Any]) -> list[Any]:
    """Return the points of a line, which pandapipes puts in a list of one line or not."""
    return line[0] if line and isinstance(line[0][0], list) else line
