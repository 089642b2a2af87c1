"""``python -m benchmarks.candidates.default``: rewrite what decision 0013 says was measured."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

import influencegraph
from benchmarks.candidates import pools
from benchmarks.candidates.__main__ import rewrite
from benchmarks.candidates.discounts import CAPACITY, KNOWN, Discount, constant, giving
from benchmarks.candidates.judge import LOSS_MAX, N_RESAMPLES, Estimate, hold_against, interval
from benchmarks.candidates.rows import JUDGED, list_cascades
from benchmarks.lab.measuring import DOSE_BUDGET, DOSES
from benchmarks.plan import Plan
from benchmarks.tables import table
from influencegraph.attacks import ATTACKS

PAGE = "decisions/0013-default-of-version-2.md"
SEEDS = range(31, 41)
CHURN_MAX = 1.6
OLD, NEW = "(0.5, 150)", "(0.4, 150), giving 1.5"
DISCOUNTS: dict[str, Discount] = {
    "PageRank": KNOWN["PageRank"], OLD: partial(constant, delta=0.5), NEW: partial(giving, delta=0.4),
}  # fmt: skip
SETTINGS = {
    "PageRank": {"mutual_worth": 1.0, "mutual_capacity": np.inf, "mutual_giving": 0.0},
    OLD: {"mutual_worth": 0.5, "mutual_capacity": CAPACITY, "mutual_giving": 0.0},
    NEW: {"mutual_worth": 0.4, "mutual_capacity": CAPACITY, "mutual_giving": 1.5},
}
"""The same: dense discounts for what the package cannot express, settings for what it can."""

Found = dict[str, dict[str, list[float]]]


def measure_rows() -> Found:
    """Return Spearman with both cascades: row, discount, one for each seed."""
    found: Found = {}
    for row in (row for seed in SEEDS for row in list_cascades(seed)):
        for name, value in hold_against(row, DISCOUNTS).items():
            found.setdefault(row.name, {}).setdefault(name, []).append(value)
    return found


def measure_pools() -> Found:
    """Return amplifications, and the reach of a fake of a clique: attack, discount, one for each seed."""
    found: Found = {}
    for seed in SEEDS:
        graph = pools.simulate(seed)
        values = {
            attack: pools.amplify(graph, attempt(graph, seed), DISCOUNTS)
            for attack, attempt in pools.ATTEMPTS.items()
        }
        for attack, by_name in {**values, "clique of 5": pools.clique_reach(graph, DISCOUNTS)}.items():
            for name, value in by_name.items():
                found.setdefault(attack, {}).setdefault(name, []).append(value)
    return found


def measure_churn() -> Found:
    """Return amplifications of remembered churn: tries, settings, one for each seed."""
    found: Found = {}
    for seed in SEEDS:
        graph = pools.simulate(seed)
        before = {name: influencegraph.score(graph, **chosen).reach for name, chosen in SETTINGS.items()}
        for tries in DOSES:
            attack = ATTACKS["follow_churn_remembered"]
            outcome = attack(graph, budget=DOSE_BUDGET, rng=seed, tries_each=tries)
            places = [each.accounts.locate(outcome.gainers) for each in (graph, outcome.graph)]
            for name, chosen in SETTINGS.items():
                after = influencegraph.score(outcome.graph, **chosen).reach
                value = float(after[places[1]].sum() / before[name][places[0]].sum())
                found.setdefault(f"{tries} tries", {}).setdefault(name, []).append(value)
    return found


def write(rows: Found, attacks: Found, churn: Found) -> Iterator[str]:
    """Yield the paragraphs."""
    yield "Spearman with cascades, pools' summed reach afterwards over before, reach of one fake of a clique:"
    yield _tabulate({**rows, **attacks})
    yield f"Churn that is remembered, {DOSE_BUDGET:,} follows, summed reach of the churners over before:"
    yield _tabulate(churn)
    worse = [name for name, each in attacks.items() if np.mean(each[NEW]) > np.mean(each[OLD])]
    yield (
        f"1. {'Met' if not worse else '**Not met**'}: of {len(attacks)} attacks {len(worse)} gain more than "
        f"under {OLD}{': ' + ', '.join(worse) if worse else ''}."
    )
    gains = np.mean([np.subtract(rows[name][NEW], rows[name][OLD]) for name in JUDGED[-2:]], axis=0)
    gain = over_seeds(gains.tolist())
    yield (
        f"2. {'Met' if gain.mean >= -LOSS_MAX else '**Not met**'}: {gain.mean:+.4f} [{gain.low:+.4f}, "
        f"{gain.high:+.4f}] on the mean of both cascades."
    )
    most = max(float(np.mean(each[NEW])) for each in churn.values())
    yield f"3. {'Met' if most <= CHURN_MAX else '**Not met**'}: at most {most:.2f} at any dose."


def over_seeds(values: list[float]) -> Estimate:
    """Return the mean over seeds with its bootstrap interval."""
    picks = np.random.default_rng(SEEDS.start).integers(0, len(values), (N_RESAMPLES, len(values)))
    return interval(float(np.mean(values)), np.array(values)[picks].mean(axis=1))


def _tabulate(found: Found) -> str:
    lines = [[name, *(str(over_seeds(each[name])) for each in found.values())] for name in DISCOUNTS]
    return table(["discount", *found], lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.candidates.default", description=__doc__)
    parser.add_argument("--docs", type=Path, default=Plan.docs, metavar="DIR", help="where the page is")
    path = parser.parse_args().docs / PAGE
    paragraphs = write(measure_rows(), measure_pools(), measure_churn())
    path.write_text(rewrite(path.read_text("utf-8"), paragraphs), "utf-8")


if __name__ == "__main__":
    main()
