"""``influencegraph explain``: whose attention makes up the reach of one account."""

from __future__ import annotations

import argparse

from influencegraph.cli.options import (
    add_network,
    check_output,
    find_account,
    read_graph,
    read_names,
    score_graph,
    write_output,
)

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
    add_network(parser)


def run(options: argparse.Namespace) -> None:
    """Score, explain, write and print."""
    check_output(options, 10)
    from influencegraph.explain import explain_score
    from influencegraph.io.explanations import describe_explanation

    graph = read_graph(options)
    names = read_names(options, graph)
    account = find_account(graph, options.account)
    steps = [find_account(graph, follower) for follower in options.through]
    why = explain_score(score_graph(options, graph), account, top=options.top)
    for follower in steps:
        why = why.through(follower)
    write_output(options, why.to_columns)
    print(describe_explanation(why, names))
