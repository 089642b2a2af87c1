"""docs/honesty.md: what resistance to gaming costs those who do not game, and what it buys."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import influencegraph
from benchmarks.lab import simulated
from benchmarks.lab.halves import KNOWN, LAYERED, Halves, measure_halves
from benchmarks.lab.picture import draw_frontier
from benchmarks.lab.rows import (
    AUC,
    CONFIDENCE,
    N_RESAMPLES,
    Judged,
    Networks,
    judge,
    judge_all,
    read_networks,
)
from benchmarks.plan import Plan
from benchmarks.reasons.__main__ import wrap
from benchmarks.reasons.engagement import CAP_PER_PAIR, ENGAGEMENT_HALF, N_SPLITS, WEIGHT
from benchmarks.tables import table
from influencegraph.lab.frontier import (
    CAPACITIES,
    WORTHS,
    Frontier,
    Point,
    Setting,
    make_grid,
    trace_frontier,
)
from influencegraph.lab.honest_cost import HonestCost

PAGE, PICTURE = "honesty.md", "honesty.svg"
COST_ASKED, GAIN_ASKED = 0.035, 1.25
"""What issue 5 asks for: the cost of the default on the mean of the rows, and the gain of a pool of 400."""
DEFAULT = Setting(0.5, 150.0)


def write_honesty(folder: Path, docs: Path = Plan.docs) -> None:
    """Write the page and its picture from the folder of real graphs; some minutes on two processors."""
    networks = read_networks(folder)
    frontier = trace_frontier(_list_methods(), simulated.draw_pools(), lambda method: judge(networks, method))
    paragraphs = write_page(networks, frontier)
    (docs / PAGE).write_text("\n\n".join(map(wrap, paragraphs)) + "\n", "utf-8")
    picture = draw_frontier(
        frontier.points, "What gaming gains, what honesty keeps", str(DEFAULT), GAIN_ASKED
    )
    (docs / PICTURE).write_text(picture, "utf-8")


def write_page(networks: Networks, frontier: Frontier) -> Iterator[str]:
    """Yield the paragraphs of the page."""
    judged = judge_all(networks, simulated.list_contestants())
    halves = measure_halves(networks.people, N_RESAMPLES)
    yield "# Honesty: what resistance to gaming costs"
    yield (
        "Written by `python -m benchmarks.lab FOLDER`; nobody types a number. A discount of returned follows "
        "takes from friends as well as from traders. This page measures how much, on people who are not known "
        "to game, and what it buys. Calls: `influencegraph.honest_cost`, `influencegraph.calibrate` "
        "([how to use them](calibrate.md))."
    )
    yield "## In short"
    yield "\n".join(f"- {line}" for line in _tell_short(judged, halves, frontier))
    yield "## Politicians, and what they receive"
    yield from _write_people(networks)
    yield "## Four rows, and their mean"
    yield from _write_rows(networks, judged)
    yield "## With engagement layers"
    yield from _write_halves(halves)
    yield "## Cascades in simulated networks"
    yield from _write_cascades()
    yield "## The frontier"
    yield from _write_frontier(frontier)
    yield "## Calibrated"
    yield from _write_calibrated(networks)
    yield "## Limits"
    yield "\n".join(f"- {line}" for line in _tell_limits(judged, frontier))


def _list_methods() -> dict:
    """Return all that the frontier compares: others' methods, and reach at every setting."""
    others = simulated.list_contestants()
    return {**{name: others[name] for name in others if name not in simulated.OURS}, **make_grid()}


# ---- in short ----


def _tell_short(judged: Judged, halves: list[Halves], frontier: Frontier) -> Iterator[str]:
    lost = judged.lost("reach", "pagerank")
    met = "within" if lost[0] <= COST_ASKED else "**not within**"
    yield (
        f"The default lacks {_range(lost)} of PageRank's mean accuracy over four rows: {met} the "
        f"{COST_ASKED:g} that we asked of it beforehand."
    )
    strict = judged.lost("reach_strict", "pagerank")
    yield f"Strict (`mutual_worth=0`) lacks {_range(strict)}: it is for hostile networks."
    gains = halves[-1].gains
    verdict = "above" if gains["PageRank"][1] > 0 else "not certainly above"
    yield (
        f"With half of the acts as a layer, reach is {verdict} PageRank: by {_range(gains['PageRank'], True)} on "
        f"the mean, and by {_range(gains['structure only'], True)} above itself without the layer."
    )
    point = _find(frontier, str(DEFAULT))
    largest = max(point.by_budget)
    met = "within" if point.by_budget[largest] <= GAIN_ASKED else "**not within**"
    pagerank = _find(frontier, "pagerank")
    yield (
        f"A pool of {simulated.POOL_SIZES[-1]} real accounts gains x{point.by_budget[largest]:.2f} under the "
        f"default, {met} the {GAIN_ASKED:g} asked, and x{pagerank.by_budget[largest]:.2f} under PageRank. At its "
        f"worst size it gains x{point.gain:.2f} and x{pagerank.gain:.2f}."
    )
    better = [each for each in frontier.best if each.gain <= point.gain and each.accuracy >= point.accuracy]
    if point.is_best:
        yield "No method or setting tried has as little gain as the default and as much accuracy."
    else:
        names = ", ".join(f"`{each.method}` (x{each.gain:.2f}, {each.accuracy:.3f})" for each in better)
        yield (
            f"The default (x{point.gain:.2f}, {point.accuracy:.3f}) is not on the frontier of pools: {names} "
            "gains no more and is as accurate."
        )


# ---- politicians ----


def _write_people(networks: Networks) -> Iterator[str]:
    people = networks.people
    cost = influencegraph.honest_cost(
        people.graph, simulated.list_contestants(), networks.truths(), n_resamples=N_RESAMPLES
    )
    yield (
        f"`timme_politicians`: {people.graph.n_accounts:,} US politicians on Twitter in 2019, "
        f"{people.graph.n_follows:,} follows (Xiao et al., *TIMME*, KDD 2020, arXiv 2006.01321). Follows alone "
        "are scored; the truth is how often an account was retweeted, mentioned and liked by the others. "
        f"Spearman, Kendall's tau-b, and what part of the top {cost.top} is right, each with a {CONFIDENCE:.0%} "
        f"bootstrap interval over accounts ({N_RESAMPLES:,} resamples). The cost is PageRank's number less the "
        "method's, on the same resamples; below 0 the method is better."
    )
    for truth in networks.truths():
        yield f"### {truth.capitalize()}"
        header = ["method", "Spearman", "cost", "Kendall", "cost", f"top {cost.top}", "cost"]
        yield table(header, [_tell_method(cost, truth, name) for name in simulated.list_contestants()])


def _tell_method(cost: HonestCost, truth: str, name: str) -> list[str]:
    line = [f"`{name}`"]
    for statistic in ("spearman", "kendall", "top"):
        row = cost.find(name, statistic, truth)
        line += [_range([row.value, row.low, row.high])]
        line += ["" if name == "pagerank" else _range([row.cost, row.cost_low, row.cost_high], True)]
    return line


def _write_rows(networks: Networks, judged: Judged) -> Iterator[str]:
    trust = networks.trust
    yield (
        f"`bitcoin_otc`: who trusts whom in trading bitcoin; a positive rating is a follow "
        f"({trust.graph.n_accounts:,} accounts, {trust.graph.n_follows:,} follows, "
        f"{2 * trust.graph.report.mutual_pairs / trust.graph.n_follows:.0%} of them returned), negative ratings "
        f"are left out. The number is the chance that one of {len(trust.fair)} fair traders has more than one of "
        f"{len(trust.fraud)} frauds (AUC); labels and data: Kumar et al., *REV2*, WSDM 2018. Labels derive from "
        "ratings by trusted traders, so they favour counting ratings. The other three numbers are Spearman's, as "
        "above. Which four rows count was fixed in the issue, before this page was made."
    )
    header = ["method", *networks.names, "mean", "cost of the mean"]
    lines = []
    for i, name in enumerate(judged.methods):
        rows = [_range(judged.interval(name, row)) for row in range(len(networks.names))]
        cost = "" if name == "pagerank" else _range(judged.lost(name, "pagerank"), True)
        lines.append([f"`{name}`", *rows, f"{judged.rows[i].mean():.3f}", cost])
    yield table(header, lines)
    yield (
        "`polblogs` (links between blogs in 2004) is not here: it tells leanings, and nothing that accounts "
        "receive."
    )


# ---- layers ----


def _write_halves(halves: list[Halves]) -> Iterator[str]:
    yield (
        "Each act of one kind falls into one of two halves by lot; one becomes a layer "
        f"(`cap_per_pair={CAP_PER_PAIR}`, `weight={WEIGHT:g}`, `engagement_half={ENGAGEMENT_HALF:g}`, fixed before "
        f"anything was measured), the other half is the truth. Spearman's correlation: mean over {N_SPLITS} splits, "
        f"the least and the largest in brackets. Gains of the layer, with a {CONFIDENCE:.0%} interval over accounts. "
        "A layer of the same kind as the truth has an easy task; [reasons](reasons.md) has other kinds."
    )
    header = ["the other half of", *KNOWN, LAYERED, *(f"gain over {name}" for name in KNOWN)]
    lines = []
    for each in halves:
        cells = [_range([values.mean(), values.min(), values.max()]) for values in each.spearman.values()]
        lines.append([each.kind, *cells, *(_range(each.gains[name], True) for name in KNOWN)])
    yield table(header, lines)


# ---- cascades ----


def _write_cascades() -> Iterator[str]:
    yield (
        f"Networks of {simulated.N_ACCOUNTS:,} simulated accounts without cheats; posts travel by independent "
        "cascades (Kempe, Kleinberg, Tardos, KDD 2003): over each follow with chance "
        f"{simulated.EACH:g}, or with chance {simulated.SHARED:g} shared out among all that an account follows. "
        f"Spearman's correlation with how many accounts a post reaches ({simulated.N_CASCADES:,} cascades for each "
        f"account): mean over {simulated.N_SEEDS} seeds, the least and the largest in brackets. Here a returned "
        "follow passes on as much as any other, *by assumption*: a discount can only lose."
    )
    found = simulated.measure_cascades()
    yield table(
        ["method", *simulated.WAYS],
        [
            [f"`{name}`", *(_range([v.mean(), v.min(), v.max()]) for v in ways.values())]
            for name, ways in found.items()
        ],
    )


# ---- the frontier ----


def _write_frontier(frontier: Frontier) -> Iterator[str]:
    sizes = ", ".join(f"{size:,}" for size in simulated.POOL_SIZES)
    yield (
        f"Gain: real accounts of a simulated network of {simulated.N_ACCOUNTS:,}, drawn by lot, half of whose pairs "
        f"come to follow each other; their summed values after it over those before. Pools of {sizes} accounts "
        f"({', '.join(f'{budget:,}' for budget in simulated.BUDGETS)} follows), {simulated.N_SEEDS} seeds each; what "
        "counts is the size at which a method does worst. Accuracy: the mean of the four rows. A method is on the "
        "frontier if nothing tried has as little gain and as much accuracy. `tweepcred` is a logarithm, and its "
        "gain is that of the number under it."
    )
    yield f"![Gain against accuracy of every method and of reach at every setting]({PICTURE})"
    ring = f"ring of {simulated.RING_SIZE} fakes"
    header = [
        "method",
        *(f"pool of {size:,}" for size in simulated.POOL_SIZES),
        "worst, seeds",
        ring,
        "accuracy",
        "",
    ]
    named = [each for each in frontier.points if math.isnan(each.mutual_worth)]
    shown = [*named, *(each for each in frontier.points if each not in named and _is_told(each))]
    yield table(header, map(_tell_point, shown))
    yield (
        "A ring's gain is what its members make of the attention they launch, if nobody else follows them: exact "
        f"for reach and PageRank. All settings of reach, as gain at the worst size and accuracy; those on the "
        "frontier in bold:"
    )
    header = ["worth", *(f"capacity {_capacity(each)}" for each in CAPACITIES)]
    yield table(header, (_tell_worth(frontier, worth) for worth in WORTHS))


def _is_told(point: Point) -> bool:
    return point.is_best or point.method in {str(DEFAULT), str(Setting(0.0, math.inf))}


def _tell_point(point: Point) -> list[str]:
    gains = [f"x{gain:.2f}" for gain in point.by_budget.values()]
    spread = f"[{point.gain_low:.2f}, {point.gain_high:.2f}]"
    ring = simulated.find_ring(point)
    notes = [
        *(["default"] if point.method == str(DEFAULT) else []),
        *(["strict"] if point.mutual_worth == 0 else []),
        *(["on the frontier"] if point.is_best else []),
    ]
    return [
        f"`{point.method}`", *gains, spread, "" if ring is None else f"x{ring:.2f}", f"{point.accuracy:.3f}",
        ", ".join(notes),
    ]  # fmt: skip


def _tell_worth(frontier: Frontier, worth: float) -> list[str]:
    line = [f"{worth:g}"]
    for capacity in CAPACITIES:
        setting = Setting(worth, capacity if worth else math.inf)
        point = _find(frontier, str(setting))
        cell = f"x{point.gain:.2f}, {point.accuracy:.3f}"
        line.append(f"**{cell}**" if point.is_best else cell)
    return line


def _find(frontier: Frontier, method: str) -> Point:
    return next(point for point in frontier.points if point.method == method)


def _capacity(value: float) -> str:
    return "none" if math.isinf(value) else f"{value:g}"


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
    gain = _find(frontier, best).gain if any(point.method == best for point in frontier.points) else math.nan
    yield (
        f"The most accurate method of the table of four rows is `{best}`, which a pool games x{gain:.2f}. Where "
        "nobody games, counting is hard to beat."
    )
    yield (
        "Mutual follows carry signal where nobody cheats, and two friends look like two traders in one snapshot "
        "of follows. Only evidence (engagement, time) tells them apart."
    )
    yield (
        "A capacity bears on large pools only: with worth 1 it leaves small pools and small rings as they are "
        "under PageRank, which the column of the largest pool alone would hide."
    )
    yield (
        "Two real networks are few: politicians who follow half of each other, and traders of bitcoin. Whether "
        "nobody games them, nobody knows. Engagement is no truth about influence either, and can be bought."
    )
    yield (
        "Gains are of simulated networks and of one attack, follow-for-follow. Other attacks are in "
        "[robustness](robustness.md)."
    )
    yield (
        "Intervals are over accounts of one network, as if they were drawn from many like it; accounts of a "
        "network depend on each other, so that they are too narrow."
    )


def _range(values: np.ndarray | list[float], signed: bool = False) -> str:
    """Return a number with the ends of its range."""
    one, low, high = (f"{value:{'+' if signed else ''}.3f}" for value in values)
    return f"{one} [{low}, {high}]"
