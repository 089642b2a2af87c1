"""Ways to cheat, one per file: graph and budget in, `AttackOutcome` out.

An attack is a function ``attack(graph, *, budget, rng=0, among=None, ...) -> AttackOutcome``: `budget` is the
number of follows that may be made, those that others give in return among them; `among` the labels of the
real accounts that it may recruit or aim at (all by default); `rng` whatever `numpy.random.default_rng` takes.
The same arguments give the same outcome. Where a network has no room for an attack, as much of it happens as
can, and `n_made` says so; with a budget of 0 nothing does. Follows that are made weigh 1.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from influencegraph.attacks.bought_followers import bought_followers
from influencegraph.attacks.directed_ring import directed_ring
from influencegraph.attacks.follow_churn import follow_churn
from influencegraph.attacks.follow_pool import follow_pool
from influencegraph.attacks.forged_engagement import forged_engagement
from influencegraph.attacks.hijacked_account import hijacked_account
from influencegraph.attacks.messias import messias
from influencegraph.attacks.mutual_clique import mutual_clique
from influencegraph.attacks.mutual_ring import mutual_ring
from influencegraph.attacks.outcome import AttackOutcome
from influencegraph.attacks.sabotage import sabotage
from influencegraph.attacks.star_boosters import star_boosters
from influencegraph.attacks.sybil_region import sybil_region

__all__ = ["ATTACKS", "AttackOutcome"]

ATTACKS: dict[str, Callable[..., AttackOutcome]] = {
    "follow_pool": follow_pool,
    "mutual_ring": mutual_ring,
    "mutual_clique": mutual_clique,
    "star_boosters": star_boosters,
    "star_boosters_camouflaged": partial(star_boosters, mutuals=5),
    "bought_followers": bought_followers,
    "follow_churn": follow_churn,
    "follow_churn_remembered": partial(follow_churn, remembered=1.0),
    "directed_ring": directed_ring,
    "sybil_region": sybil_region,
    "hijacked_account": hijacked_account,
    "forged_engagement": forged_engagement,
    "sabotage": sabotage,
    "messias": messias,
}
"""All attacks by name, written out by hand."""
