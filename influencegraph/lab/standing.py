"""Where accounts stand under a method, before an attack and after it.

A method is measured in its own unit. Reach and its relatives are measured in accounts of reach, launched as
it was before: attention that seeds launch does not grow with the number of fakes. Where everybody launches,
fakes do too; then what they add is told apart by solving once more for honest accounts' attention alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.attention import Attention
from influencegraph.errors import InvalidArgument, describe_type, shorten
from influencegraph.graph import FollowerGraph
from influencegraph.lab.contestants import TOLERANCE, Contestant
from influencegraph.methods import DEFAULTS, score
from influencegraph.methods.tweepcred import POINTS
from influencegraph.scored import step_attention
from influencegraph.scores import Scores

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


class Standing(NamedTuple):
    """Values of all accounts of one network, float64 (n_accounts,), in the order of its labels.

    Attributes
    ----------
    values : ndarray
        As the method publishes them: ranks follow them.
    amounts : ndarray
        What is summed and compared: accounts of reach for those of reach's kind; of tweepcred's points, which
        are logarithms, the numbers under them; else `values`.
    honest : ndarray
        `amounts` with what fakes launch left out.
    scores : Scores or None
        Of our own methods.
    """

    values: Floats
    amounts: Floats
    honest: Floats
    scores: Scores | None = None


def stand(name: str, method: Callable[[FollowerGraph], Any], graph: FollowerGraph) -> Standing:
    """Return where accounts stand before an attack.

    Raises
    ------
    InvalidArgument
        If the method returns anything but one finite number for each account.
    """
    if not isinstance(method, Contestant):
        values = check_values(name, method(graph), graph)
        return Standing(values, values, values)
    scores = method.score(graph)
    amounts = _count(scores, scores.propagation.launch if scores.propagation else None)
    return Standing(scores.values, amounts, amounts, scores)


def stand_after(
    name: str, method: Callable[[FollowerGraph], Any], graph: FollowerGraph, before: Standing
) -> Standing:
    """Return where accounts of the attacked network stand; fakes come after those there were before."""
    after = stand(name, method, graph)
    n_before, n_fakes = len(before.values), graph.n_accounts - len(before.values)
    if after.scores is None or after.scores.propagation is None or not n_fakes:
        return after
    if after.scores.settings.teleport == "given":
        amounts = after.amounts * (n_before / graph.n_accounts)
        return after._replace(amounts=amounts, honest=amounts)
    launch = np.append(np.ones(n_before), np.zeros(n_fakes))
    return after._replace(honest=_relaunch(after.scores, launch))


def check_values(name: str, values: Any, graph: FollowerGraph) -> Floats:
    """Return what method `name` found as float64, or refuse it."""
    remedy = (
        "A method is called with a FollowerGraph and returns one number per account, as graph.labels lists."
    )
    try:
        array = np.asarray(values)
    except ValueError:  # ragged
        array = np.empty(0, object)
    if array.dtype.kind not in "biuf" or array.shape != (graph.n_accounts,):
        raise InvalidArgument.because(
            f"method {name!r} returned a {describe_type(values)} of shape {array.shape}",
            f"it returns numbers of shape ({graph.n_accounts:,},)", remedy, name="methods", method=name,
        )  # fmt: skip
    numbers = array.astype(np.float64)
    bad = np.flatnonzero(~np.isfinite(numbers))
    if bad.size:
        label = shorten(graph.labels[bad[:1]].tolist()[0])
        raise InvalidArgument.because(
            f"method {name!r} gave {bad.size:,} accounts no finite number, {label} among them "
            f"({numbers[bad[0]]})",
            "all values are finite", remedy, name="methods", method=name,
        )  # fmt: skip
    return numbers


def enter(scores: Scores, members: Ids) -> float:
    """Return what the members launch and what reaches them directly from others, in accounts; O(follows)."""
    graph = scores.graph
    assert graph is not None
    t = Attention(graph, scores.settings).transition
    inside = np.zeros(len(scores))
    inside[members] = scores.reach[members]
    nobody = np.zeros(len(scores))
    stepped, _ = step_attention(t, inside[graph.position_of], nobody, t.damping)
    returned = stepped[graph.node_of[members]]
    return float((scores.reach[members] - returned).sum())


def _count(scores: Scores, launch: Floats | None) -> Floats:
    if scores.method == "tweepcred":
        numbers: Floats = np.exp(scores.values / POINTS)
        return numbers
    if launch is None:
        return scores.values
    return _read(scores, scores.reach, launch)


def _read(scores: Scores, reach: Floats, launch: Floats) -> Floats:
    """Return reach, of TunkRank readers: the account itself does not count as one."""
    if scores.method != "tunkrank":
        return reach
    assert scores.settings.damping is not None
    return (reach - launch) / scores.settings.damping


def _relaunch(scores: Scores, launch: Floats) -> Floats:
    """Return amounts of the same network with attention starting as `launch`, not scaled."""
    graph, settings = scores.graph, scores.settings
    assert graph is not None
    given: dict[str, Any] = {
        name: value for name in DEFAULTS if (value := getattr(settings, name)) is not None
    }
    found = score(graph, tolerance=TOLERANCE, teleport=launch, **given)
    return _read(scores, found.reach * (launch.sum() / graph.n_accounts), launch)
