"""The demo: a simulated network with a farm and a ring planted, scored, on one screen."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.io.display import align_table, format_number
from influencegraph.methods import score
from influencegraph.scores import Scores
from influencegraph.simulate import SimulatedNetwork, simulate_network

_HEADER = ["account", "kind", "followers", "mutual", "PageRank's rank", "our rank", "reach", "score"]
_KINDS = ("celebrity", "organic", "farm", "ring")


class Demo(NamedTuple):
    """A simulated network and its scores under PageRank and under discounted reach."""

    network: SimulatedNetwork
    pagerank: Scores
    reach: Scores

    def ranks_of(self, kind: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the ranks of all accounts of `kind` under PageRank and under discounted reach."""
        chosen = self.network.kinds == kind
        return self.pagerank.rank[chosen], self.reach.rank[chosen]


def make_demo(seed: int = 0) -> Demo:
    """Simulate about 20,000 accounts from `seed`, and score them twice."""
    network = simulate_network(rng=seed)
    return Demo(network, score(network.graph, method="pagerank"), score(network.graph))


def describe_demo(demo: Demo) -> str:
    """Return the screen: a table of accounts, the kinds' median ranks, the ledger and the certificate."""
    graph = demo.network.graph
    rows = [_row(demo, position) for position in _choose(demo)]
    lines = [
        f"{graph.n_accounts:,} simulated accounts, {graph.n_follows:,} follows, "
        f"{_mutual_share(demo):.1%} of connected pairs mutual",
        "",
        align_table(_HEADER, rows, left=2),
        "",
    ]
    for kind in ("farm", "ring"):
        before, after = demo.ranks_of(kind)
        lines.append(
            f"the {kind} of {len(before)}: median rank {np.median(before):,.0f} by PageRank, "
            f"{np.median(after):,.0f} by discounted reach"
        )
    lines += [_sentence(demo.reach.ledger), _sentence(demo.reach.certificate)]
    return "\n".join(lines)


def _sentence(value: Any) -> str:
    text = str(value)
    return f"{text[0].upper()}{text[1:]}."


def _mutual_share(demo: Demo) -> float:
    graph = demo.network.graph
    return graph.report.mutual_pairs / max(1, graph.n_follows - graph.report.mutual_pairs)


def _choose(demo: Demo) -> list[int]:
    """Return positions worth a line: of each kind the best and the middle by PageRank."""
    chosen: list[int] = []
    for kind in _KINDS:
        members = np.flatnonzero(demo.network.kinds == kind)
        members = members[np.argsort(demo.pagerank.rank[members])]
        places = [0, 1, 2, len(members) // 2] if kind != "celebrity" else [0]
        chosen += [int(members[place]) for place in dict.fromkeys(places) if place < len(members)]
    return chosen


def _row(demo: Demo, position: int) -> list[str]:
    graph = demo.network.graph
    followers = int(graph.follower_counts[position])
    mutual = int(graph.mutual_counts[graph.node_of[position]])
    return [
        str(graph.labels[position]),
        str(demo.network.kinds[position]),
        f"{followers:,}",
        f"{mutual / max(1, followers):.0%}",
        f"{demo.pagerank.rank[position]:,}",
        f"{demo.reach.rank[position]:,}",
        format_number(float(demo.reach.reach[position])),
        f"{demo.reach.score[position]:.1f}",
    ]
