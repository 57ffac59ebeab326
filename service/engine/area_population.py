"""Persons of an area for which no forecast of its own was made: scaled from another one, or shared out by a grid.

Scaled:     ``P(z, t, a) = P₀(z, t, a)·M(t, a) / M₀(t, a)``    (an older forecast P₀ of the area, M of the municipality)
By a grid:  ``P(z, t, a) = M(t, a)·g(z, a) / g(a)``            (g: persons of the grid in the age group of a)

Either way the areas that tile a municipality add up to its forecast in every year and age.
"""

from dataclasses import dataclass

import numpy as np

from service.engine.arrays import AnyIntArray, BoolArray, FloatArray, IntArray


def rescaled_persons(area: FloatArray, municipality_before: FloatArray, municipality_now: FloatArray) -> FloatArray:
    """Return an area's persons (years × ages) brought to another forecast of its municipality, age by age.

    An age of which the older forecast has nobody in the municipality stays at nobody: there is nothing to scale.

    >>> rescaled_persons(np.array([[20.0, 5.0]]), np.array([[100.0, 0.0]]), np.array([[110.0, 3.0]]))
    array([[22.,  0.]])
    """
    factor = np.divide(
        municipality_now, municipality_before, out=np.zeros_like(municipality_now), where=municipality_before != 0
    )
    return area * factor


@dataclass(frozen=True, slots=True)
class GridCells:
    """The cells of a population grid whose place is known.

    Attributes:
        population: Persons of each cell.
        of_group: Cells × age groups; ``nan`` where the grid does not tell a cell's ages.
        from_age: First age of each group, ascending.
        to_age: Last age of each group; a large number is the open group.
        inside: Which part of each cell lies in the municipality, 0…1; None: all of every cell.
    """

    population: FloatArray
    of_group: FloatArray
    from_age: IntArray
    to_age: IntArray
    inside: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class CellOverlap:
    """Which part of which cell lies in which area, one row for each area and cell that meet; the part is 0…1."""

    area: AnyIntArray
    cell: AnyIntArray
    part: FloatArray


def persons_by_group(cells: GridCells) -> FloatArray:
    """Return cells × age groups; a cell whose ages are unknown has the age structure of those that are known.

    Without any known age there is one group, everybody.

    >>> ages = np.array([[30.0, 70.0], [np.nan, np.nan]])
    >>> persons_by_group(GridCells(np.array([100.0, 10.0]), ages, np.array([0, 16]), np.array([15, 999])))
    array([[30., 70.],
           [ 3.,  7.]])
    """
    known = _has_ages(cells)
    total = cells.of_group[known].sum(axis=0)
    if not total.sum() > 0:
        return cells.population[:, np.newaxis]
    structure = total / total.sum()
    return np.where(known[:, np.newaxis], cells.of_group, cells.population[:, np.newaxis] * structure)


def _has_ages(cells: GridCells) -> BoolArray:
    if not cells.of_group.shape[1]:
        return np.zeros(len(cells.population), bool)
    return np.asarray(~np.isnan(cells.of_group).any(axis=1))


def grid_shares(cells: GridCells, overlap: CellOverlap, area_count: int) -> FloatArray:
    """Return areas × age groups: which share of the municipality's persons of a group lives in an area.

    A cell counts with the part of its surface that lies in the area. A group without anybody is shared as all persons.

    >>> cells = GridCells(np.array([60.0, 40.0]), np.zeros((2, 0)), np.array([], int), np.array([], int))
    >>> grid_shares(cells, CellOverlap(np.array([0, 1, 1]), np.array([0, 0, 1]), np.array([0.5, 0.5, 1.0])), 2)
    array([[0.3],
           [0.7]])
    """
    persons = persons_by_group(cells)
    by_area = np.zeros((area_count, persons.shape[1]))
    for group in range(persons.shape[1]):
        weights = persons[overlap.cell, group] * overlap.part
        by_area[:, group] = np.bincount(overlap.area, weights=weights, minlength=area_count)
    own = persons if cells.inside is None else persons * cells.inside[:, np.newaxis]
    total, everybody = own.sum(axis=0), own.sum()
    of_all = by_area.sum(axis=1, keepdims=True) / everybody if everybody > 0 else np.zeros((area_count, 1))
    return np.where(total > 0, by_area / np.where(total > 0, total, 1.0), of_all)


def group_of_age(cells: GridCells, ages: AnyIntArray) -> IntArray:
    """Return the number of the age group of each age; an age between two groups goes to the one below.

    >>> groups = GridCells(np.array([1.0]), np.array([[1.0, 0.0]]), np.array([0, 16]), np.array([15, 999]))
    >>> group_of_age(groups, np.array([0, 15, 16, 100]))
    array([0, 0, 1, 1])
    """
    if persons_by_group(cells).shape[1] == 1:
        return np.zeros(len(ages), np.int64)
    return np.clip(np.searchsorted(cells.from_age, ages, side="right") - 1, 0, None).astype(np.int64)


def persons_by_share(municipality: FloatArray, share: FloatArray, group: AnyIntArray) -> FloatArray:
    """Return an area's persons (years × ages) from its share of each age group.

    >>> persons_by_share(np.array([[100.0, 50.0]]), np.array([0.1, 0.2]), np.array([0, 1]))
    array([[10., 10.]])
    """
    return municipality * share[group]
