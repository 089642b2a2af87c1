"""``influencegraph compare``: why scores changed between two files of follows."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from influencegraph.cli.options import (
    add_network,
    check_output,
    find_account,
    read_graph,
    read_names,
    score_graph,
    write_output,
)
from influencegraph.errors import UnknownAccount

if TYPE_CHECKING:
    from influencegraph.graph import FollowerGraph

HELP = "say why scores changed between two files of follows"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    add = parser.add_argument
    add("before", metavar="BEFORE", help="follows as they were, one a line: follower, followed")
    add("after", metavar="AFTER", help="follows as they are; the same file, to compare settings")
    add("account", metavar="ACCOUNT", nargs="?", help="an account to explain (default: the network)")
    add("--top", type=int, default=5, metavar="N", help="accounts that moved most, each way (default: 5)")
    add("--out", metavar="FILE", help="write parts of all changes to FILE.csv, .tsv, .npz or .parquet")
    add("--mutual-worth-before", type=float, metavar="X", help="--mutual-worth of BEFORE, if another")
    add("--mutual-capacity-before", type=float, metavar="B", help="--mutual-capacity of BEFORE, if another")
    add("--damping-before", type=float, metavar="A", help="--damping of BEFORE, if another")
    add_network(parser)


def run(options: argparse.Namespace) -> None:
    """Score both, compare, write and print."""
    check_output(options, 5)
    from influencegraph.compare import compare_scores
    from influencegraph.compare.comparison import Comparison
    from influencegraph.io.comparisons import describe_change, describe_comparison

    before = read_graph(_of(options, options.before))
    after = before if options.before == options.after else read_graph(_of(options, options.after))
    account = None if options.account is None else _find_account(before, after, options.account)
    names = read_names(options, after)
    old = score_graph(_of_before(options), before)
    comparison = compare_scores(old, score_graph(options, after))
    found = comparison if account is None else comparison.explain(account, trace=True)
    write_output(options, found.to_columns)
    print(
        describe_comparison(found, names, options.top)
        if isinstance(found, Comparison)
        else describe_change(found, names)
    )


def _of(options: argparse.Namespace, file: str) -> argparse.Namespace:
    return argparse.Namespace(**{**vars(options), "file": file})


def _of_before(options: argparse.Namespace) -> argparse.Namespace:
    """Return the options with the settings of BEFORE."""
    given = vars(options)
    names = ("mutual_worth", "mutual_capacity", "damping")
    old = {name: given[f"{name}_before"] for name in names if given[f"{name}_before"] is not None}
    return argparse.Namespace(**{**given, **old})


def _find_account(before: FollowerGraph, after: FollowerGraph, text: str) -> int | str:
    """Return the label that `text` names in one of the graphs."""
    try:
        return find_account(after, text)
    except UnknownAccount:
        return find_account(before, text)
