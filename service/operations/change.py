"""Why a municipality's backlog changed between two finished valuations: the assets of both, valued step by step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.engine import Connection

from service.engine.change import Cause, change_by_cause
from service.engine.change_parts import Parts, change_of_parts, parts_of
from service.engine.group import group_rows, sum_by_group
from service.engine.revaluation import Revaluation
from service.operations.change_inputs import Pair, pair_inputs
from service.operations.stored_runs import StoredRun, load_stored_run
from service.queries.stored_valuations import load_asset_names
from service.reports.change import Amounts, AssetChange, CauseChange, ExplainedChange

LARGEST = 20
_BLOCK = 200_000
"""Assets valued at a time: what seven valuations need of memory stays small."""

Cents = NDArray[np.int64]


@dataclass(frozen=True)
class _Alignment:
    """Rows of the assets that are in both runs, of those only in the earlier and of those only in the later."""

    both: tuple[NDArray[np.int64], NDArray[np.int64]]
    only_earlier: NDArray[np.int64]
    only_later: NDArray[np.int64]


@dataclass(frozen=True)
class _Changes:
    """The change of each asset's backlog by cause: first the assets in both runs, then disposals, then additions."""

    asset_id: NDArray[np.int64]
    asset_class: NDArray[np.int64]
    earlier: Cents
    later: Cents
    causes: dict[Cause, Cents]


def explain_change(
    connection: Connection, municipality_code: str, since: Mapping[str, Any], run: Mapping[str, Any]
) -> ExplainedChange:
    """Return why the backlog of a run differs from that of `since`, an earlier finished valuation.

    An asset that came into another class is a disposal and an addition. One whose material or service class changed
    is compared with the parameters of its earlier kind, and what is left is corrected data. The amounts that the runs
    stored decide: where the records of today no longer give them, the difference is corrected data too.
    """
    earlier, later = (load_stored_run(connection, municipality_code, each) for each in (since, run))
    rows = _aligned(earlier, later)
    causes, overwritten = _causes(earlier, later, rows.both)
    changes = _all_changes(earlier, later, rows, causes)
    largest = _largest(changes)
    names = load_asset_names(connection, municipality_code, changes.asset_id[largest].tolist())
    return ExplainedChange(
        since=since,
        causes=list(_by_cause(earlier, later, rows, causes)),
        by_class=_by_class(changes),
        largest=[_asset_change(changes, int(row), names) for row in largest],
        overwritten=overwritten,
    )


def _aligned(earlier: StoredRun, later: StoredRun) -> _Alignment:
    ids = earlier.assets["asset_id"], later.assets["asset_id"]
    _, *both = np.intersect1d(*ids, assume_unique=True, return_indices=True)
    same = earlier.assets["asset_class"][both[0]] == later.assets["asset_class"][both[1]]
    rows = both[0][same], both[1][same]
    left = [np.delete(np.arange(len(each)), own) for each, own in zip(ids, rows, strict=True)]
    return _Alignment(rows, left[0], left[1])


def _causes(
    earlier: StoredRun, later: StoredRun, rows: tuple[NDArray[np.int64], NDArray[np.int64]]
) -> tuple[dict[Cause, Cents], tuple[int, int]]:
    """Return the changes of the assets in both runs by cause, and how many no longer give what each run found."""
    found: dict[Cause, list[Cents]] = {}
    overwritten = [0, 0]
    for pair in _blocks(earlier, later, rows):
        stored = pair.stored
        revaluation = Revaluation(stored[0])
        causes = change_by_cause(pair.before, pair.after, revaluation, stored, pair.repriced)
        for cause, change in causes.items():
            found.setdefault(cause, []).append(change)
        overwritten[0] += int((revaluation.first != stored[0]).sum())
        overwritten[1] += int(((revaluation.last != stored[1]) & ~pair.is_other_kind).sum())
    return {cause: np.concatenate(blocks) for cause, blocks in found.items()}, (overwritten[0], overwritten[1])


def _blocks(earlier: StoredRun, later: StoredRun, rows: tuple[NDArray[np.int64], NDArray[np.int64]]) -> Iterator[Pair]:
    for start in range(0, len(rows[0]), _BLOCK):
        own = rows[0][start : start + _BLOCK], rows[1][start : start + _BLOCK]
        yield pair_inputs(earlier, later, own)


def _all_changes(earlier: StoredRun, later: StoredRun, rows: _Alignment, causes: Mapping[Cause, Cents]) -> _Changes:
    old, new = (each.assets["repair_backlog"] for each in (earlier, later))
    parts = (len(rows.both[0]), len(rows.only_earlier), len(rows.only_later))
    nothing = [np.zeros(size, np.int64) for size in parts]
    gone, come = old[rows.only_earlier], new[rows.only_later]
    by_cause = {cause: np.concatenate([change, nothing[1], nothing[2]]) for cause, change in causes.items()}
    by_cause[Cause.DISPOSALS] = np.concatenate([nothing[0], -gone, nothing[2]])
    by_cause[Cause.ADDITIONS] = np.concatenate([nothing[0], nothing[1], come])
    places = ((earlier, rows.both[0]), (earlier, rows.only_earlier), (later, rows.only_later))
    return _Changes(
        asset_id=np.concatenate([run.assets["asset_id"][own] for run, own in places]),
        asset_class=np.concatenate([run.assets["asset_class"][own] for run, own in places]).astype(np.int64),
        earlier=np.concatenate([old[rows.both[0]], gone, nothing[2]]),
        later=np.concatenate([new[rows.both[1]], nothing[1], come]),
        causes=by_cause,
    )


def _by_cause(
    earlier: StoredRun, later: StoredRun, rows: _Alignment, causes: Mapping[Cause, Cents]
) -> Iterator[CauseChange]:
    """Give every cause in the order of `Cause`, those that changed nothing too."""
    retained = earlier.assets["retained_share"][rows.both[0]], later.assets["retained_share"][rows.both[1]]
    backlog = earlier.assets["repair_backlog"][rows.both[0]]
    found = {cause: _summed(cause, parts) for cause, parts in change_of_parts(causes, backlog, retained)}
    for cause, run, own in (
        (Cause.ADDITIONS, later, rows.only_later),
        (Cause.DISPOSALS, earlier, rows.only_earlier),
    ):
        parts = parts_of(run.assets["repair_backlog"][own], run.assets["retained_share"][own])
        found[cause] = replace(_summed(cause, parts, -1 if cause is Cause.DISPOSALS else 1), changed_count=len(own))
    nothing = np.zeros(0, np.int64)
    for cause in Cause:
        yield found.get(cause) or _summed(cause, Parts(nothing, nothing, nothing, nothing))


def _summed(cause: Cause, parts: Parts, sign: int = 1) -> CauseChange:
    changed = (parts.backlog != 0) | (parts.needed != 0) | (parts.not_assessed != 0)
    return CauseChange(
        cause,
        changed_count=int(changed.sum()),
        repair_backlog=sign * int(parts.backlog.sum()),
        needed_backlog=sign * int(parts.needed.sum()),
        avoidable_backlog=sign * int(parts.avoidable.sum()),
        not_assessed_backlog=sign * int(parts.not_assessed.sum()),
    )


def _by_class(changes: _Changes) -> dict[int, Amounts]:
    groups = group_rows([changes.asset_class])
    earlier, later = (sum_by_group(groups, each) for each in (changes.earlier, changes.later))
    causes = {cause: sum_by_group(groups, each) for cause, each in changes.causes.items()}
    return {
        number: Amounts(int(earlier[row]), int(later[row]), {cause: int(each[row]) for cause, each in causes.items()})
        for row, number in enumerate(groups.keys[0].tolist())
    }


def _largest(changes: _Changes) -> NDArray[np.int64]:
    """Return the rows of the largest changes, of equal ones the lower asset id first; none that changed nothing."""
    change = np.abs(changes.later - changes.earlier)
    order: NDArray[np.int64] = np.lexsort((changes.asset_id, -change))[:LARGEST]
    largest: NDArray[np.int64] = order[change[order] > 0]
    return largest


def _asset_change(changes: _Changes, row: int, names: Mapping[int, str | None]) -> AssetChange:
    asset_id = int(changes.asset_id[row])
    causes = {cause: int(each[row]) for cause, each in changes.causes.items()}
    amounts = Amounts(int(changes.earlier[row]), int(changes.later[row]), causes)
    return AssetChange(asset_id, int(changes.asset_class[row]), names.get(asset_id), amounts)
