"""The scenario of `bench_scenario` as a user of pandas would write it, in an environment that has pandas only.

Reads the assets and measures that the service started from (an .npz file) and prints seconds and the backlog at the
end as JSON, twice: row by row on a sample, and with whole columns on all assets. Neither reads from a database, keeps
reasons, needed and avoidable backlog or measures, or spends what one measure left over.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np
import pandas as pd

LINEAR, QUADRATIC, WEIBULL = 1, 2, 3


def condition(row: pd.Series) -> float:
    """Return one asset's condition by its age."""
    if row.kind == LINEAR:
        curve = max(0.0, 1 - row.wear * row.age)
    elif row.kind == QUADRATIC:
        curve = 1 - min(row.age / row.life, 1) ** 2 * row.share
    elif row.kind == WEIBULL:
        curve = np.exp(-((row.age / row.scale) ** row["shape"]))
    else:
        curve = row.cap
    return min(curve, row.cap)


def age_after(row: pd.Series, after: float) -> float:
    """Return the age that a condition stands for."""
    if row.kind == LINEAR:
        return (1 - after) / row.wear
    if row.kind == QUADRATIC:
        return np.sqrt((1 - after) / row.share) * row.life
    return row.scale * (-np.log(after)) ** (1 / row["shape"]) if after < 1 else 0.0


def best_measure(row: pd.Series, measures: pd.DataFrame) -> tuple[float, float, float] | None:
    """Return ratio, cost and condition after of the measure that takes away most backlog for each euro."""
    best = None
    own = measures[(measures["list"] == row["list"]) & (measures.low <= row.c) & (row.c < measures.high)]
    for measure in own.itertuples():
        cost = measure.share * row.cost + measure.unit * row.quantity
        removed = max(row.target - row.c, 0) * row.cost - max(row.target - measure.after, 0) * row.cost
        if measure.after > row.c and cost > 0 and removed > 0 and (best is None or removed / cost > best[0]):
            best = (removed / cost, cost, measure.after)
    return best


def row_by_row(assets: pd.DataFrame, measures: pd.DataFrame, budget: dict[int, float], years: int) -> float:
    """Return the backlog after the years, computed asset by asset."""
    for _ in range(years):
        offers = []
        for index, row in assets.iterrows():
            assets.loc[index, "age"] = row.age = row.age + 1
            assets.loc[index, "c"] = row.c = condition(row)
            if row.c < row.target and (offer := best_measure(row, measures)) is not None:
                offers.append((*offer, index))
        left = dict(budget)
        for _, cost, after, index in sorted(offers, key=lambda each: -each[0]):
            number = assets.loc[index, "asset_class"]
            if cost <= left.get(number, 0):
                left[number] -= cost
                assets.loc[index, ["age", "cap", "c"]] = [age_after(assets.loc[index], after), after, after]
    return float(((assets.target - assets.c).clip(lower=0) * assets.cost).sum())


def by_columns(assets: pd.DataFrame, measures: pd.DataFrame, budget: dict[int, float], years: int) -> float:
    """Return the backlog after the years, computed with whole columns."""
    assets["money"] = assets.asset_class.map(budget).fillna(0)
    measures = measures.assign(level=(measures.high * 5).round().astype(int))
    for _ in range(years):
        assets["age"] += 1
        assets["c"] = np.minimum(assets.cap, curve(assets))
        owing = assets[assets.c < assets.target].copy()
        owing["level"] = np.ceil((owing.c * 5).round(9)).clip(1, 5).astype(int)
        offers = owing.reset_index().merge(measures, on=["list", "level"])
        offers["price"] = offers.share_y * offers.cost + offers.unit * offers.quantity
        offers["removed"] = (offers.target - offers.c) * offers.cost
        offers["removed"] -= (offers.target - offers.after).clip(lower=0) * offers.cost
        offers = offers[(offers.after > offers.c) & (offers.removed > 0) & (offers.price > 0)]
        offers["ratio"] = offers.removed / offers.price
        offers = offers.sort_values("ratio", ascending=False).drop_duplicates("index")
        chosen = offers[offers.groupby("asset_class").price.cumsum() <= offers.money].set_index("index")
        assets.loc[chosen.index, "cap"] = chosen.after
        assets.loc[chosen.index, "c"] = chosen.after
        assets.loc[chosen.index, "age"] = ages(assets.loc[chosen.index], chosen.after)
    return float(((assets.target - assets.c).clip(lower=0) * assets.cost).sum())


def curve(assets: pd.DataFrame) -> pd.Series:
    """Return the condition of each asset by its age."""
    linear = (1 - assets.wear * assets.age).clip(lower=0)
    quadratic = 1 - (assets.age / assets.life).clip(upper=1) ** 2 * assets.share
    weibull = np.exp(-((assets.age / assets.scale) ** assets["shape"]))
    kinds = [assets.kind == kind for kind in (LINEAR, QUADRATIC, WEIBULL)]
    return pd.Series(np.select(kinds, [linear, quadratic, weibull], assets.cap), assets.index)


def ages(assets: pd.DataFrame, after: pd.Series) -> pd.Series:
    """Return the age of each asset that its condition stands for."""
    linear = (1 - after) / assets.wear
    quadratic = np.sqrt((1 - after) / assets.share) * assets.life
    weibull = assets.scale * np.abs(np.log(after)) ** (1 / assets["shape"])
    kinds = [assets.kind == kind for kind in (LINEAR, QUADRATIC, WEIBULL)]
    return pd.Series(np.select(kinds, [linear, quadratic, weibull], 0.0), assets.index)


def main(path: str, sample: int, years: int) -> None:
    """Measure both and print them."""
    with np.load(path) as file:
        assets = pd.DataFrame({name[2:]: file[name] for name in file if name.startswith("a_")})
        measures = pd.DataFrame({name[2:]: file[name] for name in file if name.startswith("m_")})
        budget = dict(zip(file["budget_class"].tolist(), file["budget_eur"].tolist(), strict=True))
    few = assets.sample(sample, random_state=1).copy()
    part = {number: euros * sample / len(assets) for number, euros in budget.items()}
    start = time.perf_counter()
    row_by_row(few, measures, part, years)
    rows = time.perf_counter() - start
    start = time.perf_counter()
    backlog = by_columns(assets, measures, budget, years)
    columns = time.perf_counter() - start
    told = {"version": pd.__version__, "assets": len(assets), "sample": sample}
    print(json.dumps({**told, "rows_s": rows, "columns_s": columns, "backlog_eur": backlog}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
