"""graph-mate: Rust, float32 throughout, threads that race; unsorted rows are its fastest layout to build."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.peers import SWEEPS_MAX, TOLERANCES, Follows
from benchmarks.peers.labelling import number_labels

TITLE = "graph-mate, float32"
REQUIREMENTS = ("graph-mate==0.2.0", "numpy==2.4.6", "pandas==3.1.1")
PACKAGES = ("graph-mate", "numpy")
VARIANTS = {"unsorted": "", "sorted": ""}
FOLLOWS_MAX = 700_000_000
RACES = True


def grid(variant: str) -> tuple[float, ...]:
    return TOLERANCES


def build(follows: Follows, variant: str, n_threads: int) -> Any:
    import graph_mate

    ends = np.column_stack([follows.follower, follows.followed])
    layout = graph_mate.Layout.Unsorted if variant == "unsorted" else graph_mate.Layout.Sorted
    return graph_mate.DiGraph.from_numpy(ends, layout), follows.n_accounts, None


def build_labelled(follows: Follows, variant: str, n_threads: int) -> Any:
    labels, ids = number_labels(follows)
    return *build(ids, variant, n_threads)[:2], labels


def solve(model: Any, setting: float) -> tuple[Any, int]:
    ranked = model[0].page_rank(max_iterations=SWEEPS_MAX, tolerance=setting, damping_factor=0.85)
    return ranked, ranked.ran_iterations


def join(model: Any, answer: Any) -> Any:
    """Accounts after the last one that has a follow are unknown to it; nobody follows them."""
    _, n, labels = model
    known = np.asarray(answer.scores())
    values = np.concatenate([known, np.full(n - len(known), known.min(initial=1.0), known.dtype)])
    return values if labels is None else (labels, values)
