"""What several commands share: how a file is read and scored, and the names of its accounts."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from influencegraph.errors import InvalidArgument

if TYPE_CHECKING:
    from influencegraph.graph import FollowerGraph
    from influencegraph.scores import Scores


_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,18}")


def say(message: str) -> None:
    """Print a message for people, to standard error."""
    print(f"influencegraph: {message}", file=sys.stderr)


def add_network(parser: argparse.ArgumentParser) -> None:
    """Add how the network is named, scored and read."""
    _add_names(parser)
    _add_scoring(parser)
    _add_reading(parser)


def check_output(options: argparse.Namespace, default_top: int) -> None:
    """Refuse a number of lines below 0, and a file of no kind that is written, before anything is read."""
    if options.top < 0:
        raise InvalidArgument.out_of_range(
            "--top", options.top, "be 0 or more", f"--top {default_top} is the default."
        )
    from influencegraph.io.tables import check_suffix

    if options.out is not None:
        check_suffix(options.out)


def write_output(options: argparse.Namespace, make_columns: Callable[[], dict[str, Any]]) -> None:
    """Write columns where ``--out`` says; without it none are made."""
    from influencegraph.io.tables import write_by_suffix

    if options.out is not None:
        write_by_suffix(make_columns(), options.out)


def _add_names(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--names", metavar="FILE", help="display names, two columns: label, name")


def _add_scoring(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--progress", action="store_true", help="draw a line while working, on a terminal")
    scoring = parser.add_argument_group("scoring")
    add = scoring.add_argument
    add(
        "--method",
        default="reach",
        metavar="M",
        help="reach (default), pagerank, followers, one_way_followers; for comparison: trustrank, tunkrank, "
        "hitting_time, collusionrank, tweepcred, leaderrank, articlerank, hits, salsa",
    )
    add("--mutual-worth", type=float, metavar="X", help="what a returned follow is worth, 0-1 (default: 0.4)")
    add("--mutual-capacity", type=float, metavar="B", help="mutual followers at full worth (default: 150)")
    add(
        "--mutual-giving",
        type=float,
        metavar="E",
        help="how much more givers count (default: 1.5)",
    )
    add("--damping", type=float, metavar="A", help="share of attention passed on (default: 0.85)")
    add(
        "--seeds",
        metavar="FILE",
        help="start attention at these accounts only: label, optional weight; for trustrank accounts known "
        "to be good, for collusionrank known spammers",
    )
    add("--tolerance", type=float, metavar="T", help="certified total error (default: 1e-9)")
    add("--threads", type=int, metavar="N", help="threads (default: all processors)")


def _add_reading(parser: argparse.ArgumentParser) -> None:
    reading = parser.add_argument_group("reading")
    add = reading.add_argument
    add("--source", type=_column, default=0, metavar="COLUMN", help="follower: position or header name")
    add("--target", type=_column, default=1, metavar="COLUMN", help="followed: position or header name")
    add("--weight", type=_column, metavar="COLUMN", help="weight (default: every follow weighs 1)")
    add("--delimiter", type=_delimiter, metavar="C", help="between fields (default: guessed); \\t is a tab")
    add("--label-type", default="auto", choices=("auto", "int", "str"), help="kind of labels (default: auto)")
    add("--header", default="auto", choices=("auto", "yes", "no"), help="is there one? (default: auto)")
    add("--comment", default="#%", metavar="CHARS", help="first characters of comment lines (default: #%%)")
    add("--encoding", default="utf-8", metavar="NAME", help="of the file (default: utf-8)")
    add("--reverse", action="store_true", help="rows say followed, follower")
    add("--link", metavar="FILE", help="unite one person's accounts, two columns: account, person")


def _column(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() else text


def _delimiter(text: str) -> str:
    return "\t" if text == "\\t" else text


def read_graph(options: argparse.Namespace) -> FollowerGraph:
    """Read the file of follows that `options` name, and say what became of its rows."""
    from influencegraph.io.text import read_follows

    graph = read_follows(
        sys.stdin.buffer if options.file == "-" else options.file,
        source=options.source,
        target=options.target,
        weight=options.weight,
        delimiter=options.delimiter,
        header=options.header if options.header == "auto" else options.header == "yes",
        comment=options.comment,
        label_type=options.label_type,
        encoding=options.encoding,
        reverse=options.reverse,
    )
    say(str(graph.report))
    return graph if options.link is None else _link(options.link, graph)


def _link(path: str, graph: FollowerGraph) -> FollowerGraph:
    """Unite accounts as the file at `path` says, and say what became of their follows."""
    from influencegraph.io import pairs

    linked = graph.link(pairs.read_links(path, graph.accounts.kind))
    say(f"linked: {linked.report}")
    return linked


def _read_seeds(options: argparse.Namespace, graph: FollowerGraph) -> dict[Any, float] | None:
    if options.seeds is None:
        return None
    from influencegraph.io.pairs import read_seeds

    return read_seeds(options.seeds, graph.accounts.kind)


def read_names(options: argparse.Namespace, graph: FollowerGraph) -> dict[Any, str] | None:
    """Return display names by label, or None where none were given."""
    if options.names is None:
        return None
    from influencegraph.io import pairs

    return pairs.read_names(options.names, graph.accounts.kind)


def find_account(graph: FollowerGraph, text: str) -> int | str:
    """Return the label that `text`, as written on the command line, names in `graph`.

    Raises
    ------
    UnknownAccount
        If it names none.
    """
    # As in files: an integer written in another way is another label.
    is_integer = graph.accounts.kind == "int" and _INTEGER.fullmatch(text)
    label = int(text) if is_integer else text
    graph.accounts.position(label)
    return label


def score_graph(options: argparse.Namespace, graph: FollowerGraph) -> Scores:
    """Score as `options` say, and say how sure the scores are."""
    from influencegraph import methods

    given = {
        name: value
        for name in ("mutual_worth", "mutual_capacity", "mutual_giving", "damping", "tolerance")
        if (value := getattr(options, name)) is not None
    }
    scores: Scores = methods.score(
        graph,
        method=options.method,
        teleport=_read_seeds(options, graph),
        n_threads=options.threads,
        progress=True if options.progress else None,
        **given,
    )
    if scores.propagation is not None and len(scores):
        say(str(scores.certificate))
        say(str(scores.ledger))
    return scores


def print_columns(columns: dict[str, list[Any]], names: dict[Any, str] | None) -> None:
    """Print columns of text and numbers, ``account`` first, tab-separated with all digits."""
    from influencegraph.io.display import printable

    if names is not None:
        shown = [names.get(account, "") for account in columns["account"]]
        columns = {"account": columns["account"], "name": shown, **columns}
    print("\t".join(columns))
    for row in zip(*columns.values(), strict=True):
        print("\t".join(printable(each, 1 << 20) if isinstance(each, str) else repr(each) for each in row))
