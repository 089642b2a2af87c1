"""Stalled attention: how far what arrives at an account has come, and so how much that depends on damping.

    s_v = d ln T_v / d ln a = (visits of walks to v, each counted by its steps) / T_v

T is the reach without any discount (PageRank's), a the damping. Attention that goes in circles has come
far: a ring that lets nothing out has s = a / (1 - a). Zhang, Goel, Govindan, Mason, Van Roy, *Making
eigenvector-based reputation systems robust to collusion*, WAW 2004, tell colluders by how scores follow
damping.

    a dT/da = (I - a P^T)^-1 T - T,    so one more solve, launched from T, gives all of s

By chance attention comes from anybody: it has come one step further than what accounts pass on has, on
average, save for the part 1 / T_v that starts here: expected (1 - launch_v / T_v) (1 + mean of s, by
attention passed on).
"""

from __future__ import annotations

import numpy as np

from influencegraph.audits.findings import Findings, Measure, Rule, Words, report, where
from influencegraph.graph import FollowerGraph
from influencegraph.methods import score

AUDIT = "stall"
NEAR_A_CLOSED_LOOP = 0.9
RULE = Rule(value_min=NEAR_A_CLOSED_LOOP * 0.85 / 0.15, ratio_min=1.2)
WORDS = Words(
    title="steps that the attention arriving at it has come, on average",
    evidence=(
        "It has a reach of {reach:,.1f} accounts before any discount, {loop:.0%} as far from its start as in "
        "a loop that lets nothing out: 1 % less damping would cost it {value:.1f} %."
    ),
    chance="expected if its followers were like all others",
    innocent="A small language, a profession or a village passes its attention round and round, too.",
    unit="steps",
)


def stall(graph: FollowerGraph, *, damping: float = 0.85, rule: Rule | None = None) -> Findings:
    """Measure how strongly reach without discount depends on damping; two solves.

    Parameters
    ----------
    graph : FollowerGraph
    damping : float in (0, 1)
    rule : Rule, optional
        When a value stands out; by default from nine tenths of what a closed loop has.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays([1, 2, 3, 4], [2, 3, 1, 5])
    >>> stall(graph).measures["stall"].values.round(3).tolist()
    [5.667, 5.667, 5.667, nan, 0.459]
    """
    launched = score(graph, method="pagerank", damping=damping)
    reach = launched.reach
    loop = launched.settings.damping / (1.0 - launched.settings.damping)  # type: ignore[operator] # pagerank has one
    chosen = Rule(NEAR_A_CLOSED_LOOP * loop, RULE.ratio_min) if rule is None else rule
    total = float(reach.sum())
    steps = np.zeros(len(reach))
    if total > 0:
        again = score(graph, method="pagerank", damping=damping, teleport=reach / total)
        steps = np.maximum(again.reach * (total / len(reach)) / reach - 1.0, 0.0)
    passes = graph.out_degrees[graph.node_of] > 0
    mean = float((reach * steps)[passes].sum() / reach[passes].sum()) if passes.any() else 0.0
    expected = (1.0 - launched.launch / np.maximum(reach, launched.launch)) * (1.0 + mean)
    enough = graph.follower_counts > 0
    facts = {"reach": reach.copy(), "loop": steps / max(loop, 1e-300), "value": steps}
    return report(
        graph.accounts, Measure(AUDIT, WORDS, chosen, where(enough, steps), where(enough, expected), facts)
    )
