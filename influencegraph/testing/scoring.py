"""What a law is, and the scoring function as laws see it: called with what it accepts, and remembered."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
from hypothesis.strategies import SearchStrategy
from numpy.typing import NDArray

from influencegraph.errors import InvalidArgument, shorten
from influencegraph.graph import FollowerGraph
from influencegraph.testing.model import read_weights

Floats = NDArray[np.float64]
T = TypeVar("T")

TOLERANCE = 1e-9
"""By how much numbers may miss a law, relative to the largest of those compared."""

SETTINGS = ("damping", "mutual_worth", "mutual_capacity", "mutual_giving", "teleport")
"""Settings that laws vary; a function is handed those that its signature accepts."""


class Draw(Protocol):
    """Draws an example from a strategy."""

    def __call__(self, strategy: SearchStrategy[T]) -> T:
        """Return one example of `strategy`."""


class Law(NamedTuple):
    """One thing that scores always do.

    Attributes
    ----------
    name : str
        A key of `LAWS`.
    statement : str
        What holds, in words.
    check : callable
        ``check(scoring, draw)`` draws a case and raises AssertionError where it breaks the law.
    needs : frozenset of str
        Settings that the function must accept, because the law varies them or must know them.
    any_unit : bool
        Whether the law holds for values proportional to reach as well, such as shares.
    """

    name: str
    statement: str
    check: Callable[[Scoring, Draw], None]
    needs: frozenset[str]
    any_unit: bool


class Call(NamedTuple):
    """One call of the function, kept for the report."""

    graph: FollowerGraph
    settings: dict[str, Any]
    values: Floats | None


class Scoring:
    """A scoring function with its checked results.

    Parameters
    ----------
    function : callable
        ``function(graph, **settings)`` returns an array of shape (n_accounts,).

    Examples
    --------
    >>> import influencegraph
    >>> scoring = Scoring(lambda graph, *, damping: influencegraph.score(graph, damping=damping).reach)
    >>> sorted(scoring.accepts)
    ['damping']
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        if not callable(function):
            raise InvalidArgument.out_of_range(
                "function", function, "be callable", "It is called as function(graph, **settings)."
            )
        self.function = function
        self.accepts = _accepted(function)
        self.calls: list[Call] = []

    def __call__(self, graph: FollowerGraph, settings: dict[str, Any]) -> Floats:
        """Return the function's values for `graph`, float64 (n_accounts,); refuse what are no values."""
        given = {name: value for name, value in settings.items() if name in self.accepts}
        self.calls.append(Call(graph, given, None))
        values = np.asarray(self.function(graph, **given), np.float64)
        self.calls[-1] = Call(graph, given, values)
        if values.shape != (graph.n_accounts,):
            raise AssertionError(f"the function returned an array of shape {values.shape}")
        if not np.isfinite(values).all():
            raise AssertionError("the function returned values that are not finite")
        return values

    def describe(self) -> str:
        """Return the calls made, one paragraph each."""
        return "\n".join(_describe(call) for call in self.calls)


def _accepted(function: Callable[..., Any]) -> frozenset[str]:
    parameters = inspect.signature(function).parameters.values()
    if any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters):
        return frozenset(SETTINGS)
    by_name = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return frozenset(each.name for each in parameters if each.kind in by_name and each.name in SETTINGS)


def _describe(call: Call) -> str:
    parts = [f"{name}={_show(value)}" for name, value in call.settings.items()]
    values = "raised" if call.values is None else _show(call.values)
    follows = describe_follows(call.graph)
    return f"  {call.graph.n_accounts} accounts: {follows}; {', '.join(parts)}\n    -> {values}"


def _show(value: Any) -> str:
    if not isinstance(value, np.ndarray):
        return f"{value:g}"
    return np.array2string(value, formatter={"float_kind": lambda x: f"{x:.6g}"}, separator=", ")


def describe_follows(graph: FollowerGraph) -> str:
    """Return the follows of a small network on one line: ``0 <-> 1, 2 -> 1``; weights in brackets."""
    weights = read_weights(graph)
    weighted = graph.follow_weights is not None
    lines = []
    for u, v in np.argwhere(weights > 0).tolist():
        returned = weights[v, u] > 0
        if returned and u > v:
            continue
        amounts = [weights[u, v], weights[v, u]] if returned else [weights[u, v]]
        shown = f" ({', '.join(f'{amount:g}' for amount in amounts)})" if weighted else ""
        lines.append(f"{u} {'<->' if returned else '->'} {v}{shown}")
    return ", ".join(lines) or "no follows"


def expect_same(found: Any, expected: Any, what: str) -> None:
    """Raise AssertionError unless the arrays agree to `TOLERANCE`."""
    _compare(found, expected, what, "is", "and must be")


def expect_at_most(found: Any, limit: Any, what: str) -> None:
    """Raise AssertionError unless ``found <= limit`` everywhere, to `TOLERANCE`."""
    _compare(found, limit, what, "is", "and must be at most")


def _compare(found: Any, limit: Any, what: str, verb: str, relation: str) -> None:
    found, limit = np.broadcast_arrays(np.atleast_1d(found), np.atleast_1d(limit))
    slack = TOLERANCE * max(np.abs(found).max(initial=0.0), np.abs(limit).max(initial=0.0))
    excess = found - limit if "most" in relation else np.abs(found - limit)
    worst = int(excess.argmax()) if excess.size else 0
    if excess.size and excess[worst] > slack:
        place = f" of account {worst}" if excess.size > 1 else ""
        raise AssertionError(
            f"{what}{place} {verb} {shorten(float(found[worst]))} {relation} {float(limit[worst])!r}"
        )
