"""JSON-stat 2.0 datasets as PxWeb (StatFin) returns them, unrolled to one row per cell.

Format: https://json-stat.org/full/ (id, size, dimension.category, value as list or as sparse object).
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
import orjson

from service.importers.file_kind import check_local_file
from service.importers.source_table import SourceTable, Values, object_column, unreadable

VALUE_COLUMN = "value"
DATASET_LABEL = "dataset_label"
LABEL_SUFFIX = "_label"
MAX_CELLS = 50_000_000


def read_jsonstat(path: Path) -> SourceTable:
    """Return one row per cell: codes and labels (`…_label`) of each dimension, `value`, and the `dataset_label`.

    Raises:
        UnreadableSourceError: Not JSON, not a JSON-stat dataset, or sizes and values that do not agree.
    """
    check_local_file(path)
    dataset = _dataset(path)
    sizes = dataset["size"]
    positions = np.indices(sizes).reshape(len(sizes), -1)
    columns: dict[str, Values] = {}
    for name, position in zip(dataset["id"], positions, strict=True):
        codes, labels = _categories(dataset["dimension"][name], name, sizes[dataset["id"].index(name)])
        columns[name] = codes[position]
        columns[name + LABEL_SUFFIX] = labels[position]
    columns[VALUE_COLUMN] = _values(dataset["value"], math.prod(sizes))
    columns[DATASET_LABEL] = object_column([dataset.get("label")] * math.prod(sizes))
    return SourceTable(columns=columns, row_numbers=np.arange(1, math.prod(sizes) + 1, dtype=np.int64))


def _dataset(path: Path) -> dict[str, Any]:
    try:
        document = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise unreadable("broken_json", f"The file {path.name} is not whole JSON: {error}.") from error
    wanted = {"id": list, "size": list, "dimension": dict}
    if not isinstance(document, dict) or any(not isinstance(document.get(k), t) for k, t in wanted.items()):
        raise unreadable("wrong_format", f"The file {path.name} is not a JSON-stat 2 dataset.")
    _check_shape(document)
    return document


def _check_shape(dataset: dict[str, Any]) -> None:
    sizes, names = dataset["size"], dataset["id"]
    named = all(isinstance(name, str) for name in names) and len(set(map(str, names))) == len(names)
    sized = all(isinstance(size, int) and not isinstance(size, bool) and size > 0 for size in sizes)
    sound = named and sized and len(sizes) == len(names) > 0
    if not sound or math.prod(sizes) > MAX_CELLS:
        raise unreadable("wrong_format", "The sizes of the JSON-stat dataset are not usable.")
    absent = [name for name in names if not isinstance(dataset["dimension"].get(name), dict)]
    if absent:
        raise unreadable("wrong_format", f"The JSON-stat dataset does not describe its dimensions {absent}.")
    if not isinstance(dataset.get("value"), list | dict):
        raise unreadable("wrong_format", "The JSON-stat dataset has no values.")


def _categories(dimension: dict[str, Any], name: str, size: int) -> tuple[Values, Values]:
    """Return codes and labels in the order of their index."""
    category = dimension.get("category")
    labels = category.get("label", {}) if isinstance(category, dict) else None
    index = category.get("index", [*labels]) if isinstance(category, dict) and isinstance(labels, dict) else None
    if not isinstance(labels, dict) or not _is_index(index):
        raise unreadable("wrong_format", f"The categories of the dimension {name} are not usable.")
    codes = sorted(index, key=index.__getitem__) if isinstance(index, dict) else index
    if len(codes) != size:
        raise unreadable("wrong_format", f"The dimension {name} has {len(codes)} categories, its size is {size}.")
    return object_column(codes), object_column([labels.get(code, code) for code in codes])


def _is_index(index: object) -> TypeGuard[dict[str, int] | list[str]]:
    """Return whether an index is a list of codes, or codes with their positions."""
    if isinstance(index, dict):
        return all(isinstance(position, int) for position in index.values())
    return isinstance(index, list) and all(isinstance(code, str) for code in index)


def _values(values: list[Any] | dict[str, Any], count: int) -> Values:
    try:
        if isinstance(values, dict):
            cells = np.full(count, np.nan)
            cells[[int(position) for position in values]] = [float(value) for value in values.values()]
            return cells
        cells = np.array(values, dtype=np.float64)
    except (TypeError, ValueError, IndexError) as error:
        raise unreadable("broken_value", f"A value of the JSON-stat dataset is not a number: {error}.") from error
    if len(cells) != count:
        raise unreadable("field_count", f"The JSON-stat dataset has {len(cells)} values for {count} cells.")
    return cells
