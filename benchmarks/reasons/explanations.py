"""The section of explanations: whose attention makes up one person's reach, and through whom it arrives."""

from __future__ import annotations

from collections.abc import Iterator

import influencegraph
from benchmarks.reasons.people import People
from influencegraph.io.explanations import describe_explanation

TITLE = "Why this score"
TOLD, TOP = "SpeakerPelosi", 5


def write(people: People) -> Iterator[str]:
    """Yield the explanation of one person, and of its strongest contributor's part."""
    scores = influencegraph.score(people.graph)
    why = influencegraph.explain_score(scores, people.handles[TOLD], top=TOP)
    yield (
        "[Whose attention it is](explain.md): `print(influencegraph.explain_score(scores, account, top=5))`, "
        "with names. The parts sum to the reach."
    )
    yield f"```text\n{describe_explanation(why, people.names)}\n```"
    first = why.top[0]
    yield (
        f"And whose attention arrives through the first of them, {people.names[first.account]}: "
        "`why.through(account)`."
    )
    yield f"```text\n{describe_explanation(why.through(first.account), people.names)}\n```"
