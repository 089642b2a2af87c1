"""Dead weight: what share of the attention that its followers give an account the discount withholds.

    withheld_v / (withheld_v + arriving_v)
    withheld_v = a sum over followers of (1 - theta_uv) w_uv T_u / W_u

It is what audiences and explanations show account by account. By chance, mutual contacts as in
`influencegraph.audits.chance`, each as good as any follower, and their follows worth what mutual follows
here are on average, c: (1 - c min(1, B / m)) m / followers.
"""

from __future__ import annotations

import numpy as np

from influencegraph.audits.chance import expect_mutual
from influencegraph.audits.findings import Findings, Floats, Measure, Rule, Words, report, where
from influencegraph.errors import InvalidArgument
from influencegraph.graph import FollowerGraph
from influencegraph.methods import score
from influencegraph.scored import Scored, find_scored, step_attention
from influencegraph.scores import Scores
from influencegraph.worth import find_room

AUDIT = "dead_weight"
RULE = Rule(value_min=0.59, ratio_min=1.2)
"""By default 0.6 is withheld from an account all of whose followers are followed back and give nothing
one-way, within its capacity, and less where they give."""
WORDS = Words(
    title="attention of its followers that the discount withholds",
    evidence=(
        "Its followers give it the attention of {given:,.1f} accounts. Of these {withheld:,.1f} are "
        "withheld; it follows {mutual:,} of its {followers:,} followers back."
    ),
    chance="expected where as many pairs are mutual, of as many followers and follows",
    innocent="Whoever is followed by friends above all has this: a private account, a teacher, a newcomer.",
)
FOLLOWERS_MIN = 20


def dead_weight(
    graph: FollowerGraph,
    *,
    scores: Scores | None = None,
    followers_min: int = FOLLOWERS_MIN,
    rule: Rule = RULE,
) -> Findings:
    """Measure what share of an account's attention the discount withholds; O(follows), besides scoring.

    Parameters
    ----------
    graph : FollowerGraph
    scores : Scores, optional
        Of a propagation method, of this graph; by default by reach.
    followers_min : int
        Accounts with fewer followers are not measured.
    rule : Rule
        When a value stands out.

    Raises
    ------
    InvalidArgument
        If `scores` are not of this graph, are redacted, or their method propagates nothing.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays(["ann", "bob", "cat"], ["bob", "ann", "bob"])
    >>> dead_weight(graph, followers_min=1).measures["dead_weight"].values.round(3).tolist()
    [0.6, 0.389, nan]
    """
    scored = find_scored(score(graph) if scores is None else scores, graph, "dead weight")
    if scored.hidden.any():
        raise InvalidArgument.because(
            f"scores hide {int(scored.hidden.sum()):,} accounts", "an audit shows all of the network",
            "Pass the scores before anything was redacted, and leave accounts out of what you show.",
            name="scores",
        )  # fmt: skip
    settings = scored.whole.settings
    given, counted = _step(scored)
    withheld = np.maximum(given - counted, 0.0)
    followers, mutual = graph.follower_counts, graph.mutual_counts[graph.node_of]
    met = expect_mutual(graph)
    rho = _find_usual_worth(scored) * find_room(met, settings.mutual_capacity or np.inf)
    enough = (followers >= followers_min) & (given > 0)
    values = withheld / np.where(given > 0, given, 1.0)
    expected = (1.0 - rho) * met / np.maximum(followers, 1)
    facts = {"given": given, "withheld": withheld, "mutual": mutual, "followers": followers}
    return report(
        graph.accounts, Measure(AUDIT, WORDS, rule, where(enough, values), where(enough, expected), facts)
    )


def _find_usual_worth(scored: Scored) -> float:
    """Return what mutual follows are worth on average, capacities and engagement aside."""
    giving, counts = scored.attention.transition.giving, scored.graph.mutual_counts
    if giving is None or not counts.any():
        return scored.whole.settings.mutual_worth or 0.0
    return float((counts * giving.regard).sum() / counts.sum())


def _step(scored: Scored) -> tuple[Floats, Floats]:
    """Return what followers pass on to each account before the discount, and after it, by position."""
    graph, t = scored.graph, scored.attention.transition
    attention, nothing = scored.whole.reach[graph.position_of], np.zeros(graph.n_accounts)
    given, _ = step_attention(t.undiscounted(), attention, nothing, t.damping)
    counted, _ = step_attention(t, attention, nothing, t.damping)
    return given[graph.node_of], counted[graph.node_of]
