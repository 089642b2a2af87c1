"""The section of audiences: a few people whom everybody knows, and one of them in sentences."""

from __future__ import annotations

from collections.abc import Iterator

import influencegraph
from benchmarks.reasons.people import People
from benchmarks.tables import table
from influencegraph.io.audience_text import describe_audience, describe_cohorts
from influencegraph.io.display import format_number

TITLE = "Audiences"
HANDLES = (
    "VP", "realDonaldTrump", "BarackObama", "HillaryClinton", "JoeBiden", "marcorubio", "SpeakerRyan",
    "SpeakerPelosi", "SenSchumer", "DarrellIssa",
)  # fmt: skip
TOLD = "SpeakerPelosi"
FELLOWS_MIN = 10  # fewer say nothing about what is usual


def write(people: People) -> Iterator[str]:
    """Yield the table of some, the sentences of one, and the cohorts of all."""
    everybody = influencegraph.audience(influencegraph.score(people.graph))
    yield (
        "[What the lines are](audience.md). Followers are those among these accounts. *Usual* is the median "
        "reach of accounts with about as many followers, *less* how many of them certainly have less; both "
        f"are left out where there are fewer than {FELLOWS_MIN} others."
    )
    yield table(
        ["account", "followers", "followed back", "undivided", "counted", "reach", "usual", "less"],
        (_line(everybody[people.handles[handle]], people) for handle in HANDLES),
    )
    one = everybody[people.handles[TOLD]]
    yield "One of them in sentences, as `print(influencegraph.audience(scores, account))` says it:"
    yield f"```text\n{describe_audience(one, people.names)}\n```"
    yield "What is usual, by number of followers:"
    yield f"```text\n{describe_cohorts(everybody.cohorts)}\n```"


def _line(audience: influencegraph.audiences.Audience, people: People) -> list[str]:
    others = audience.cohort.n_accounts - 1
    usual = format_number(audience.cohort.quantiles["reach"].median)
    less = f"{audience.standings['reach'].below} of {others}"
    return [
        people.names[audience.account],
        f"{audience.followers:,}",
        f"{audience.mutual:,}",
        *(format_number(number) for number in (audience.undivided, audience.counted, audience.reach)),
        *((usual, less) if others >= FELLOWS_MIN else ("", "")),
    ]
