"""The one interface of all methods."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.graph import FollowerGraph
from influencegraph.launch import Launch
from influencegraph.propagation import Propagation
from influencegraph.settings import Effort, Settings


class Outcome(NamedTuple):
    """What a method finds: `values`, float64 (n_accounts,) in the labels' order, and its certificate."""

    values: NDArray[np.float64]
    propagation: Propagation | None = None


class Method(NamedTuple):
    """A way to score.

    Attributes
    ----------
    unit : str
        What the values count.
    fixed : dict
        Settings that the method itself decides; the others of `free` come from the caller.
    free : frozenset of str
        Settings that the caller decides; any other setting is refused unless left at its default.
        ``"half_life"`` stands for `as_of` as well.
    compute : callable
        ``(graph, settings, launch, effort) -> Outcome``.
    read : callable or None
        Of a propagation method: its values, given what the propagation found and the settings. So several
        can be solved at once.
    seeds : str or None
        What the accounts of `teleport` are, for a method that means nothing without them.
    """

    unit: str
    fixed: dict[str, float]
    free: frozenset[str]
    compute: Callable[[FollowerGraph, Settings, Launch, Effort], Outcome]
    read: Callable[[Propagation, Settings], NDArray[np.float64]] | None = None
    seeds: str | None = None
