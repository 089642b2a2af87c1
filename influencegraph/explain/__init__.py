"""Whose attention makes up a score: parts that sum to it exactly.

    T_v = launch_v + sum over followers of C_uv + unresolved_v,    C_uv = a theta_uv (w_uv / W_u) T_u

The discount withheld ``a (1 - theta_uv) (w_uv / W_u) T_u``. Of that, the capacity's part is what would
arrive with ``min(1, B / m_v)`` set to 1: with ``theta = rho + (1 - rho) e`` and ``rho = delta min(1, B/m_v)``
it is the fraction ``(delta - rho) / (1 - rho)`` of what was withheld, whatever the engagement e.
unresolved_v is what the solver left over; it lies between ``reach - upper`` and ``reach - lower``
(docs/mathematics.md, section 4). C_uv again splits into what u launched, what came to u by its own
followers, and what is unresolved of u, each times ``a theta_uv w_uv / W_u``: `Explanation.through`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from influencegraph.errors import InvalidArgument
from influencegraph.explain.explanation import Explanation
from influencegraph.explain.parts import find_source, split_reach
from influencegraph.graph import FollowerGraph
from influencegraph.scores import Scores


def explain_score(
    scores: Scores, account: Any, *, graph: FollowerGraph | None = None, top: int = 10
) -> Explanation:
    """Explain the reach of one account: what each follower gives it, and what the discount withheld.

    O(followers of the account), after arrays of O(accounts) that are kept with the graph.

    Parameters
    ----------
    scores : Scores
        Of a propagation method: ``"reach"`` or ``"pagerank"``.
    account : int or str
        A label.
    graph : FollowerGraph, optional
        The one that was scored, where `scores` do not carry it (after loading).
    top : int
        How many contributors the text lists; the record holds all.

    Returns
    -------
    Explanation
        Record, text and columns; its parts sum to the reach to rounding.

    Raises
    ------
    InvalidArgument
        If the method propagates no attention, or the graph is missing or another one.
    UnknownAccount
        If no account has this label.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays(["ann", "bob", "cat"], ["bob", "ann", "bob"])
    >>> why = influencegraph.explain_score(influencegraph.score(graph), "bob")
    >>> [(each.account, round(each.reach, 4), round(each.withheld, 4)) for each in why.contributions]
    [('cat', 0.85, 0.0), ('ann', 0.6263, 0.9394)]
    >>> round(why.launch, 4), round(why.reach, 4)
    (1.0, 2.4763)
    """
    if isinstance(top, bool) or not hasattr(top, "__index__") or int(top) < 0:
        raise InvalidArgument.out_of_range("top", top, "be an integer >= 0", "10 is the default.")
    source = find_source(scores, graph, "an explanation", has_check=True)  # `split_reach`
    scores.accounts.position(account)  # redacted accounts are unknown
    whole = source.whole
    position = whole.accounts.position(account)
    reach = float(whole.reach[position])
    parts = split_reach(source, position, 1.0, reach)
    label = whole.labels[position]
    return Explanation(
        account=int(label) if isinstance(label, np.integer) else label,
        path=(),
        reach=reach,
        score=whole.scale.score(reach),
        rank=_rank(whole.reach, position),
        n_accounts=len(whole),
        settings=whole.settings,
        shown=int(top),
        _source=source,
        **parts._asdict(),
    )


def _rank(reach: NDArray[np.float64], position: int) -> int:
    """Return ``scores.rank[position]`` without sorting them all."""
    own = reach[position]
    return 1 + int(np.count_nonzero(reach > own) + np.count_nonzero(reach[:position] == own))
