"""Why scores changed between snapshots: parts that sum to the change exactly.

    T1 - T0 = sum over followers of (C1_uv - C0_uv) + launch1 - launch0 + unresolved1 - unresolved0

`causes` splits each follow's change, `points` turns reach into score, `snapshots` matches accounts by label
(docs/decisions/0010-why-a-score-changed.md).
"""

from __future__ import annotations

from collections.abc import Sequence

from influencegraph.compare.comparison import Comparison
from influencegraph.compare.snapshots import match_snapshots
from influencegraph.errors import InvalidArgument, describe_type
from influencegraph.graph import FollowerGraph
from influencegraph.labels import Labels
from influencegraph.scores import Scores


def compare_scores(
    before: Scores | Sequence[Scores],
    after: Scores | None = None,
    *,
    graphs: Sequence[FollowerGraph | None] | None = None,
) -> Comparison:
    """Compare scores of two snapshots of a network, or of a list of them in the order of time.

    Accounts are matched by label; an account that a snapshot does not have counts as one without reach. The
    call itself is O(accounts); `explain` is O(followers of the account), the network-wide view O(follows).

    Parameters
    ----------
    before, after : Scores
        Of a propagation method, ``"reach"`` or ``"pagerank"``, under any settings: PageRank is reach at
        ``mutual_worth=1, mutual_capacity=inf``, so that a change of method is a change of settings. For more
        than two snapshots pass a list as `before`: causes are added up along it.
    graphs : sequence of FollowerGraph or None, optional
        What was scored, for each snapshot, where the scores carry no graph (after loading).

    Returns
    -------
    Comparison
        `explain` for one account; `causes` and `movers` for the network; both as text and columns.

    Raises
    ------
    InvalidArgument
        If a method propagates no attention, a graph is missing or another one, labels are integers in one
        snapshot and strings in another, or there are fewer than two snapshots.

    Examples
    --------
    Bob starts to follow cat back, so that her follow counts less, the more as she follows nobody else; and
    dan now follows him:

    >>> import influencegraph
    >>> build = influencegraph.FollowerGraph.from_arrays
    >>> people = ["ann", "bob", "cat", "dan"]
    >>> before = influencegraph.score(build(["ann", "cat"], ["bob", "bob"], labels=people))
    >>> after = influencegraph.score(build(["ann", "cat", "bob", "dan"], ["bob", "bob", "cat", "bob"]))
    >>> change = influencegraph.compare_scores(before, after).explain("bob")
    >>> for cause, part in change.parts.items():
    ...     if abs(part) > 1e-6:
    ...         print(cause, round(part, 4))
    follows_gained 0.85
    follow_backs_made -0.808
    followers 0.6954
    >>> round(sum(change.parts.values()), 4), round(change.after.reach - change.before.reach, 4)
    (0.7374, 0.7374)
    """
    path = _read_path(before, after)
    given = [None] * len(path) if graphs is None else _read_graphs(graphs, len(path))
    match = match_snapshots(path, given)
    shown = match.accounts
    if match.hidden.any():
        shown = Labels(shown.values[~match.hidden])
    match.hidden.flags.writeable = False
    return Comparison(shown, match)


def _read_path(before: Scores | Sequence[Scores], after: Scores | None) -> list[Scores]:
    if isinstance(before, Scores):
        if after is None:
            raise InvalidArgument.because(
                "there is one snapshot",
                "a comparison takes two or more",
                "Pass before and after, or a list of scores in the order of time.",
                name="after",
            )
        return [before, after]
    if after is not None or isinstance(before, str | bytes) or not isinstance(before, Sequence):
        raise InvalidArgument.because(
            f"before is a {describe_type(before)}" + ("" if after is None else " and after is given"),
            "it is Scores and after as well, or it is a list of Scores",
            "influencegraph.score(graph) makes them.",
            name="before",
        )
    if len(before) < 2:
        raise InvalidArgument.because(
            f"the list has {len(before)} snapshots",
            "a comparison takes two or more",
            "Pass them in the order of time.",
            name="before",
        )
    return list(before)


def _read_graphs(graphs: Sequence[FollowerGraph | None], n: int) -> list[FollowerGraph | None]:
    if isinstance(graphs, FollowerGraph) or not isinstance(graphs, Sequence) or len(graphs) != n:
        found = f"{len(graphs)} of them" if isinstance(graphs, Sequence) else f"a {describe_type(graphs)}"
        raise InvalidArgument.because(
            f"graphs is {found}",
            f"there is one for each of the {n} snapshots",
            "Put None where the scores carry their own.",
            name="graphs",
        )
    return list(graphs)
