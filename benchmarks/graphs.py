"""The graphs that are measured, by name: seeded or real, kept as two columns of ids in the cache.

``follower[i]`` follows ``followed[i]``; ids are uint32 from 0, rows shuffled. "labels" graphs hold the same
follows between scattered 63-bit account ids instead, and no account without a follow.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

import influencegraph
from influencegraph import FollowerGraph

SIZES = {
    "small": ("rmat14", "rmat15", "rmat14_mutual36", "uniform14"),
    "default": ("rmat18", "rmat20", "rmat22", "rmat20_mutual36", "uniform20"),
    "huge": ("rmat25",),
}
MIDDLE = {"small": "rmat15", "default": "rmat20", "huge": "rmat25"}
"""Of these graphs, the one for cases that ask for one only."""

REAL = {
    "slashdot0902": "slashdot0902/edges.tsv.gz",
    "cnr2000_web": "cnr2000_web/links.tsv.gz",
}
_SCATTER = 0x51D0BE7A35C1F0E5  # odd: distinct ids stay distinct modulo 2^63
_CHUNK = 1 << 24


class Stored(NamedTuple):
    """A graph in its folder of .npy files."""

    name: str
    folder: Path
    n_accounts: int
    n_follows: int
    mutual: float

    def columns(self) -> tuple[np.ndarray, np.ndarray]:
        return tuple(np.load(self.folder / f"{end}.npy", mmap_mode="r") for end in ("follower", "followed"))  # type: ignore[return-value]


def store(name: str, cache: Path, realdata: Path | None = None) -> Stored:
    """Return graph `name`, making it first where the cache lacks it."""
    folder = cache / "graphs" / name
    if not (folder / "about.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        if name in REAL:
            assert realdata is not None, f"{name} needs --realdata"
            _store_real(folder, influencegraph.read_follows(realdata / REAL[name]))
        elif name.endswith("_labels"):
            _store_labels(folder, store(name.removesuffix("_labels"), cache))
        else:
            _store_seeded(folder, name)
    about = json.loads((folder / "about.json").read_text())
    return Stored(name, folder, about["accounts"], about["follows"], about["mutual"])


def load_small(realdata: Path | None) -> Iterator[tuple[str, FollowerGraph]]:
    """Yield the graphs of the convergence table."""
    yield "simulated, seed 0", influencegraph.simulate_network(rng=0).graph
    if realdata is not None:
        for name, path in REAL.items():
            yield name, influencegraph.read_follows(realdata / path)


def mutual_share(follower: np.ndarray, followed: np.ndarray) -> float:
    """Return the share of the follows that are returned; they are distinct."""
    larger, smaller = np.maximum(follower, followed), np.minimum(follower, followed)
    pairs = (larger.astype(np.uint64) << np.uint64(32)) | smaller
    pairs.sort()
    return 2 * int((pairs[1:] == pairs[:-1]).sum()) / max(len(pairs), 1)


def _store_seeded(folder: Path, name: str) -> None:
    from benchmarks.generate import generate

    family, _, percent = name.partition("_mutual")
    kind = family.rstrip("0123456789")
    scale = int(family[len(kind) :])
    words = generate(kind, scale, int(percent or 22) / 100)
    for end, shift in (("follower", 32), ("followed", 0)):
        column = np.lib.format.open_memmap(folder / f"{end}.npy", "w+", np.uint32, (len(words),))
        for start in range(0, len(words), _CHUNK):
            part = words[start : start + _CHUNK] >> np.uint64(shift)
            column[start : start + len(part)] = part & np.uint64(0xFFFFFFFF)
        column.flush()
    _describe(folder, 1 << scale, words)


def _describe(folder: Path, accounts: int, words: np.ndarray) -> None:
    """Count the mutual follows of `words` in place, which are spoilt, and write about.json."""
    for start in range(0, len(words), _CHUNK):
        part = words[start : start + _CHUNK]
        ends = part >> np.uint64(32), part & np.uint64(0xFFFFFFFF)
        part[:] = (np.maximum(*ends) << np.uint64(32)) | np.minimum(*ends)
    words.sort()
    twice = sum(
        int(
            (
                words[start + 1 : start + _CHUNK + 1]
                == words[start : start + _CHUNK][: len(words) - start - 1]
            ).sum()
        )
        for start in range(0, len(words), _CHUNK)
    )
    about = {"accounts": accounts, "follows": len(words), "mutual": 2 * twice / max(len(words), 1)}
    (folder / "about.json").write_text(json.dumps(about))


def _store_real(folder: Path, graph: FollowerGraph) -> None:
    follows = graph.to_arrays()
    order = np.random.default_rng(7).permutation(graph.n_follows)
    columns = [
        np.searchsorted(graph.labels, column).astype(np.uint32)[order]
        for column in (follows.follower, follows.followed)
    ]
    _save(folder, columns, graph.n_accounts, mutual_share(*columns))


def _store_labels(folder: Path, ids: Stored) -> None:
    known = np.unique(np.concatenate(ids.columns()))
    labels = (known.astype(np.uint64) * np.uint64(_SCATTER)) & np.uint64(2**63 - 1)
    columns = [labels[np.searchsorted(known, column)].astype(np.int64) for column in ids.columns()]
    _save(folder, columns, len(known), ids.mutual)


def _save(folder: Path, columns: list[np.ndarray], accounts: int, mutual: float) -> None:
    for end, column in zip(("follower", "followed"), columns, strict=True):
        np.save(folder / f"{end}.npy", column)
    about = {"accounts": accounts, "follows": len(columns[0]), "mutual": mutual}
    (folder / "about.json").write_text(json.dumps(about))
