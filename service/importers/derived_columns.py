"""Columns that follow from others: the condition index from a scale, the end of a period from the next one's start."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from service.importers.fault_log import FaultLog
from service.importers.source_table import Flags, Values, as_text, missing, object_column
from service.operations.condition_scales import condition_index_on_scale
from service.queries.import_rows import Column
from service.queries.imports import ScalePoints

CONDITION_INDEX, SCALE_CODE, VALUE_GIVEN = "condition_index", "scale_code", "value_given"
VALID_FROM, VALID_TO, SERVICE_CODE = "valid_from", "valid_to", "service_code"


def condition_indices(
    columns: Mapping[str, Values], scales: ScalePoints, rows: Column, log: FaultLog
) -> tuple[Values, Flags]:
    """Return the condition index of each value on its scale, and where a value is not on its scale.

    Numeric scales are linear between their points; other scales have exactly the values that are listed.
    """
    pairs = list(zip(columns[SCALE_CODE].tolist(), columns[VALUE_GIVEN].tolist(), strict=True))
    found = {pair: _index(scales.get(str(pair[0]), {}), pair[1]) for pair in set(pairs)}
    indices = np.array([found[pair] for pair in pairs], dtype=np.float64)
    off = np.isnan(indices) & ~missing(columns[SCALE_CODE]) & ~missing(columns[VALUE_GIVEN])
    detail = "{value} is not on the condition scale."
    log.error_rows(off, rows, "scale", detail, column=VALUE_GIVEN, values=columns[VALUE_GIVEN])
    return indices, np.isnan(indices)


def _index(points: Mapping[str, float], value: str | None) -> float:
    index = None if value is None else condition_index_on_scale(points, value)
    return np.nan if index is None else index


def ends_of_periods(columns: Mapping[str, Values], asset_ids: Values) -> Values:
    """Return the end of each period: the start of the next one of the same asset and service, open for the last."""
    order = np.lexsort((columns[VALID_FROM], as_text(columns[SERVICE_CODE]).astype(str), asset_ids.astype(str)))
    starts = columns[VALID_FROM][order]
    groups = object_column(list(zip(asset_ids.tolist(), columns[SERVICE_CODE].tolist(), strict=True)))[order]
    ends = np.full(len(starts), np.datetime64("NaT", "D"), dtype="datetime64[D]")
    followed = np.array([a == b for a, b in pairwise(groups.tolist())], dtype=bool)
    ends[:-1][followed] = starts[1:][followed]
    restored = np.empty_like(ends)
    restored[order] = ends
    return restored
