"""``influencegraph score``: the accounts of a file of follows, best first."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from influencegraph.cli.options import (
    add_network,
    check_output,
    read_graph,
    read_names,
    score_graph,
    write_output,
)

if TYPE_CHECKING:
    from influencegraph.scores import Scores

HELP = "score the accounts of a file of follows"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    add = parser.add_argument
    add("file", metavar="FILE", help="follows, one a line: follower, followed")
    add("--top", type=int, default=20, metavar="N", help="accounts to print (default: 20)")
    add("--out", metavar="FILE", help="write all accounts to FILE.csv, .tsv, .npz or .parquet")
    add_network(parser)


def run(options: argparse.Namespace) -> None:
    """Score, write and print."""
    check_output(options, 20)

    graph = read_graph(options)
    names = read_names(options, graph)
    scores = score_graph(options, graph)
    write_output(options, scores.to_columns)
    _print_top(scores, options.top, names)


def _print_top(scores: Scores, top: int, names: dict[Any, str] | None) -> None:
    """Print the best accounts: aligned on a terminal, tab-separated with all digits elsewhere."""
    from influencegraph.io.display import align_table, format_number, printable

    to_person = sys.stdout.isatty()
    fields = ["value"] if scores.value_column == "value" else []
    fields += [] if scores.propagation is None else ["reach", "lower", "upper", "score"]
    header = ["rank", "account", *(["name"] if names is not None else []), *fields]
    rows = []
    for line in scores.top(top):
        words = [line.account] if names is None else [line.account, names.get(line.account, "")]
        numbers = [getattr(line, field) for field in fields]
        shown = (
            [format_number(number) for number in numbers]
            if to_person
            else [repr(number) for number in numbers]
        )
        rows.append(
            [str(line.rank), *(printable(word, 48 if to_person else 1 << 20) for word in words), *shown]
        )
    if to_person:
        print(align_table(header, rows, left=len(header) - len(fields)))
    else:
        print("\n".join("\t".join(row) for row in (header, *rows)))
