"""The story page: an account that grew by follow-for-follow, why it fell, and what it can do.

The network is the demo's, simulated; its farm trades follows, as accounts on Twitter did before 2011.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

import influencegraph
from influencegraph.demo import Demo, make_demo

SEED = 0
FOLLOWERS_TOLD = 5


def write_page() -> Iterator[str]:
    """Yield the paragraphs of docs/story.md."""
    demo = make_demo(SEED)
    graph, farmer = demo.network.graph, _find_farmer(demo)
    before, after = influencegraph.score(graph, mutual_worth=1), influencegraph.score(graph)
    change = influencegraph.compare_scores(before, after)
    yield "# The farmer: what it has, why it fell, what it can do"
    yield (
        "Written by `python -m benchmarks.reasons`; nobody types a number. In 2011 Klout changed its "
        "score, and accounts that had grown by follow-for-follow fell. The new score was right, and "
        "nobody could see why. Here is the same change in a simulated network (`influencegraph "
        f"demo`): {graph.n_accounts:,} accounts, a celebrity, and a farm of "
        f"{int((demo.network.kinds == 'farm').sum()):,} accounts that follow each other back. One of "
        f"them, {farmer}, has {len(graph.followers_of(farmer)):,} followers and follows "
        f"{len(graph.mutuals_of(farmer)):,} of them back."
    )
    yield "## What its followers are worth"
    yield from _listing(
        "import influencegraph",
        "from influencegraph.demo import make_demo",
        f"graph = make_demo({SEED}).network.graph",
        "scores = influencegraph.score(graph)",
        f'print(influencegraph.audience(scores, "{farmer}"))',
        told=influencegraph.audience(after, farmer),
    )
    yield "## Why its score fell"
    yield "While a returned follow counted in full, it did well. Then it came to count less:"
    yield from _listing(
        "before = influencegraph.score(graph, mutual_worth=1)",
        f'print(influencegraph.compare_scores(before, scores).explain("{farmer}", trace=True))',
        told=change.explain(farmer, trace=True),
    )
    yield (
        "What its followers lost reaches it once more: that is the line *followers changed*, and the second "
        "table traces it back to where it began. The farmer is not alone, and the network as a whole says so:"
    )
    yield from _listing("print(influencegraph.compare_scores(before, scores))", told=change)
    yield "## Where its reach comes from now"
    yield from _listing(
        f'print(influencegraph.explain_score(scores, "{farmer}", top={FOLLOWERS_TOLD}))',
        told=influencegraph.explain_score(after, farmer, top=FOLLOWERS_TOLD),
    )
    yield "## What it can do"
    yield from _listing(
        f'print(influencegraph.advise(scores, "{farmer}"))', told=influencegraph.advise(after, farmer)
    )
    yield "## What if"
    yield from _what_if(graph, after, farmer)


def _what_if(
    graph: influencegraph.FollowerGraph, scores: influencegraph.Scores, farmer: Any
) -> Iterator[str]:
    """Yield what one follow of the celebrity's would do, and what ending all trades would."""
    returned = graph.mutuals_of(farmer).tolist()
    ended = influencegraph.what_if(scores).unfollow(farmer, returned).score()
    liked = influencegraph.what_if(scores).follow("celebrity", farmer).score()
    lines = [
        ("as it is", scores),
        (f"it ends its {len(returned):,} trades and keeps the followers", ended),
        ("the celebrity follows it", liked),
    ]
    told = "\n".join(
        f"{what}: reach {each[farmer].reach:.2f}, rank {each[farmer].rank:,}" for what, each in lines
    )
    yield from _listing(
        f'trades = graph.mutuals_of("{farmer}").tolist()',
        f'influencegraph.what_if(scores).unfollow("{farmer}", trades).score()["{farmer}"].reach',
        f'influencegraph.what_if(scores).follow("celebrity", "{farmer}").score()["{farmer}"].reach',
        told=told,
    )
    yield (
        "Ending the trades makes one-way followers of those who stay, which no snapshot of a network "
        "can tell from admirers: that is follow-churn, a limit stated in [the "
        "mathematics](mathematics.md). One follow by somebody who is followed for their own sake "
        "does what hundreds of traded follows do not."
    )


def _find_farmer(demo: Demo) -> Any:
    """Return the farmer that PageRank ranks best."""
    farm = np.flatnonzero(demo.network.kinds == "farm")
    return demo.network.graph.labels[farm[np.argmin(demo.pagerank.rank[farm])]]


def _listing(*code: str, told: object) -> Iterator[str]:
    yield "```text\n" + "\n".join([*code, "", str(told)]) + "\n```"
