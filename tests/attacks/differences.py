"""What changed between two networks, found by comparing their follows."""

from typing import Any

from influencegraph.attacks import AttackOutcome
from influencegraph.graph import FollowerGraph


def difference(outcome: AttackOutcome) -> tuple[set[Any], set[Any]]:
    """Return the follows that are there only afterwards, and those that were only before."""
    after, before = _follows(outcome.graph), _follows(outcome.before)
    return after - before, before - after


def _follows(graph: FollowerGraph) -> set[Any]:
    columns = graph.to_arrays()
    return set(zip(columns.follower.tolist(), columns.followed.tolist(), strict=True))
