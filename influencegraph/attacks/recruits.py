"""Whom an attack may recruit or aim at, and how many fit its budget."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.errors import InvalidArgument, describe_type
from influencegraph.graph import FollowerGraph
from influencegraph.settings import check_integer, check_number, make_generator

Ids = NDArray[np.int64]

NOBODY: Ids = np.empty(0, np.int64)
BUDGET_MAX = 1_000_000_000
N_CELEBRITIES = 100
"""So many accounts, those followed most, are celebrities to whom fakes attach themselves."""


class Means(NamedTuple):
    """What every attack is given."""

    budget: int
    generator: np.random.Generator
    eligible: Ids


def check_means(graph: FollowerGraph, budget: Any, rng: Any, among: Any) -> Means:
    """Return the budget, a generator, and the positions of those who may be recruited or aimed at.

    Raises
    ------
    InvalidArgument, UnknownAccount
        If one of them is none.
    """
    return Means(check_budget(budget), make_generator(rng), find_eligible(graph, among))


def check_budget(budget: Any) -> int:
    """Return `budget` as an integer from 0 to `BUDGET_MAX`.

    Raises
    ------
    InvalidArgument
        If it is none.
    """
    remedy = "An attack makes at most so many follows; 40_000 make a ring of 200."
    return check_integer("budget", budget, 0, BUDGET_MAX, remedy)


def check_count(name: str, value: Any, low: int = 0) -> int:
    """Return `value` as an integer from `low` to `BUDGET_MAX`.

    Raises
    ------
    InvalidArgument
        If it is none.
    """
    return check_integer(name, value, low, BUDGET_MAX, "Leave it out for the default.")


def check_density(density: Any) -> float:
    """Return `density` as a share of pairs, in (0, 1].

    Raises
    ------
    InvalidArgument
        If it is none.
    """
    lowest = math.nextafter(0.0, 1.0)
    return check_number("density", density, lowest, 1.0, "lie in (0, 1]", "0.5 takes half of the pairs.")


def find_eligible(graph: FollowerGraph, among: Any) -> Ids:
    """Return the positions of those an attack may recruit or aim at, ascending.

    Raises
    ------
    InvalidArgument
        If `among` is no list of labels.
    UnknownAccount
        If it names an account that does not exist.
    """
    if among is None:
        return np.arange(graph.n_accounts)
    if isinstance(among, str | bytes) or not hasattr(among, "__iter__"):
        raise InvalidArgument.because(
            f"among is {describe_type(among)}", "it is a list of labels", "Put one account into a list, too.",
            name="among",
        )  # fmt: skip
    return np.unique(graph.accounts.positions(among))


def draw(generator: np.random.Generator, eligible: Ids, count: int) -> Ids:
    """Draw `count` accounts, or all if there are fewer, each as likely as the others; ascending."""
    return np.sort(generator.choice(eligible, min(count, len(eligible)), replace=False))


def fit_pairs(budget: int, density: float, most: int) -> int:
    """Return how large a group can be if a share `density` of its pairs trade follows, at most `most`.

    None is smaller than two.
    """
    size = int(min(most, (1 + math.sqrt(1 + 4 * (budget / density))) / 2))
    while size > 1 and count_pairs(size, density) * 2 > budget:
        size -= 1
    return size if size > 1 else 0


def count_pairs(size: int, density: float) -> int:
    """Return how many pairs a share `density` of those in a group are."""
    return round(density * size * (size - 1) / 2)


def find_celebrities(graph: FollowerGraph, besides: Ids) -> Ids:
    """Return the accounts followed most, at most `N_CELEBRITIES`, `besides` left out."""
    return rank_by_followers(graph, np.setdiff1d(np.arange(graph.n_accounts), besides))[:N_CELEBRITIES]


def check_celebrities(name: str, value: Any) -> int:
    """Return `value` as how many celebrities a fake follows.

    Raises
    ------
    InvalidArgument
        If it is none.
    """
    remedy = f"Celebrities are the {N_CELEBRITIES} accounts followed most."
    return check_integer(name, value, 0, N_CELEBRITIES, remedy)


def rank_by_followers(graph: FollowerGraph, accounts: Ids) -> Ids:
    """Return `accounts` (positions), those with most followers first, equals by position."""
    return accounts[np.argsort(-graph.follower_counts[accounts], kind="stable")]
