"""What honest accounts' scores are compared with: one `Row` for each network and truth."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.stats import rankdata

import influencegraph
from benchmarks.candidates.discounts import Net, part
from benchmarks.reasons.people import FOLDER, read_people

Ids = np.ndarray
Measure = Callable[[np.ndarray, np.ndarray], float]

CASCADE_ACCOUNTS, CASCADE_SEEDS, CHOOSING_SEED = 4_000, range(21, 26), 1
SAMPLES, ROOTS, EVEN_CHANCE = 200, 256, 0.02
CHOOSING = ("retweets received", "AUC, labels for choosing", "cascade, 1/follows", "cascade, even")
JUDGED = (
    "mentions received", "likes received", "replies received", "later raters", "cascade, 1/follows",
    "cascade, even",
)  # fmt: skip
POLITICIANS = JUDGED[:3]


class Row(NamedTuple):
    """A network, what is known of its accounts (nan: nothing), and how scores are held against that.

    Rows of one name are one row seen through several seeds.
    """

    name: str
    net: Net
    truth: np.ndarray
    measure: Measure


def spearman(values: np.ndarray, truth: np.ndarray) -> float:
    """Return Spearman's correlation; ties have their mean rank, and values are told apart to 9 digits."""
    ranks = rankdata(np.round(np.log(values), 9)), rankdata(truth)
    return float(np.corrcoef(*ranks)[0, 1])


def auc(values: np.ndarray, truth: np.ndarray) -> float:
    """Return how probably an account of truth 1 has more than one of truth 0; ties count half."""
    ranks, is_fair = rankdata(np.round(np.log(values), 9)), truth > 0
    fair, fraud = is_fair.sum(), (~is_fair).sum()
    return float((ranks[is_fair].sum() - fair * (fair + 1) / 2) / (fair * fraud))


def choosing_rows(folder: Path) -> Iterator[Row]:
    """Yield the rows on which constants are chosen."""
    yield from _politicians(folder, ("retweet",))
    yield _labelled(folder, 0)
    yield from list_cascades(CHOOSING_SEED)


def judged_rows(folder: Path) -> Iterator[Row]:
    """Yield the rows on which candidates are judged, and the other half of the labels."""
    yield from _politicians(folder, ("mention", "favorite", "reply"))
    yield _later(folder)
    for seed in CASCADE_SEEDS:
        yield from list_cascades(seed)
    yield _labelled(folder, 1)


# ---- politicians ----


def _politicians(folder: Path, kinds: tuple[str, ...]) -> Iterator[Row]:
    people = read_people(folder)
    net = part(people.graph.to_scipy())
    said = {"retweet": "retweets", "mention": "mentions", "favorite": "likes", "reply": "replies"}
    for kind in kinds:
        rows = _read(folder / FOLDER / f"{kind}.tsv.gz")
        actor, target, count = rows[:, 0].astype(np.int64), rows[:, 1].astype(np.int64), rows[:, 2]
        kept = np.isin(actor, people.graph.labels) & np.isin(target, people.graph.labels) & (actor != target)
        places = people.graph.accounts.locate(target[kept])
        received = np.bincount(places, weights=count[kept], minlength=len(people.graph))
        yield Row(f"{said[kind]} received", net, received, spearman)


def _read(path: Path) -> np.ndarray:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return np.loadtxt(file, dtype=np.float64, comments="#", ndmin=2)


# ---- Bitcoin-OTC ----


def _ratings(folder: Path) -> tuple[Ids, np.ndarray]:
    """Return rater and rated of the positive ratings in the order of time, (k, 2), and their labels."""
    rows = _read(folder / "bitcoin_otc" / "ratings.tsv.gz")
    rows = rows[(rows[:, 2] > 0) & (rows[:, 0] != rows[:, 1])]
    labels = _read(folder / "bitcoin_otc" / "labels.tsv.gz").astype(np.int64)
    return rows[np.argsort(rows[:, 3], kind="stable")][:, :2].astype(np.int64), labels


def _matrix(pairs: Ids, accounts: Ids) -> sparse.csr_matrix:
    places = np.searchsorted(accounts, pairs)
    n = len(accounts)
    found = sparse.csr_matrix((np.ones(len(pairs)), (places[:, 0], places[:, 1])), shape=(n, n))
    found.data[:] = 1.0  # rated twice is rated
    return found


def _labelled(folder: Path, half: int) -> Row:
    """Fair over fraud, on every other label of either kind."""
    pairs, labels = _ratings(folder)
    accounts = np.union1d(np.unique(pairs), labels[:, 0])
    truth = np.full(len(accounts), np.nan)
    for kind in (1, -1):
        chosen = np.sort(labels[labels[:, 1] == kind, 0])[half::2]
        truth[np.searchsorted(accounts, chosen)] = max(kind, 0)
    name = CHOOSING[1] if half == 0 else "AUC, other labels"
    return Row(name, part(_matrix(pairs, accounts)), truth, auc)


def _later(folder: Path) -> Row:
    """How many accounts first rate an account in the later half of the ratings."""
    pairs, _ = _ratings(folder)
    earlier, later = np.array_split(pairs, 2)
    accounts = np.unique(earlier)
    known = {(u, v) for u, v in earlier.tolist()}
    new = np.array(sorted({(u, v) for u, v in later.tolist()} - known), np.int64)
    rated = new[np.isin(new[:, 1], accounts), 1]
    truth = np.bincount(np.searchsorted(accounts, rated), minlength=len(accounts)).astype(np.float64)
    return Row("later raters", part(_matrix(earlier, accounts)), truth, spearman)


# ---- simulated cascades ----


def list_cascades(seed: int) -> Iterator[Row]:
    network = influencegraph.simulate_network(CASCADE_ACCOUNTS, farm_size=0, ring_size=0, rng=seed)
    net = part(network.graph.to_scipy())
    chances = {
        "cascade, 1/follows": np.repeat(1.0 / np.maximum(net.out_weights, 1), np.diff(net.follows.indptr)),
        "cascade, even": np.full(net.follows.nnz, EVEN_CHANCE),
    }
    for place, (name, chance) in enumerate(chances.items()):
        generator = np.random.default_rng([seed, place])
        yield Row(name, net, cascade_reach(net.follows, chance, generator), spearman)


def cascade_reach(
    follows: sparse.csr_matrix, chance: np.ndarray, rng: np.random.Generator, samples: int = SAMPLES
) -> np.ndarray:
    """Return how many accounts an independent cascade from each account reaches, estimated; shape (n,).

    A follower that sees what an account it follows passed on passes it on with `chance`, one for each
    follow. Whom a cascade from v reaches are those who reach v along the follows that happen to pass on,
    so walks from random followers count for everybody at once (reverse reachable sets, Borgs et al.,
    SODA 2014).
    """
    n = follows.shape[0]
    counts, roots = np.zeros(n), min(ROOTS, n)
    for _ in range(samples):
        live = follows.copy()
        live.data = (rng.random(live.nnz) < chance).astype(np.float32)
        live.eliminate_zeros()
        back = sparse.csr_matrix(live.T)
        seen = np.zeros((n, roots), np.float32)
        seen[rng.choice(n, roots, replace=False), np.arange(roots)] = 1.0
        front = seen.copy()
        while front.any():
            front = ((back @ front) > 0) & (seen == 0)
            seen[front] = 1.0
            front = front.astype(np.float32)
        counts += seen.sum(axis=1)
    return counts * n / (samples * roots)
