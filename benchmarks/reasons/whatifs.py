"""The section of what-ifs: one follow that is not there, one that is, and what either would do."""

from __future__ import annotations

from collections.abc import Iterator

import influencegraph
from benchmarks.reasons.people import People
from influencegraph.io.comparisons import describe_change

TITLE = "What if"
TOLD, NEW, LOST = "SpeakerPelosi", "realDonaldTrump", "BarackObama"


def write(people: People) -> Iterator[str]:
    """Yield two what-ifs about one person, each with the reasons of the change."""
    scores = influencegraph.score(people.graph)
    told, new, lost = (people.handles[handle] for handle in (TOLD, NEW, LOST))
    questions = {
        f"What if {people.names[new]} followed {people.names[told]}?": (
            f"influencegraph.what_if(scores).follow({new}, {told}).score()",
            influencegraph.what_if(scores).follow(new, told),
        ),
        f"What if {people.names[lost]} no longer did?": (
            f"influencegraph.what_if(scores).unfollow({lost}, {told}).score()",
            influencegraph.what_if(scores).unfollow(lost, told),
        ),
    }
    yield (
        "[Certified answers](what_if.md) from the scores that there are, and "
        "[why they differ](compare.md) from them."
    )
    for question, (code, edits) in questions.items():
        after = edits.score()
        change = influencegraph.compare_scores(scores, after).explain(told)
        yield f"{question} `{code}`:"
        yield f"```text\n{describe_change(change, people.names)}\n```"
