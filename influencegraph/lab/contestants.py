"""The scoring methods that the lab puts side by side: each a callable ``graph -> values in label order``."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from influencegraph.attention import Attention
from influencegraph.graph import FollowerGraph
from influencegraph.methods import score
from influencegraph.scored import step_attention
from influencegraph.scores import Scores

Floats = NDArray[np.float64]
Method = Callable[[FollowerGraph], Any]

TOLERANCE = 1e-8


@dataclass(frozen=True)
class Contestant:
    """One of our methods with its settings; called with a graph, it returns the values of `score`.

    Attributes
    ----------
    options : mapping
        Arguments of `influencegraph.score`.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays([1, 2, 3], [2, 1, 2])
    >>> Contestant({"method": "followers"})(graph).tolist()
    [1.0, 2.0, 0.0]
    """

    options: Mapping[str, Any]

    def __call__(self, graph: FollowerGraph) -> Floats:
        """Return the values of all accounts."""
        return self.score(graph).values

    def score(self, graph: FollowerGraph) -> Scores:
        """Return the scores of all accounts."""
        scores: Scores = score(graph, **{"tolerance": TOLERANCE, **self.options})
        return scores

    @property
    def claims_detection(self) -> bool:
        """Whether the method says of each account how much speaks for its being a part of an attack."""
        return self.options.get("method", "reach") in ("reach", "collusionrank")

    def find_evidence(self, scores: Scores) -> Floats:
        """Return that evidence, larger where more speaks for it.

        Of CollusionRank it is the blame, of reach what part of the attention that followers would bring was
        withheld because their follows are returned.
        """
        if scores.propagation is None:
            return 0.0 - scores.values
        return withhold_share(scores)


def make_contestants(*, trusted: Any = None, spammers: Any = None) -> dict[str, Contestant]:
    """Return the methods that the lab compares by default.

    Parameters
    ----------
    trusted : array-like of labels, optional
        Accounts known to be good: TrustRank starts there, and so does our reach with trust.
    spammers : array-like of labels, optional
        Known spammers: CollusionRank starts there.
    """
    chosen: dict[str, dict[str, Any]] = {
        "reach": {},
        "reach_strict": {"mutual_worth": 0.0},
        "pagerank": {"method": "pagerank"},
        "followers": {"method": "followers"},
        # Its sweeps gain little each where two groups are about as dense, as attacks make them.
        "hits": {"method": "hits", "tolerance": 1e-6, "max_sweeps": 100_000},
        "tunkrank": {"method": "tunkrank"},
        "tweepcred": {"method": "tweepcred"},
    }
    if trusted is not None:
        chosen["trustrank"] = {"method": "trustrank", "teleport": list(trusted)}
        chosen["reach_trusted"] = {"teleport": list(trusted)}
    if spammers is not None:
        chosen["collusionrank"] = {"method": "collusionrank", "teleport": list(spammers)}
    return {name: Contestant(options) for name, options in chosen.items()}


def withhold_share(scores: Scores) -> Floats:
    """Return what part of the attention that arrives undiscounted the discount withheld, in [0, 1].

    One step of attention, O(follows). Scores of a propagation method with their graph.
    """
    graph = scores.graph
    assert graph is not None
    plain = replace(scores.settings, mutual_worth=1.0, mutual_capacity=math.inf)
    t = Attention(graph, plain).transition
    nobody = np.zeros(len(scores))
    by_node = graph.position_of
    stepped, _ = step_attention(t, scores.reach[by_node], nobody, t.damping)
    undiscounted, arrives = stepped[graph.node_of], scores.reach - scores.launch
    return np.divide(
        undiscounted - arrives, undiscounted, out=np.zeros(len(scores)), where=undiscounted > 0
    ).clip(0.0, 1.0)
