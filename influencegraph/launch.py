"""Where attention starts: one walk at each account, or at chosen seeds only."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.errors import InvalidArgument, describe_type, shorten
from influencegraph.graph import FollowerGraph
from influencegraph.sums import add_up

_ROUNDINGS = 3
"""Behind each amount: the sum of the weights, the quotient, the product."""


class Launch(NamedTuple):
    """Attention starting at each account, in accounts.

    `amounts` is float64 (n_accounts,) in the order of the labels and sums to n_accounts; `roundings`
    counts the operations behind each.
    """

    amounts: NDArray[np.float64]
    kind: Literal["uniform", "given"]
    roundings: int


class Seeds(NamedTuple):
    """Attention starting at a few accounts, in accounts.

    `positions` is int64 (k,), ascending; `amounts` float64 (k,) sums to n_accounts; `roundings` counts the
    operations behind each amount.
    """

    positions: NDArray[np.int64]
    amounts: NDArray[np.float64]
    roundings: int


def resolve_teleport(graph: FollowerGraph, teleport: Any) -> Launch:
    """Read `teleport`: None, a mapping label -> weight, an ndarray of weights, or an iterable of labels.

    Raises
    ------
    InvalidArgument
        If weights are not finite and >= 0, sum to 0, or do not fit the graph.
    UnknownAccount
        If a label is no account.
    """
    if teleport is None:
        return Launch(np.ones(graph.n_accounts), "uniform", 0)
    if isinstance(teleport, np.ndarray):
        weights = _read_array(graph, teleport, "teleport").astype(np.float64)
        return Launch(_share_out(graph, slice(None), weights, "teleport"), "given", _ROUNDINGS)
    seeds = resolve_seeds(graph, teleport)
    amounts = np.zeros(graph.n_accounts)
    amounts[seeds.positions] = seeds.amounts
    return Launch(amounts, "given", seeds.roundings)


def resolve_seeds(graph: FollowerGraph, teleport: Any, name: str = "teleport") -> Seeds:
    """Read what `resolve_teleport` reads besides None, called `name`; O(seeds) unless it is an array."""
    positions, weights = _read_weights(graph, teleport, name)
    return Seeds(positions, _share_out(graph, positions, weights, name), _ROUNDINGS)


def _share_out(
    graph: FollowerGraph, positions: NDArray[np.int64] | slice, weights: NDArray[np.float64], name: str
) -> NDArray[np.float64]:
    """Return what starts at `positions`, in accounts: shares of n_accounts that are as `weights`."""
    n = graph.n_accounts
    is_bad = ~(np.isfinite(weights) & (weights >= 0))
    if is_bad.any():
        first = int(np.argmax(is_bad))
        raise InvalidArgument.because(
            f"{name} gives {shorten(graph.labels[positions][first : first + 1].tolist()[0])} "
            f"a weight of {weights[first]}",
            "weights are finite and >= 0",
            "Leave accounts out, or give them 0, where no attention starts.",
            name=name,
        )
    largest = weights.max(initial=0.0)
    if n and largest == 0.0:
        raise InvalidArgument.because(
            f"{name} has no positive weight",
            "attention starts somewhere",
            "Name at least one account; leave teleport out to start everywhere.",
            name=name,
        )
    # Exact, and sums neither overflow nor vanish; -0.0 is 0.
    scaled = np.abs(weights)
    np.ldexp(scaled, -math.frexp(largest)[1], out=scaled)
    if n:
        scaled /= add_up(scaled)
        scaled *= n
    return scaled


def _read_weights(
    graph: FollowerGraph, teleport: Any, name: str
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return positions, ascending, and their weights."""
    if isinstance(teleport, Mapping):
        return _weigh_labels(graph, list(teleport), list(teleport.values()), name)
    if isinstance(teleport, np.ndarray):
        positions = np.flatnonzero(_read_array(graph, teleport, name))
        return positions, teleport[positions].astype(np.float64)
    if (
        isinstance(teleport, str | bytes)
        or not isinstance(teleport, Iterable)
        or hasattr(teleport, "__array__")
    ):
        raise InvalidArgument.because(
            f"{name} is {shorten(teleport)}",
            "it is a list of labels, a dict of label: weight, or a NumPy array of weights",
            "For one account, pass [label]; of a pandas Series, pass .to_dict().",
            name=name,
        )
    labels = list(teleport)
    return _weigh_labels(graph, labels, [1.0] * len(labels), name)


def _read_array(graph: FollowerGraph, teleport: NDArray[Any], name: str) -> NDArray[Any]:
    n = graph.n_accounts
    if teleport.shape != (n,) or teleport.dtype.kind not in "iuf":
        raise InvalidArgument.because(
            f"{name} is a {describe_type(teleport)} of shape {teleport.shape}",
            f"an array holds one weight for each of the {n:,} accounts, in the order of graph.labels",
            "To name accounts, pass a list of labels or a dict of label: weight.",
            name=name,
        )
    return teleport


def _weigh_labels(
    graph: FollowerGraph, labels: list[Any], amounts: list[Any], name: str
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    weights: dict[int, float] = {}
    for label, amount in zip(labels, amounts, strict=True):
        position = graph.accounts.position(label)
        if position in weights:
            raise InvalidArgument.because(
                f"{name} names {shorten(label)} twice",
                "each account is named once",
                "Drop the repetition, or pass a dict of label: weight.",
                name=name,
            )
        try:
            weights[position] = float(amount)
        except (TypeError, ValueError, OverflowError):
            weights[position] = math.nan
    positions = np.array(sorted(weights), np.int64)
    return positions, np.array([weights[position] for position in positions.tolist()], np.float64)
