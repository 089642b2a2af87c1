"""How often audits find something, where there is nothing and where something was planted.

Rules were chosen on the simulated network of seed 0; what is written here is of other seeds.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

import influencegraph
from benchmarks.audits.logs import simulate_log
from benchmarks.audits.networks import plant_circle
from benchmarks.tables import table
from influencegraph.audits import AUDITS, LOG_AUDITS, Findings
from influencegraph.audits.null_graphs import shuffle_follows
from influencegraph.audits.null_logs import shuffle_log
from influencegraph.io.finding_text import describe_rule

SEEDS = range(1, 11)
PAGE = "audits_measured.md"
REAL = "timme_politicians"
WIDTH = 110
ANY = "any of them"

Shares = dict[str, dict[str, list[float]]]
"""By audit, then by column: per cent of the accounts that stand out, one for each seed."""


def write_audits(folder: Path, realdata: Path | None = None, seeds: Iterable[int] = SEEDS) -> None:
    """Measure, and write the page into `folder`; some minutes."""
    chosen = [*seeds]
    paragraphs = [*_write_networks(chosen, realdata), *_write_logs(chosen)]
    text = "\n\n".join(
        each if each.startswith(("|", "#", "-")) else textwrap.fill(each, WIDTH) for each in paragraphs
    )
    (folder / PAGE).write_text(text + "\n", "utf-8")


def _write_networks(seeds: list[int], realdata: Path | None) -> Iterator[str]:
    shares: Shares = {name: {} for name in AUDITS}
    for seed in seeds:
        network, kinds = plant_circle(seed)
        found = influencegraph.audit(network)
        for kind in ("organic", "farm", "ring", "circle"):
            _add(shares, found, kind, kinds == kind)
        for column, keep_mutual in (("mutual kept", True), ("mutual moved", False)):
            drawn = shuffle_follows(network, seed, keep_mutual=keep_mutual)
            _add(shares, influencegraph.audit(drawn), column, kinds != "")
    if realdata is not None:
        graph = influencegraph.read_follows(realdata / REAL / "follows.tsv.gz")
        _add(shares, influencegraph.audit(graph), "politicians", np.ones(len(graph), bool))
    yield "# Audits, measured"
    yield (
        "Written by `python -m benchmarks.audits`; nobody types a number. [What the audits are](audits.md). "
        f"Numbers are per cent of the accounts that stand out, mean over {len(seeds)} seeds, the least and "
        "the most in brackets. Rules were chosen on another seed, and are below each table."
    )
    yield "## Networks"
    yield (
        "*By chance* is the simulated network with its follows dealt out by lot "
        "(`audits.null_graphs.shuffle_follows`): everybody keeps its number of followers and follows, and of "
        "mutual contacts (*mutual kept*), or there are as many mutual pairs (*mutual moved*). These are the "
        "rates of false positives. Overlap and dead weight depend on followers, follows and mutual contacts "
        "all but alone, so that only moving these shows what chance does to them."
    )
    header = [
        "audit",
        "by chance, mutual kept",
        "by chance, mutual moved",
        "organic",
        "farm",
        "ring",
        "circle",
    ]
    columns = ["mutual kept", "mutual moved", "organic", "farm", "ring", "circle"]
    if realdata is not None:
        header.append("US politicians")
        columns.append("politicians")
    yield table(header, _lines(shares, columns))
    yield (
        "*Organic*, *farm* and *ring* are accounts of `simulate_network` with its defaults: honest ones; "
        "real accounts who trade follows at density 0.5 and with others; fakes who all follow each other. "
        "*Circle* is planted beside them: 200 accounts that follow each other one-way, half of the pairs by "
        "lot, in a direction by lot. Organic accounts that stand out are no error of arithmetic: they have "
        "what is measured, and not by chance."
    )
    if realdata is not None:
        yield (
            "*US politicians* are the real accounts of [reasons](reasons.md), none of whom is known to trade "
            "follows: a parliament is a dense mutual block."
        )
    yield "Rules:"
    yield _write_rules(influencegraph.audit(influencegraph.FollowerGraph.from_arrays([], [])))


def _write_logs(seeds: list[int]) -> Iterator[str]:
    shares: Shares = {name: {} for name in LOG_AUDITS}
    kinds = ("organic", "farm", "churn", "ring")
    for seed in seeds:
        log, kind = simulate_log(seed)
        found = influencegraph.audit_log(log)
        for column in kinds:
            _add(shares, found, column, kind == column)
        for column, keep_pairs in (("pairs kept", True), ("pairs dealt out", False)):
            drawn = shuffle_log(log, seed, keep_pairs=keep_pairs)
            _add(shares, influencegraph.audit_log(drawn), column, kind != "")
    yield "## Logs"
    yield (
        "*By chance* is the log with the times and spans of follows dealt out by lot between the same pairs "
        "(`audits.null_logs.shuffle_log`), or between pairs dealt out as well. Refollows depend on the pairs "
        "alone, so that only dealing these out shows what chance does to them."
    )
    header = ["audit", "by chance, pairs kept", "by chance, pairs dealt out", *kinds]
    yield table(header, _lines(shares, ["pairs kept", "pairs dealt out", *kinds]))
    yield (
        "The log is simulated: choices, plausible, not published (`benchmarks/audits/logs.py`). Each organic "
        "account joins on some day of a year and follows some accounts that day, the others later; half of "
        "its friends answer within about three days, and a tenth of its follows end after a while. Farm and "
        "ring trade in campaigns of a few days and answer within hours. *Churn* follows organic accounts in "
        "campaigns, ends most of these follows within days, and follows some of them again."
    )
    yield "Rules:"
    yield _write_rules(influencegraph.audit_log(([], [], [], [])))


def _write_rules(found: Findings) -> str:
    return "\n".join(
        f"- `{name}`, {measure.words.title}: {describe_rule(measure.rule, measure.words.unit)}."
        for name, measure in found.measures.items()
    )


def _add(shares: Shares, found: Findings, column: str, chosen: np.ndarray) -> None:
    for name, measure in found.measures.items():
        share = 100 * float(measure.stands_out[chosen].mean()) if chosen.any() else 0.0
        shares[name].setdefault(column, []).append(share)
    some = 100 * float((found.counts > 0)[chosen].mean()) if chosen.any() else 0.0
    shares.setdefault(ANY, {}).setdefault(column, []).append(some)


def _lines(shares: Shares, columns: list[str]) -> Iterator[list[str]]:
    for name, measured in shares.items():
        yield [name if name == ANY else f"`{name}`", *(_cell(measured[column]) for column in columns)]


def _cell(shares: list[float]) -> str:
    mean, least, most = np.mean(shares), min(shares), max(shares)
    if least == most:
        return _figures(float(mean))
    return f"{_figures(float(mean))} [{_figures(least)}-{_figures(most)}]"


def _figures(share: float) -> str:
    return "0" if share == 0 else f"{share:.3f}" if share < 1 else f"{share:.1f}"
