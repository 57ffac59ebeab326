"""Persons shared out to areas: whatever the cells, nobody is lost, and the order of the rows does not matter."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.engine.area_population import (
    CellOverlap,
    GridCells,
    grid_shares,
    group_of_age,
    persons_by_group,
    persons_by_share,
    rescaled_persons,
)

AGES = np.array([0, 16]), np.array([15, 999])
PERSONS = st.floats(0, 1e5)


@st.composite
def tiled_grids(draw: st.DrawFn) -> tuple[GridCells, CellOverlap]:
    """Cells of which each lies wholly in two or three areas that tile the municipality."""
    count, areas = draw(st.integers(1, 8)), draw(st.integers(2, 3))
    population = np.array(draw(st.lists(PERSONS, min_size=count, max_size=count)))
    told = np.array(draw(st.lists(st.booleans(), min_size=count, max_size=count)))
    young = np.array(draw(st.lists(st.floats(0, 1), min_size=count, max_size=count)))
    ages = np.where(told[:, None], np.stack([young, 1 - young], axis=1) * population[:, None], np.nan)
    weight = np.array(draw(st.lists(st.floats(0.01, 1), min_size=count * areas, max_size=count * areas)))
    part = weight.reshape(count, areas) / weight.reshape(count, areas).sum(axis=1, keepdims=True)
    cell, area = (axis.ravel() for axis in np.meshgrid(np.arange(count), np.arange(areas), indexing="ij"))
    return GridCells(population, ages, *AGES), CellOverlap(area, cell, part.ravel())


@given(grid=tiled_grids(), young=PERSONS, old=PERSONS)
def test_areas_that_tile_the_municipality_share_out_everybody(
    grid: tuple[GridCells, CellOverlap], young: float, old: float
) -> None:
    cells, overlap = grid
    if not cells.population.sum() > 0:
        return
    count = int(overlap.area.max()) + 1
    group = group_of_age(cells, np.array([7, 70]))
    municipality = np.array([[young, old]])
    persons = sum(persons_by_share(municipality, share, group) for share in grid_shares(cells, overlap, count))
    np.testing.assert_allclose(persons, municipality, rtol=1e-9, atol=1e-6)


@given(grid=tiled_grids(), seed=st.integers(0, 2**32 - 1))
def test_shares_do_not_depend_on_the_order_of_the_overlaps(grid: tuple[GridCells, CellOverlap], seed: int) -> None:
    cells, overlap = grid
    count = int(overlap.area.max()) + 1
    order = np.random.default_rng(seed).permutation(len(overlap.part))
    mixed = CellOverlap(overlap.area[order], overlap.cell[order], overlap.part[order])
    np.testing.assert_allclose(
        grid_shares(cells, overlap, count), grid_shares(cells, mixed, count), rtol=1e-12, atol=1e-15
    )


@given(grid=tiled_grids())
def test_the_ages_of_the_cells_sum_to_their_persons(grid: tuple[GridCells, CellOverlap]) -> None:
    cells, _ = grid
    np.testing.assert_allclose(persons_by_group(cells).sum(axis=1), cells.population, rtol=1e-9, atol=1e-6)


@given(
    areas=st.lists(st.floats(1, 1e4), min_size=1, max_size=6),
    now=st.floats(0, 1e6),
)
def test_scaled_areas_sum_to_the_new_forecast(areas: list[float], now: float) -> None:
    before = np.array([[sum(areas)]])
    total = sum(rescaled_persons(np.array([[area]]), before, np.array([[now]]))[0, 0] for area in areas)
    assert total == pytest.approx(now, rel=1e-9, abs=1e-6)


def test_a_group_that_nobody_is_of_is_shared_as_all_persons() -> None:
    """No child in the grid: 30 of 100 adults live in the first area, so it has 30 % of the children forecast."""
    cells = GridCells(np.array([30.0, 70.0]), np.array([[0.0, 30.0], [0.0, 70.0]]), *AGES)
    shares = grid_shares(cells, CellOverlap(np.array([0, 1]), np.array([0, 1]), np.ones(2)), 2)
    np.testing.assert_allclose(shares, [[0.3, 0.3], [0.7, 0.7]])
