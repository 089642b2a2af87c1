"""``influencegraph explain``: whose attention makes up the reach of one account."""

from __future__ import annotations

import argparse

from influencegraph.cli.options import (
    add_names,
    add_reading,
    add_scoring,
    find_account,
    read_graph,
    read_names,
    score_graph,
)
from influencegraph.errors import InvalidArgument

HELP = "say whose attention makes up the reach of one account"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    add = parser.add_argument
    add("file", metavar="FILE", help="follows, one a line: follower, followed")
    add("account", metavar="ACCOUNT", help="its label, as in the file")
    add("--top", type=int, default=10, metavar="N", help="followers to list (default: 10)")
    add(
        "--through",
        action="append",
        default=[],
        metavar="FOLLOWER",
        help="say whose attention arrived through this follower; again for one further back",
    )
    add("--out", metavar="FILE", help="write what every follower gives to FILE.csv, .tsv, .npz or .parquet")
    add_names(parser)
    add_scoring(parser)
    add_reading(parser)


def run(options: argparse.Namespace) -> None:
    """Score, explain, write and print."""
    if options.top < 0:
        raise InvalidArgument.out_of_range("--top", options.top, "be 0 or more", "--top 10 is the default.")
    from influencegraph.explain import explain_score
    from influencegraph.io.explanations import describe_explanation
    from influencegraph.io.tables import check_suffix, write_by_suffix

    if options.out is not None:
        check_suffix(options.out)
    graph = read_graph(options)
    names = read_names(options, graph)
    account = find_account(graph, options.account)
    steps = [find_account(graph, follower) for follower in options.through]
    why = explain_score(score_graph(options, graph), account, top=options.top)
    for follower in steps:
        why = why.through(follower)
    if options.out is not None:
        write_by_suffix(why.to_columns(), options.out)
    print(describe_explanation(why, names))
