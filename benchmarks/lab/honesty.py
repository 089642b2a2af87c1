"""docs/honesty.md: what resistance to gaming costs those who do not game, and what it buys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import influencegraph
from benchmarks.lab import simulated
from benchmarks.lab.frontier import DEFAULT, FORMER, PICTURE, find_point, write_frontier
from benchmarks.lab.halves import KNOWN, LAYERED, Halves, measure_halves
from benchmarks.lab.picture import draw_frontier
from benchmarks.lab.rows import (
    CONFIDENCE,
    N_RESAMPLES,
    Judged,
    Method,
    Networks,
    judge,
    judge_all,
    read_networks,
)
from benchmarks.lab.text import itemise, tell_range, tell_spread, wrap_paragraph
from benchmarks.plan import Plan
from benchmarks.reasons.engagement import CAP_PER_PAIR, ENGAGEMENT_HALF, N_SPLITS, WEIGHT
from benchmarks.tables import table
from influencegraph.lab.frontier import Frontier, Setting, make_grid, trace_frontier
from influencegraph.lab.honest_cost import STATISTICS, HonestCost, honest_cost

PAGE = "honesty.md"
COST_ASKED, GAIN_ASKED = 0.035, 1.25
"""What was asked for beforehand: the default's cost on the mean of the rows, the gain of a pool of 400."""


def write_honesty(folder: Path, docs: Path = Plan.docs) -> None:
    """Write the page and its picture from the folder of real graphs; some minutes on two processors."""
    networks = read_networks(folder)
    frontier = trace_frontier(_list_methods(), simulated.draw_pools(), lambda method: judge(networks, method))
    page = "\n\n".join(map(wrap_paragraph, write_page(networks, frontier))) + "\n"
    picture = draw_frontier(frontier.points, str(DEFAULT), GAIN_ASKED)
    (docs / PAGE).write_text(page, "utf-8")
    (docs / PICTURE).write_text(picture, "utf-8")


def write_page(networks: Networks, frontier: Frontier) -> Iterator[str]:
    """Yield the paragraphs of the page."""
    judged = judge_all(networks, simulated.list_contestants())
    halves = measure_halves(networks.people, N_RESAMPLES)
    yield "# Honesty: what resistance to gaming costs"
    yield (
        "Written by `python -m benchmarks.lab FOLDER`; nobody types a number. A discount of returned follows "
        "takes from friends as well as from traders. This page measures how much, on people who are not "
        "known to game, and what it buys. The calls are `influencegraph.honest_cost` and "
        "`influencegraph.calibrate`; [how to use them](calibrate.md)."
    )
    yield "## In short"
    yield itemise(_tell_short(judged, halves, frontier))
    yield "## Politicians, and what they receive"
    yield from _write_people(networks)
    yield "## Four rows, and their mean"
    yield from _write_rows(networks, judged)
    yield "## With engagement layers"
    yield from _write_halves(halves)
    yield "## Cascades in simulated networks"
    yield from _write_cascades()
    yield "## The frontier"
    yield from write_frontier(frontier)
    yield "## Calibrated"
    yield from _write_calibrated(networks)
    yield "## Limits"
    yield itemise(_tell_limits(judged, frontier))


def _list_methods() -> dict[str, Method]:
    """Return all that the frontier compares: others' methods, and reach at every setting."""
    others = simulated.list_contestants()
    former = {str(FORMER): FORMER}
    return {**{name: others[name] for name in others if name not in simulated.OURS}, **make_grid(), **former}


# ---- in short ----


def _tell_short(judged: Judged, halves: list[Halves], frontier: Frontier) -> Iterator[str]:
    lost = judged.lost("reach", "pagerank")
    yield (
        f"The default lacks {tell_range(lost)} of PageRank's mean accuracy over four rows: "
        f"{_within(lost[0], COST_ASKED)} the {COST_ASKED:g} asked of it beforehand. Strict "
        f"(`mutual_worth=0`) lacks {tell_range(judged.lost('reach_strict', 'pagerank'))}: it is for hostile "
        "networks."
    )
    former = judged.lost("reach_version_1", "pagerank")
    yield (
        f"Version 1 of the settings (`mutual_worth=0.5, mutual_giving=0`) lacked {tell_range(former)}: "
        f"{_within(former[0], COST_ASKED)} that. [Why the default changed]"
        "(decisions/0013-default-of-version-2.md)."
    )
    gains = halves[-1].gains
    verdict = "above" if gains["PageRank"][1] > 0 else "**not certainly above**"
    yield (
        f"With half of the acts as a layer, reach is {verdict} PageRank on the mean over what the other half "
        f"tells: by {tell_range(gains['PageRank'], True)}, and by "
        f"{tell_range(gains['structure only'], True)} above itself without the layer."
    )
    point, pagerank = find_point(frontier, str(DEFAULT)), find_point(frontier, "pagerank")
    largest = max(point.by_budget)
    yield (
        f"A pool of {simulated.POOL_SIZES[-1]} real accounts gains x{point.by_budget[largest]:.2f} under the "
        f"default, {_within(point.by_budget[largest], GAIN_ASKED)} the {GAIN_ASKED:g} asked, and "
        f"x{pagerank.by_budget[largest]:.2f} under PageRank. Smaller pools gain more of the default: "
        f"x{point.gain:.2f} at the worst of the sizes tried."
    )
    better = [each for each in frontier.best if each.gain <= point.gain and each.accuracy >= point.accuracy]
    if point.is_best:
        yield "Nothing tried has as little gain as the default at its worst size, and as much accuracy."
    else:
        names = ", ".join(f"`{each.method}` (x{each.gain:.2f}, {each.accuracy:.3f})" for each in better)
        place = f"x{point.gain:.2f}, {point.accuracy:.3f}"
        yield f"The default ({place}) is not on the frontier: {names} gains no more and is as accurate."


def _within(value: float, asked: float) -> str:
    return "within" if value <= asked else "**not within**"


# ---- politicians ----


def _write_people(networks: Networks) -> Iterator[str]:
    people = networks.people
    contestants = simulated.list_contestants()
    cost = honest_cost(people.graph, contestants, networks.truths(), n_resamples=N_RESAMPLES)
    yield (
        f"`timme_politicians`: {people.graph.n_accounts:,} US politicians on Twitter in 2019, "
        f"{people.graph.n_follows:,} follows (Xiao et al., *TIMME*, KDD 2020, arXiv 2006.01321). Follows "
        "alone are scored; the truth is how often an account was retweeted, mentioned and liked by the "
        f"others. Spearman, Kendall's tau-b, and what part of the top {cost.top} is right, each with a "
        f"{CONFIDENCE:.0%} bootstrap interval over accounts ({N_RESAMPLES:,} resamples). The cost is "
        "PageRank's number less the method's, on the same resamples; below 0 the method is better."
    )
    for truth in networks.truths():
        yield f"### {truth.capitalize()}"
        header = ["method", "Spearman", "cost", "Kendall", "cost", f"top {cost.top}", "cost"]
        yield table(header, [_tell_method(cost, truth, name) for name in contestants])


def _tell_method(cost: HonestCost, truth: str, name: str) -> list[str]:
    line = [f"`{name}`"]
    for statistic in STATISTICS:
        row = cost.find(name, statistic, truth)
        line += [tell_range([row.value, row.low, row.high])]
        line += ["" if name == "pagerank" else tell_range([row.cost, row.cost_low, row.cost_high], True)]
    return line


def _write_rows(networks: Networks, judged: Judged) -> Iterator[str]:
    trust = networks.trust
    returned = 2 * trust.graph.report.mutual_pairs / max(trust.graph.n_follows, 1)
    yield (
        f"`bitcoin_otc`: who trusts whom in trading bitcoin. A positive rating is a follow "
        f"({trust.graph.n_accounts:,} accounts, {trust.graph.n_follows:,} follows, {returned:.0%} of them "
        "returned); negative ratings are left out. The number is the chance that one of "
        f"{len(trust.fair):,} fair traders is above one of {len(trust.fraud):,} frauds (AUC). Labels: Kumar "
        "et al., *REV2*, WSDM 2018; they derive from ratings by trusted traders, so that counting ratings "
        "has it easy. The other three numbers are Spearman's, as above. Which four rows count was fixed "
        "before this page was made; the mean takes them alike."
    )
    header = ["method", *networks.names, "mean", "cost of the mean"]
    lines = []
    for i, name in enumerate(judged.methods):
        rows = [tell_range(judged.interval(name, row)) for row in range(len(networks.names))]
        cost = "" if name == "pagerank" else tell_range(judged.lost(name, "pagerank"), True)
        lines.append([f"`{name}`", *rows, f"{judged.rows[i].mean():.3f}", cost])
    yield table(header, lines)
    yield (
        "`polblogs` (links between blogs in 2004) is not here: it tells leanings, and nothing that accounts "
        "receive."
    )


# ---- layers ----


def _write_halves(halves: list[Halves]) -> Iterator[str]:
    yield (
        "Each act of one kind falls into one of two halves by lot; one half becomes a layer "
        f"(`cap_per_pair={CAP_PER_PAIR}`, `weight={WEIGHT:g}`, `engagement_half={ENGAGEMENT_HALF:g}`, fixed "
        "before anything was measured), the other half is the truth. Spearman's correlation: mean over "
        f"{N_SPLITS} splits, the least and the largest in brackets. Gains are the layer's, with a "
        f"{CONFIDENCE:.0%} interval over accounts. A layer of the same kind as the truth has an easy task; "
        "[reasons](reasons.md#what-half-of-the-retweets-tells-about-the-other-half) has other kinds."
    )
    header = ["the other half of", *KNOWN, LAYERED, *(f"gain over {name}" for name in KNOWN)]
    lines = []
    for each in halves:
        cells = [tell_spread(values) for values in each.spearman.values()]
        lines.append([each.kind, *cells, *(tell_range(each.gains[name], True) for name in KNOWN)])
    yield table(header, lines)


# ---- cascades ----


def _write_cascades() -> Iterator[str]:
    yield (
        f"Networks of {simulated.N_ACCOUNTS:,} simulated accounts without cheats; posts travel by "
        "independent cascades (Kempe, Kleinberg, Tardos, KDD 2003): over each follow with chance "
        f"{simulated.EACH:g}, or with chance {simulated.SHARED:g} shared out among all that an account "
        "follows. Spearman's correlation with how many accounts a post reaches "
        f"({simulated.N_CASCADES:,} cascades for each account): mean over {simulated.N_SEEDS} seeds, the "
        "least and the largest in brackets. A returned follow passes on as much as any other here, by "
        "assumption: this is what a discount costs where nothing speaks for it."
    )
    lines = [
        [f"`{name}`", *map(tell_spread, ways.values())] for name, ways in simulated.measure_cascades().items()
    ]
    yield table(["method", *simulated.WAYS], lines)


# ---- calibrated ----


def _write_calibrated(networks: Networks) -> Iterator[str]:
    yield "What `influencegraph.calibrate` proposes, for the politicians and their engagement:"
    yield _listing(influencegraph.calibrate(networks.people.graph, networks.truths()))
    yield (
        f"For a simulated network of {simulated.N_ACCOUNTS:,} accounts without engagement, where it keeps to "
        "PageRank's order as far as pools allow:"
    )
    yield _listing(influencegraph.calibrate(simulated.draw_network(0)))


def _listing(told: object) -> str:
    return f"```text\n{told}\n```"


# ---- limits ----


def _tell_limits(judged: Judged, frontier: Frontier) -> Iterator[str]:
    best = judged.methods[int(judged.rows.mean(axis=1).argmax())]
    games = "" if best in simulated.OURS else f", which a pool games x{find_point(frontier, best).gain:.2f}"
    yield (
        f"The most accurate method in the table of four rows is `{best}`{games}. Where nobody games, "
        "counting is hard to beat."
    )
    yield (
        "Mutual follows carry signal where nobody cheats, and two friends look like two traders in a "
        "snapshot of follows. Only evidence (engagement, time) tells them apart."
    )
    one, other = find_point(frontier, str(Setting(1.0, 50.0))), find_point(frontier, str(Setting(1.0, 150.0)))
    at = [max(point.by_budget) for point in (one, other)]
    yield (
        "A capacity bears on large pools only: at worth 1 and capacity 50 the largest pool gains "
        f"x{one.by_budget[at[0]]:.2f} and the worst x{one.gain:.2f}, at capacity 150 "
        f"x{other.by_budget[at[1]]:.2f} and x{other.gain:.2f}. Small rings gain as under PageRank there."
    )
    yield (
        "Two real networks are few: politicians, who are followed by most of each other, and traders of "
        "bitcoin. Whether nobody games there, nobody knows. Engagement is no truth about influence either, "
        "and can be bought."
    )
    yield (
        "Gains are of simulated networks, and of one attack, follow-for-follow; "
        "[robustness](robustness.md) has the others."
    )
    yield (
        "Intervals take accounts for independent draws. Accounts of one network depend on each other, so "
        "that the intervals are too narrow."
    )
