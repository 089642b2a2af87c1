"""Cases that laws start from: a network, settings, and edits of both."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from influencegraph.graph import FollowerGraph
from influencegraph.testing.model import Model, find_launch, is_weighted, make_graph, make_model, read_weights
from influencegraph.testing.scoring import Draw, Scoring
from influencegraph.testing.strategies import follower_graphs, settings, teleports

Floats = NDArray[np.float64]

MODEL = frozenset({"damping", "mutual_worth", "mutual_capacity"})
"""Settings without which nobody can say what the reach is; `mutual_giving` is 0 where there is none."""


class Case(NamedTuple):
    """A network as a matrix of weights, with settings."""

    weights: Floats
    weighted: bool
    settings: dict[str, Any]

    @property
    def n(self) -> int:
        """How many accounts."""
        return len(self.weights)

    @property
    def graph(self) -> FollowerGraph:
        """The network."""
        return make_graph(self.weights, weighted=self.weighted)

    @property
    def model(self) -> Model:
        """Its matrices; the settings must all be known."""
        return make_model(self.weights, self.settings)

    @property
    def launch(self) -> Floats:
        """Attention that starts at each account."""
        return find_launch(self.n, self.settings)

    def find_share(self, follower: int, followed: int) -> float:
        """Return which part of the follower's attention the follow has."""
        total = self.weights[follower].sum()
        return float(self.weights[follower, followed] / total) if total > 0 else 0.0

    def follow(self, follower: int, followed: int, weight: float) -> Case:
        """Return the case with the follow's weight set."""
        weights = self.weights.copy()
        weights[follower, followed] = weight
        return self._replace(weights=weights)

    def use(self, **changed: Any) -> Case:
        """Return the case with settings changed."""
        return self._replace(settings={**self.settings, **changed})


def score_case(score: Scoring, case: Case) -> Floats:
    """Return the function's values for the case."""
    return score(case.graph, case.settings)


def draw_case(
    score: Scoring,
    draw: Draw,
    *,
    min_accounts: int = 1,
    weighted: bool | None = None,
    seeded: bool = True,
    **fixed: Any,
) -> Case:
    """Draw a network of up to 6 accounts, and settings of those that the function accepts."""
    graph = draw(follower_graphs(6, weighted, min_accounts=min_accounts))
    chosen: dict[str, Any] = {
        name: value for name, value in draw(settings()).items() if name in score.accepts
    }
    if seeded and "teleport" in score.accepts and draw(st.booleans()):
        chosen["teleport"] = draw(teleports(graph.n_accounts))
    return Case(read_weights(graph), is_weighted(graph), {**chosen, **fixed})


def draw_two(draw: Draw, n: int) -> tuple[int, int]:
    """Draw two accounts."""
    one = draw(st.integers(0, n - 1))
    other = draw(st.integers(0, n - 2))
    return one, other + (other >= one)


def draw_weight(draw: Draw, case: Case) -> float:
    """Draw a positive weight; 1 where follows carry none."""
    return draw(st.sampled_from((1.0, 0.5, 3.0, 40.0))) if case.weighted else 1.0


def draw_members(draw: Draw, n: int) -> list[int]:
    """Draw a nonempty set of accounts, ascending."""
    return sorted(draw(st.sets(st.integers(0, n - 1), min_size=1, max_size=n)))
