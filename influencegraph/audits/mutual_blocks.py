"""Dense blocks: groups in which everybody has many mutual contacts within, more than chance would make.

Accounts with few mutual contacts are peeled off, again and again (cores: Seidman, *Network structure and
minimum degree*, Social Networks 1983). An account's *block* is who hangs together with it in the innermost
core that it is in. What is measured is how many of its mutual contacts are in its block. By chance, where
everybody keeps the number of its mutual contacts, m_v of v, C of all in the block, M in the network, that
is about

    m_v (C - m_v) / M        (configuration model)

and the block has C^2 / 2 M mutual pairs.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from influencegraph.audits.findings import Findings, Ids, Measure, Rule, Words, report, where
from influencegraph.graph import FollowerGraph
from influencegraph.kernels.cores import describe_blocks, join_core, line_up, peel_cores

AUDIT = "mutual_blocks"
RULE = Rule(value_min=30, ratio_min=1.5)
_WORK = 1 << 22
"""Follows and accounts between two looks at Ctrl-C: a tenth of a second."""
WORDS = Words(
    title="mutual contacts in its block",
    evidence=(
        "{within:,} of its {mutual:,} mutual contacts are in a block of {size:,} accounts that each have at "
        "least {core:,} there; {density:.0%} of the block's pairs follow each other, where chance would make "
        "{density_expected:.0%}."
    ),
    chance="expected where all keep the number of their mutual contacts",
    innocent="A parliament, a school, a club or a small town is such a block, too.",
    unit="count",
)


def mutual_blocks(graph: FollowerGraph, *, rule: Rule = RULE) -> Findings:
    """Find blocks of accounts that follow each other; O(follows).

    Parameters
    ----------
    graph : FollowerGraph
    rule : Rule
        When a value stands out.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.simulate_network(500, farm_size=60, ring_size=50).graph
    >>> found, = mutual_blocks(graph)["ring-000"]
    >>> found.value, len(found.accounts)
    (49.0, 50)
    """
    order, core = _peel(graph)
    within, size, pairs, contacts = _join(graph, order, core)
    all_pairs = np.maximum(size * (size - 1) / 2, 1)
    mutual, total = graph.mutual_counts, max(1, int(graph.mutual_counts.sum()))
    expected = np.minimum(mutual * ((contacts - mutual) / total), np.maximum(size - 1, 0))
    facts = {
        "size": size,
        "core": core,
        "mutual": mutual,
        "within": within,
        "density": pairs / all_pairs,
        "density_expected": np.minimum(contacts * (contacts / (2.0 * total)) / all_pairs, 1.0),
    }
    known: dict[str, Ids] = {}

    def find_others(position: int) -> Ids:
        """Find the block; that of the last account asked for, if it is the same, is at hand."""
        node, block = int(graph.node_of[position]), known.get("block")
        if block is None or core[block[0]] != core[node] or node not in block:
            block = known["block"] = _find_block(graph, core, node)
        return graph.position_of[block[1:]].astype(np.int64)

    at_position = {name: each[graph.node_of] for name, each in facts.items()}
    values, expected = (where(core > 0, each)[graph.node_of] for each in (within, expected))
    return report(graph.accounts, Measure(AUDIT, WORDS, rule, values, expected, at_position, find_others))


def _peel(graph: FollowerGraph) -> tuple[Ids, Ids]:
    """Return accounts in the order in which they are peeled off, and the core of each; O(follows)."""
    n, core = graph.n_accounts, graph.mutual_counts.astype(np.int64)
    order, place = np.empty(n, np.int64), np.empty(n, np.int64)
    counts = np.bincount(core)
    starts = np.cumsum(counts) - counts
    cursor = starts.copy()
    for first in range(0, n, _WORK):
        line_up(core, first, min(first + _WORK, n), cursor, place, order)
    first = 0
    while first < n:
        first = peel_cores(graph.followers, graph.mutual_start, first, _WORK, starts, place, order, core)
    return order, core


def _join(graph: FollowerGraph, order: Ids, core: Ids) -> tuple[Ids, Ids, Ids, Ids]:
    """Describe the block of each account: who hangs together with it in the core that it is last in.

    Accounts come back, innermost core first, and blocks grow together; O(follows x log accounts) at most.

    Returns
    -------
    tuple of ndarray of int64, shape (n_accounts,)
        Mutual contacts in its block; of that block the accounts, the mutual pairs, and the mutual contacts of
        all its accounts, others included.
    """
    n = graph.n_accounts
    within, size, pairs, contacts = (np.zeros(n, np.int64) for _ in range(4))
    blocks = np.zeros((4, n), np.int64)
    blocks[0] = -1
    cuts = [0, *(np.flatnonzero(np.diff(core[order])) + 1).tolist(), n]
    for first, last in reversed([*pairwise(cuts)]):
        at = first
        while at < last:
            at = join_core(graph.followers, graph.mutual_start, order, core, at, last, _WORK, within, blocks)
        for at in range(first, last, _WORK):
            describe_blocks(order, at, min(at + _WORK, last), blocks, size, pairs, contacts)
    return within, size, pairs, contacts


def _find_block(graph: FollowerGraph, core: Ids, node: int) -> Ids:
    """Return `node`, and then all who hang together with it in its innermost core, ascending; O(follows)."""
    inside: NDArray[np.bool_] = core >= max(1, core[node])
    reached = np.zeros(len(core), bool)
    reached[node] = True
    edge = np.array([node])
    while len(edge):
        starts = graph.mutual_start[edge]
        counts = graph.followers.indptr[edge + 1] - starts
        first = np.cumsum(counts) - counts
        entries = np.repeat(starts - first, counts) + np.arange(int(counts.sum()))
        near = np.unique(graph.followers.indices[entries]).astype(np.int64)
        edge = near[inside[near] & ~reached[near]]
        reached[edge] = True
    return np.concatenate([[node], np.flatnonzero(reached)])
