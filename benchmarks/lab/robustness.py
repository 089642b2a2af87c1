"""The page on robustness: what each attack gains under each method, and what no method can do."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import influencegraph
from benchmarks.lab.curves import draw_amplification, draw_costs
from benchmarks.lab.demands import DEMANDS
from benchmarks.lab.estimates import (
    find,
    find_top,
    quote,
    say,
    shorten,
    summarise,
    tabulate,
    tabulate_means,
    tell_budget,
)
from benchmarks.lab.groups import BY_FAKES, BY_REAL, DETECTING, FOR_ONE, METHODS, SPREADING
from benchmarks.lab.measuring import DOSE_BUDGET, DOSES
from benchmarks.reasons.__main__ import wrap
from benchmarks.tables import table
from influencegraph.lab.records import LabRecords

PAGE, DOTS, CURVES = "robustness.md", "robustness.svg", "robustness_costs.svg"
UNDISCOUNTED = {"mutual_worth": 1.0, "mutual_capacity": math.inf}
_KINDS = {
    "follow_pool": "real accounts trade follows with each other",
    "mutual_ring": "fakes all follow each other",
    "mutual_clique": "the same in cliques of ten",
    "star_boosters": "fakes follow one boss and nobody else",
    "star_boosters_camouflaged": "the same, and follow each other mutually besides",
    "bought_followers": "fakes follow a buyer, and celebrities for camouflage",
    "follow_churn": "real accounts follow, are followed back, and unfollow",
    "follow_churn_remembered": "the same, where a log remembers the returns",
    "directed_ring": "fakes follow the next ones on a circle, nobody back",
    "sybil_region": "fakes follow each other at random; 100 honest accounts' follows lead in",
    "hijacked_account": "a celebrity's account follows a boss, and fakes who follow the boss",
    "forged_engagement": "a pool that also acts on each other along its trades",
    "sabotage": "fakes follow accounts that follow back, to use up their capacity",
    "messias": "bots follow strangers, who may follow back (Messias et al. 2013)",
}  # fmt: skip


def write_robustness(records: LabRecords, doses: LabRecords, docs: Path) -> None:
    """Write the page and its pictures from what `benchmarks.lab.measuring` found."""
    page = "\n\n".join(wrap(paragraph) for paragraph in write_page(records, doses))
    (docs / PAGE).write_text(page + "\n", "utf-8")
    (docs / DOTS).write_text(draw_amplification(records), "utf-8")
    (docs / CURVES).write_text(draw_costs(records), "utf-8")


def write_page(records: LabRecords, doses: LabRecords) -> Iterator[str]:
    """Yield the paragraphs of the page."""
    top = records.select(budget=max(records.distinct("budget")))
    yield "# Robustness: what gaming gains"
    yield from _introduce(records)
    yield "## What was demanded, and what came out"
    yield from _compare(records)
    yield "## Attacks by accounts that are real"
    yield from _by_real(top)
    yield "## Churn, by how much of it"
    yield from _by_dose(doses)
    yield "## Fakes that serve one account"
    yield from _for_one(top)
    yield "## Fakes that serve themselves"
    yield from _by_fakes(top)
    yield "## What it costs"
    yield from _costs(records)
    yield "## What it does to others"
    yield from _others(top)
    yield "## Telling attackers from honest accounts like them"
    yield from _detection(top)
    yield "## Limits"
    yield "\n".join(f"- {each}" for each in _limits(top))


def _introduce(records: LabRecords) -> Iterator[str]:
    seeds, first = len(records.distinct("seed")), records.records[0]
    budgets = [f"{budget:,}" for budget in records.distinct("budget")]
    yield (
        "Written by `python -m benchmarks.lab`; nobody types a number. "
        f"{seeds} simulated networks of {first.n_accounts:,} accounts without cheats "
        "(`influencegraph.simulate_network`), each attacked once in every way with budgets of "
        f"{', '.join(budgets)} follows, and scored before and after. Brackets are Student's "
        f"95 % intervals over the {seeds} networks. [What each attack does](attacks.md), "
        "[how to run the lab](lab.md) on another network or another scoring function; what resistance costs "
        "honest accounts is in [honesty](honesty.md), and is to be read beside this page."
    )
    yield (
        "**Amplification** is the gainers' summed value after the attack over that before. For reach, "
        "PageRank and their relatives that is summed reach with attention that starts at honest accounts "
        "only; what fakes launch themselves is told separately. tweepcred's points are logarithms; the "
        "numbers under them are summed. `reach` is the default (`mutual_worth=0.4`, "
        "`mutual_capacity=150`, `mutual_giving=1.5`), `reach_strict` has `mutual_worth=0`; `reach_trusted` "
        "and `trustrank` start attention at 300 trusted accounts drawn at random, who take no part in any "
        "attack."
    )
    yield table(["attack", "what happens"], ([f"`{name}`", said] for name, said in _KINDS.items()))


def _compare(records: LabRecords) -> Iterator[str]:
    rows = []
    for demand in DEMANDS:
        estimate = demand.find(records)
        wanted = f"at most {demand.high:.3g}" if demand.low <= 0 else f"{demand.low:.3g} to {demand.high:.3g}"
        rows.append(
            [
                demand.claim,
                f"`{demand.method}`",
                demand.says,
                wanted,
                say(estimate, 3),
                demand.judge(estimate),
            ]
        )
    yield "Limits were set before anything was measured; a ring's is its proved cap."
    yield table(["attack", "method", "measure", "demanded", "measured", ""], rows)
    yield (
        "Of a sybil region under trusted seeds: what its fakes get is what honest accounts' follows lead in. "
        "Inside, a region multiplies that as any other does (below, *multiplied inside*)."
    )


def _by_real(top: LabRecords) -> Iterator[str]:
    yield tell_budget(top) + "Amplification of the gainers' summed value; 1 is no gain."
    yield tabulate(top, BY_REAL, METHODS, "amplification")
    yield f"![Amplification by attack and method, logarithmic]({DOTS})"


def _by_dose(doses: LabRecords) -> Iterator[str]:
    methods = doses.distinct("method")
    yield (
        "How much churn gains depends on how many strangers each churner tries; the table above has 200. A "
        "follow whose return ended is worth what a mutual follow is, so the default takes a part of the gain "
        "until the capacity binds; what ended takes up three places of that each. "
        f"With {DOSE_BUDGET:,} follows and returns remembered:"
    )
    found = summarise(doses, "amplification")
    rows = [[tries, *(say(found[tries, each]) for each in methods)] for tries in map(str, DOSES)]
    yield table(["tries of each", *map(quote, methods)], rows)


def _for_one(top: LabRecords) -> Iterator[str]:
    yield (
        tell_budget(top)
        + "First what honest accounts' attention comes to: fakes add nothing to a score that is made "
        "of it. Counting followers, HITS and tweepcred count fakes like anybody."
    )
    yield tabulate(top, FOR_ONE, METHODS, "amplification")
    yield (
        "Then with what the fakes launch, since anybody can make accounts. How much it is depends on how "
        "little the one had before. No method that launches attention everywhere withstands that, and ours "
        "does not: what it takes from traders stays with those who bring one-way followers. Trusted seeds do."
    )
    yield tabulate(top, FOR_ONE, METHODS, "amplification_launching")


def _by_fakes(top: LabRecords) -> Iterator[str]:
    yield (
        tell_budget(top)
        + "The gainers are new, so there is nothing before to compare with. First their share of all "
        "values over their share of all accounts: 1 is what an average account has."
    )
    yield tabulate(top, BY_FAKES, METHODS, "share_amplification")
    yield (
        "*Multiplied inside*: their summed reach over what they launch and what enters from outside. "
        f"PageRank's limit is {influencegraph.ring_cap(UNDISCOUNTED):.3g}; for a mutual ring ours is proved "
        "to be 1/(1 - damping x worth x min(1, 150/mutual contacts)), `influencegraph.ring_cap`. Without "
        "mutual follows inside (`directed_ring`) nothing is discounted. Bots of `messias` follow no other "
        "bot: all that they have enters from outside. Empty: nothing gets in."
    )
    yield tabulate(top, BY_FAKES, SPREADING, "amplification")


def _costs(records: LabRecords) -> Iterator[str]:
    budgets = records.distinct("budget")
    yield (
        "Gain per 1,000 follows made, in values of an average account before the attack: what a follow still "
        f"buys as the budget grows, at {', '.join(f'{each:,}' for each in budgets)} follows. Fakes launch "
        "nothing, except where they are the gainers."
    )
    rows = []
    for attack in (*BY_REAL, *BY_FAKES):
        row = [f"`{attack}`"]
        for method in METHODS:
            found = [find(records, attack, method, "gain_per_follow", budget) for budget in budgets]
            row.append(" / ".join(shorten(1000 * each.mean) for each in found))
        rows.append(row)
    yield table(["attack", *map(quote, METHODS)], rows)
    yield f"![Gain by budget, attack and method]({CURVES})"
    yield f"The same for each fake, at {max(budgets):,} follows:"
    rows = []
    for attack in (*FOR_ONE, "hijacked_account", *BY_FAKES):
        found = [find_top(records, attack, method, "gain_per_fake") for method in METHODS]
        rows.append([f"`{attack}`", *(shorten(each.mean) for each in found)])
    yield table(["attack", *map(quote, METHODS)], rows)


def _others(top: LabRecords) -> Iterator[str]:
    yield tell_budget(top) + "Accounts without a part in the attack that fall out of the top 100, on average:"
    yield tabulate_means(top, _KINDS, (*METHODS, "collusionrank"), "displaced")
    yield (
        "Mean change, in per cent, of honest accounts that were like the gainers in value, followers and "
        "followings:"
    )
    yield tabulate_means(top, _KINDS, METHODS, "collateral", 100)
    yield "And the victims of sabotage themselves, of whom nobody gains: their summed value over that before."
    yield tabulate(top, ["sabotage"], METHODS, "amplification")


def _detection(top: LabRecords) -> Iterator[str]:
    yield (
        tell_budget(top)
        + "How likely a gainer shows more evidence than an honest account that is like it afterwards in "
        "value, followers and followings (AUC; 0.5 is chance, below it gainers look better than honest "
        "accounts). Of reach the evidence is what part of the attention that arrives was withheld; of "
        "CollusionRank the blame, with a tenth of the fakes known beforehand (of the gainers, where there "
        "are no fakes), who are left out here. Evidence, not a verdict: friends' follows are discounted, too."
    )
    yield tabulate(top, list(_KINDS), DETECTING, "auc")


def _limits(top: LabRecords) -> Iterator[str]:
    def mean(attack: str, method: str, measure: str = "amplification") -> str:
        return say(find_top(top, attack, method, measure))

    yield (
        "**Nobody can tell two strangers' trade from two friends' mutual follow** in one snapshot "
        "([mathematics](mathematics.md)): sparing friends needs engagement or time."
    )
    yield (
        "**Fakes that launch attention.** With attention starting everywhere, no method that treats accounts "
        "alike is proof against accounts that are made (Cheng & Friedman 2005). Boosters multiply a boss by "
        f"{mean('star_boosters', 'reach', 'amplification_launching')} under the default, by "
        f"{mean('star_boosters', 'pagerank', 'amplification_launching')} under PageRank. Trusted seeds end "
        f"that: {mean('star_boosters', 'reach_trusted', 'amplification_launching')}."
    )
    yield (
        "**Directed rings** have no mutual follow and lose nothing: what they launch is multiplied by "
        f"{mean('directed_ring', 'reach')}, as under PageRank; they then hold "
        f"{mean('directed_ring', 'reach', 'share_amplification')} times an average account's share under the "
        f"default, {mean('directed_ring', 'pagerank', 'share_amplification')} under PageRank."
    )
    yield (
        "**Follow-churn** leaves one-way follows, and a snapshot does not show how they came about: it "
        f"multiplies by {mean('follow_churn', 'reach')} under the default, by "
        f"{mean('follow_churn', 'pagerank')} under PageRank. With returns remembered it is "
        f"{mean('follow_churn_remembered', 'reach')}: less than the churners would have had of keeping their "
        "side of the trade, because returns that ended take up three places each "
        "([why](decisions/0012-two-demands-on-the-default.md)); strict "
        f"{mean('follow_churn_remembered', 'reach_strict')}. It fades with the memory, and few tries of many "
        "accounts are no more than trades (below 50 a memory, by default)."
    )
    yield (
        "**Forged engagement.** Layers spare what two accounts agree to forge: "
        f"{mean('forged_engagement', 'reach')} instead of {mean('follow_pool', 'reach')}, and strict is no "
        f"protection ({mean('forged_engagement', 'reach_strict')}). A layer is worth what its acts cost to "
        "fake."
    )
    yield (
        "**A hijacked account** passes on what it holds. That is what a score of attention means, and no "
        f"discount sees it: {mean('hijacked_account', 'reach')} under the default, "
        f"{mean('hijacked_account', 'pagerank')} under PageRank, "
        f"{mean('hijacked_account', 'reach_trusted')} with trusted seeds."
    )
    yield (
        "**Sabotage.** Our own defence can be turned against accounts that follow back whoever follows them: "
        f"their reach is {mean('sabotage', 'reach')} times what it was under the default, "
        f"{mean('sabotage', 'reach_trusted')} with trusted seeds, and {mean('sabotage', 'pagerank')} under "
        "PageRank."
    )
    yield (
        "**Simulated networks are not the world.** Who follows back, how dense a pool is, whom fakes "
        "follow are choices, each named in the attack's docstring. Your own network goes through "
        "`influencegraph.run_lab`."
    )
