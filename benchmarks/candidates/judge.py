"""Choose each candidate's constants on some rows, and judge it on others, by the rule fixed beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.candidates import pools
from benchmarks.candidates.discounts import BASE, GRIDS, KNOWN, Discount, reach
from benchmarks.candidates.rows import JUDGED, Row, choosing_rows, judged_rows

AMPLIFICATION_MAX, CHOOSING_MAX = 1.25, 1.22
GAIN_MIN, LOSS_MAX = 0.01, 0.002
N_RESAMPLES, CONFIDENCE, SEED = 1000, 0.95, 20261124


class Choice(NamedTuple):
    """One setting of a candidate on the choosing rows: mean over them, and amplification of the pools."""

    name: str
    rows: dict[str, float]
    amplification: float

    @property
    def mean(self) -> float:
        return float(np.mean(list(self.rows.values())))


class Estimate(NamedTuple):
    """A mean and both ends of its interval."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.3f} [{self.low:.3f}, {self.high:.3f}]"


class Verdict(NamedTuple):
    """A method on the rows that judge, and against the attacks; gains are over the default's."""

    name: str
    rows: dict[str, float]
    gain: Estimate
    attacks: dict[str, Estimate]
    more: Estimate  # amplification of the dense pool, beyond the default's
    clique: float

    @property
    def mean(self) -> float:
        return float(np.mean([self.rows[name] for name in JUDGED]))

    @property
    def wins(self) -> bool:
        held = self.attacks["pool of 400"].mean <= AMPLIFICATION_MAX
        return (self.gain.mean >= GAIN_MIN and held) or (self.gain.mean >= -LOSS_MAX and self.more.high < 0)


def choose(grid: Iterable[Choice]) -> Choice:
    """Return the highest mean among settings that hold the pool; if none does, the one that holds it best."""
    tried = list(grid)
    held = [each for each in tried if each.amplification <= CHOOSING_MAX]
    return max(held, key=lambda each: each.mean) if held else min(tried, key=lambda each: each.amplification)


def measure_choosing(folder: Path) -> dict[str, list[Choice]]:
    """Measure all settings of the grids."""
    discounts = {name: each for grid in GRIDS.values() for name, each in grid.items()}
    rows = {name: dict[str, float]() for name in discounts}
    for row in choosing_rows(folder):
        for name, value in hold_against(row, discounts).items():
            rows[name][row.name] = value
    found = []
    for seed in pools.CHOOSING_SEEDS:
        graph = pools.simulate(seed)
        found.append(pools.amplify(graph, pools.dense_pool(graph, seed), discounts))
    return {
        candidate: [Choice(name, rows[name], float(np.mean([each[name] for each in found]))) for name in grid]
        for candidate, grid in GRIDS.items()
    }


def measure_judged(folder: Path, chosen: dict[str, Discount]) -> list[Verdict]:
    """Judge the chosen settings beside the known ones."""
    discounts = {**KNOWN, **chosen}
    rows, draws = _judge_rows(folder, discounts)
    gains = np.mean([draws[name] for name in JUDGED], axis=0)
    attacks, cliques = _attack(discounts)
    rng = np.random.default_rng(SEED)
    picks = rng.integers(0, len(pools.JUDGED_SEEDS), (N_RESAMPLES, len(pools.JUDGED_SEEDS)))
    verdicts = []
    for place, name in enumerate(discounts):
        mean = float(np.mean([rows[row][name] - rows[row][BASE] for row in JUDGED]))
        dense = attacks["pool of 400"]
        verdicts.append(
            Verdict(
                name,
                {row: values[name] for row, values in rows.items()},
                interval(mean, gains[:, place]),
                {attack: _over_seeds(each[name], picks) for attack, each in attacks.items()},
                _over_seeds(dense[name] - dense[BASE], picks),
                cliques[name],
            )
        )
    return verdicts


# ---- rows ----


def _scores(row: Row, discounts: dict[str, Discount]) -> tuple[dict[str, np.ndarray], np.ndarray]:
    known = ~np.isnan(row.truth)
    return {name: reach(row.net, each)[known] for name, each in discounts.items()}, row.truth[known]


def hold_against(row: Row, discounts: dict[str, Discount]) -> dict[str, float]:
    values, truth = _scores(row, discounts)
    return {name: row.measure(each, truth) for name, each in values.items()}


def _judge_rows(
    folder: Path, discounts: dict[str, Discount]
) -> tuple[dict[str, dict[str, float]], dict[str, np.ndarray]]:
    """Return each row's values by method, and resampled gains over the default, (resamples, methods)."""
    groups: dict[str, list[Row]] = {}
    for row in judged_rows(folder):
        groups.setdefault(row.name, []).append(row)
    values, draws = {}, {}
    for place, (name, group) in enumerate(groups.items()):
        rng = np.random.default_rng([SEED, place])
        if len(group) == 1:
            values[name] = hold_against(group[0], discounts)
            draws[name] = np.array(list(_resample(group[0], discounts, rng)))
            continue
        each = [hold_against(row, discounts) for row in group]
        values[name] = {method: float(np.mean([one[method] for one in each])) for method in discounts}
        gains = np.array([[one[method] - one[BASE] for method in discounts] for one in each])
        draws[name] = gains[rng.integers(0, len(each), (N_RESAMPLES, len(each)))].mean(axis=1)
    return values, draws


def _resample(row: Row, discounts: dict[str, Discount], rng: np.random.Generator) -> Iterator[list[float]]:
    values, truth = _scores(row, discounts)
    for _ in range(N_RESAMPLES):
        chosen = rng.integers(0, len(truth), len(truth))
        found = {name: row.measure(each[chosen], truth[chosen]) for name, each in values.items()}
        yield [found[name] - found[BASE] for name in discounts]


# ---- attacks ----


def _attack(
    discounts: dict[str, Discount],
) -> tuple[dict[str, dict[str, np.ndarray]], dict[str, float]]:
    """Return amplifications, (seeds,) by attack and method, and what a fake of a small clique reaches."""
    found = {attack: {name: list[float]() for name in discounts} for attack in pools.ATTEMPTS}
    cliques: list[dict[str, float]] = []
    for seed in pools.JUDGED_SEEDS:
        graph = pools.simulate(seed)
        for attack, attempt in pools.ATTEMPTS.items():
            for name, value in pools.amplify(graph, attempt(graph, seed), discounts).items():
                found[attack][name].append(value)
        cliques.append(pools.clique_reach(graph, discounts))
    arrays = {attack: {name: np.array(v) for name, v in each.items()} for attack, each in found.items()}
    return arrays, {name: float(np.mean([each[name] for each in cliques])) for name in discounts}


def _over_seeds(values: np.ndarray, picks: np.ndarray) -> Estimate:
    return interval(float(values.mean()), values[picks].mean(axis=1))


def interval(mean: float, draws: np.ndarray) -> Estimate:
    low, high = np.quantile(draws, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Estimate(mean, float(low), float(high))
