"""Measure what attacks gain: the lab on ten simulated networks, one seed each."""

from __future__ import annotations

import csv
import sys
from functools import partial
from pathlib import Path

import influencegraph
from influencegraph.attacks import ATTACKS
from influencegraph.lab.records import LabRecords
from influencegraph.lab.run import LabProgress

N_ACCOUNTS, N_NETWORKS = 12_000, 10
BUDGETS = (10_000, 40_000, 80_000)
TRUSTED = 300
DOSES, DOSE_BUDGET = (50, 100, 200, 400), 40_000
"""Strangers that each churner tries, who may follow back; 200 is the attack's default."""


def measure(
    records: Path | None = None, n_networks: int = N_NETWORKS, n_accounts: int = N_ACCOUNTS
) -> LabRecords:
    """Run the lab on each network; go on from `records`, where that exists, and write it after each."""
    found = read(records) if records is not None and records.exists() else LabRecords(())
    whole = LabRecords(())
    for seed in range(n_networks):
        network = influencegraph.simulate_network(n_accounts, farm_size=0, ring_size=0, rng=seed)
        whole += influencegraph.run_lab(
            network.graph, budgets=BUDGETS, rng=seed, n_seeds=1, honest=network.members("organic"),
            trusted=TRUSTED, progress=say, resume=found.select(seed=seed),
        )  # fmt: skip
        if records is not None:
            later = LabRecords(tuple(each for each in found.records if each.seed > seed))
            (whole + later).to_csv(records)
    return whole


def measure_doses(n_networks: int = N_NETWORKS, n_accounts: int = N_ACCOUNTS) -> LabRecords:
    """Run churn that a log remembers, by few tries of many and many of few; attacks are named by them."""
    attacks = {str(tries): partial(ATTACKS["follow_churn_remembered"], tries_each=tries) for tries in DOSES}
    whole = LabRecords(())
    for seed in range(n_networks):
        network = influencegraph.simulate_network(n_accounts, farm_size=0, ring_size=0, rng=seed)
        whole += influencegraph.run_lab(
            network.graph, ["reach", "reach_strict", "pagerank"], attacks, [DOSE_BUDGET], rng=seed,
            n_seeds=1, honest=network.members("organic"),
        )  # fmt: skip
    return whole


def read(path: Path) -> LabRecords:
    """Return the records of a file that `LabRecords.to_csv` wrote."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return LabRecords.from_columns({name: [row[name] for row in rows] for name in rows[0]})


def say(progress: LabProgress) -> None:
    sys.stderr.write(
        f"network {progress.seed}, {progress.done} of {progress.total}: {progress.attack} {progress.budget}\n"
    )
