"""The front door: ``influencegraph score | demo | warm-up``.

Data goes to standard output, messages to standard error. Exit codes: 0, 2 for a bad call or input, 1
for a failure of ours, 130 for Ctrl-C. Nothing heavy is imported before the command is known.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from influencegraph import __version__
from influencegraph.errors import InfluenceGraphError, InvalidArgument

if TYPE_CHECKING:
    from influencegraph.graph import FollowerGraph
    from influencegraph.scores import Scores

_EPILOG = "Documentation: docs/ of the source. FILE may be plain or gzip; '-' is standard input."


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="influencegraph",
        description="Who really moves people in a follower network.",
        epilog=_EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"influencegraph {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_score(commands.add_parser("score", help="score the accounts of a file of follows", epilog=_EPILOG))
    demo = commands.add_parser("demo", help="a simulated network with a farm and a ring in it, scored")
    demo.add_argument("--seed", type=int, default=0, metavar="N", help="another network (default: 0)")
    commands.add_parser("warm-up", help="compile ahead what the other commands and the library need")
    return parser


def _add_score(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("file", metavar="FILE", help="follows, one a line: follower, followed")
    add("--top", type=int, default=20, metavar="N", help="accounts to print (default: 20)")
    add("--out", metavar="FILE", help="write all accounts to FILE.csv, .tsv, .npz or .parquet")
    add("--names", metavar="FILE", help="display names, two columns: label, name")
    add("--progress", action="store_true", help="draw a line while working, on a terminal")
    scoring = parser.add_argument_group("scoring")
    add = scoring.add_argument
    add(
        "--method",
        default="reach",
        metavar="M",
        help="reach (default), pagerank, followers, one_way_followers",
    )
    add("--mutual-worth", type=float, metavar="X", help="what a returned follow is worth, 0-1 (default: 0.5)")
    add("--mutual-capacity", type=float, metavar="B", help="mutual followers at full worth (default: 150)")
    add("--damping", type=float, metavar="A", help="share of attention passed on (default: 0.85)")
    add("--seeds", metavar="FILE", help="start attention at these accounts only: label, optional weight")
    add("--tolerance", type=float, metavar="T", help="certified total error (default: 1e-9)")
    add("--threads", type=int, metavar="N", help="threads (default: all processors)")
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


def _column(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() else text


def _delimiter(text: str) -> str:
    return "\t" if text == "\\t" else text


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    try:
        options = make_parser().parse_args(arguments)
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            warnings.showwarning = _warn
            run = {"score": _run_score, "demo": _run_demo, "warm-up": _run_warm_up}[options.command]
            run(options)
            sys.stdout.flush()
    except BrokenPipeError:  # | head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except InfluenceGraphError as error:
        _say(f"error: {error}")
        return 2
    except (OSError, MemoryError) as error:
        _say(f"error: {type(error).__name__}: {error}")
        return 1
    return 0


def _say(message: str) -> None:
    print(f"influencegraph: {message}", file=sys.stderr)


def _warn(message: Warning | str, *_: Any, **__: Any) -> None:
    _say(f"warning: {message}")


def _run_demo(options: argparse.Namespace) -> None:
    if options.seed < 0:
        raise InvalidArgument.out_of_range(
            "--seed", options.seed, "be 0 or more", "--seed 1 is another network."
        )
    from influencegraph.demo import describe_demo, make_demo

    print(describe_demo(make_demo(options.seed)))


def _run_warm_up(options: argparse.Namespace) -> None:
    from influencegraph.warm_up import warm_up

    kernels = warm_up()
    kept = f"kept in {', '.join(kernels.folders)}" if kernels.folders else "kept nowhere: there is no cache"
    _say(f"{kernels.compiled} kernels compiled, {kernels.loaded} loaded; {kept}")


def _run_score(options: argparse.Namespace) -> None:
    if options.top < 0:
        raise InvalidArgument.out_of_range("--top", options.top, "be 0 or more", "--top 20 is the default.")
    from influencegraph.io.tables import check_suffix, write_by_suffix

    if options.out is not None:
        check_suffix(options.out)
    from influencegraph import methods

    graph = _read(options)
    _say(str(graph.report))
    names = _read_names(options, graph)
    given = {
        name: value
        for name in ("mutual_worth", "mutual_capacity", "damping", "tolerance")
        if (value := getattr(options, name)) is not None
    }
    scores = methods.score(
        graph,
        method=options.method,
        teleport=_read_seeds(options, graph),
        n_threads=options.threads,
        progress=True if options.progress else None,
        **given,
    )
    if scores.propagation is not None and len(scores):
        _say(str(scores.certificate))
        _say(str(scores.ledger))
    if options.out is not None:
        write_by_suffix(scores.to_columns(), options.out)
    _print_top(scores, options.top, names)


def _read(options: argparse.Namespace) -> FollowerGraph:
    from influencegraph.io.text import read_follows

    return read_follows(
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


def _read_seeds(options: argparse.Namespace, graph: FollowerGraph) -> dict[Any, float] | None:
    if options.seeds is None:
        return None
    from influencegraph.io.pairs import read_seeds

    return read_seeds(options.seeds, graph.accounts.kind)


def _read_names(options: argparse.Namespace, graph: FollowerGraph) -> dict[Any, str] | None:
    if options.names is None:
        return None
    from influencegraph.io.pairs import read_names

    return read_names(options.names, graph.accounts.kind)


def _print_top(scores: Scores, top: int, names: dict[Any, str] | None) -> None:
    """Print the best accounts: aligned on a terminal, tab-separated with all digits elsewhere."""
    from influencegraph.io.display import align_table, format_number, printable

    to_person = sys.stdout.isatty()
    fields = ["value"] if scores.propagation is None else ["reach", "lower", "upper", "score"]
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
