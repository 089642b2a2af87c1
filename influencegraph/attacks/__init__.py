"""Ways to cheat, one per file: graph and budget in, `AttackOutcome` out.

An attack is a function ``attack(graph, *, budget, rng=0, among=None, ...) -> AttackOutcome``: `budget` is the
number of follows that it may make, `among` the labels of the real accounts that it may recruit or aim at
(all by default), `rng` whatever `numpy.random.default_rng` takes. The same arguments give the same outcome.
"""

from __future__ import annotations

from collections.abc import Callable

from influencegraph.attacks.follow_pool import follow_pool
from influencegraph.attacks.outcome import AttackOutcome

__all__ = ["ATTACKS", "AttackOutcome"]

ATTACKS: dict[str, Callable[..., AttackOutcome]] = {
    "follow_pool": follow_pool,
}
"""All attacks by name, written out by hand."""
