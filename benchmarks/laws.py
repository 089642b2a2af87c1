"""``python -m benchmarks.laws``: try every law on every method, and write docs/methods/laws.md.

A method is asked for its reach where it has one, else for its values, and those are tried on the laws that
hold in any unit. Two laws say that something does not pay where returned follows are worth nothing, and one
what holds where they are worth everything; methods without that setting are handed it all the same and leave
it out, so that they answer as well.
"""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np

import influencegraph
from influencegraph import METHODS, DidNotConverge, FollowerGraph
from influencegraph.testing import LAWS, check_scoring

PAGE = Path(__file__).parent.parent / "docs" / "methods" / "laws.md"
EXAMPLES = 200
HOLDS, BROKEN, CONSTANT, SILENT = "holds", "**broken**", "constant", ""
_INTRODUCTION = """\
# Which laws each method obeys

Written by `python -m benchmarks.laws`, which tries each law of `influencegraph.testing.LAWS` on each method,
with up to {examples:,} networks of some six accounts. A law that is broken is broken for certain, and the
smallest network found stands below; one that holds was not seen broken. Where a method scored all accounts
alike in every network tried, the law was not put to the test (constant).

`reach` obeys {obeyed} of {total}. The table has those {shown} that other methods can be asked as well; an
empty cell is a law that means nothing for the method, because it speaks of reach or of a setting that the
method does not have. `strict_follow_back` and `strict_trade` speak of `mutual_worth=0`: methods without it
are asked whether following back, or trading follows, pays.

"""
_HANDED = frozenset({"strict_follow_back", "strict_trade", "pagerank"})
_WORTHS = frozenset({"mutual_worth", "mutual_capacity"})
_IN_ANY_UNIT = frozenset({"strict_follow_back", "strict_trade"})
"""Laws that say who gains, and can be asked in any unit, though a share would break them by its nature."""


def make_scoring(name: str, accepts: frozenset[str], told_apart: list[bool]) -> Callable[..., np.ndarray]:
    """Return a function that scores by the method `name` and is handed the settings `accepts`.

    It notes in `told_apart` whether it told any two accounts apart.
    """
    method = METHODS[name]

    def scoring(graph: FollowerGraph, **settings: Any) -> np.ndarray:
        given = {key: value for key, value in settings.items() if key in method.free}
        if method.seeds is not None:
            given.setdefault("teleport", np.ones(graph.n_accounts))
        hypothesis.assume(name != "tunkrank" or given.get("damping"))  # which refuses 0
        try:
            scores = influencegraph.score(graph, method=name, tolerance=1e-12, max_sweeps=2000, **given)
        except DidNotConverge:
            hypothesis.reject()
        values = scores.values if scores.propagation is None else scores.reach
        if name == "hits":  # which leaves some 1e-13 of the start where the limit is 0
            values = np.where(values > 1e-9, values, 0.0)
        told_apart.append(len(values) > 1 and values.min() < values.max())
        return values

    keywords = [inspect.Parameter(each, inspect.Parameter.KEYWORD_ONLY) for each in sorted(accepts)]
    graph = inspect.Parameter("graph", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    scoring.__signature__ = inspect.Signature([graph, *keywords])  # type: ignore[attr-defined] # on purpose
    return scoring


def try_law(name: str, law: str, examples: int = EXAMPLES) -> tuple[str, str]:
    """Return whether the method obeys the law, and the smallest network found that breaks it."""
    has_reach = METHODS[name].read is not None
    accepts = METHODS[name].free | (_WORTHS if law in _HANDED else frozenset())
    if not LAWS[law].needs <= accepts or not (has_reach or LAWS[law].any_unit or law in _IN_ANY_UNIT):
        return SILENT, ""
    told_apart: list[bool] = []
    try:
        check_scoring(make_scoring(name, accepts, told_apart), laws=[law], max_examples=examples)
    except AssertionError as broken:
        return BROKEN, str(broken).split("\nHere ", 1)[1]
    return HOLDS if any(told_apart) else CONSTANT, ""


def list_laws() -> list[str]:
    """Return the laws of the table: those that more methods than the default can be asked."""
    others = [name for name in METHODS if name != "reach"]
    return [law for law in LAWS if any(_applies(name, law) for name in others)]


def _applies(name: str, law: str) -> bool:
    return try_law(name, law, examples=1)[0] != SILENT


def read_table(page: str) -> dict[str, dict[str, str]]:
    """Return the page's table: law -> method -> cell."""
    rows = [
        [cell.strip(" `") for cell in line.strip("|").split("|")]
        for line in page.splitlines()
        if line.startswith("|")
    ]
    methods = rows[0][1:]
    return {row[0]: dict(zip(methods, row[1:], strict=True)) for row in rows[2:]}


def write_page(examples: int) -> Iterator[str]:
    """Yield the lines of the page."""
    laws, found = list_laws(), {}
    for law in LAWS:
        for name in METHODS:
            found[law, name] = try_law(name, law, examples)
            print(law, name, found[law, name][0], flush=True)
    obeyed = sum(found[law, "reach"][0] == HOLDS for law in LAWS)
    yield from _INTRODUCTION.format(
        examples=examples, obeyed=obeyed, total=len(LAWS), shown=len(laws)
    ).splitlines()
    yield f"| law | {' | '.join(f'`{name}`' for name in METHODS)} |"
    yield "|---" * (len(METHODS) + 1) + "|"
    for law in laws:
        yield f"| `{law}` | {' | '.join(found[law, name][0] for name in METHODS)} |"
    yield ""
    for law in laws:
        yield f"- `{law}`: {LAWS[law].statement}"
    yield ""
    yield "## The networks that break them"
    yield ""
    yield "`u -> v`: u follows v; weights in brackets; below each network, the scores of accounts 0, 1, ..."
    for law in laws:
        broken = {name: found[law, name][1] for name in METHODS if found[law, name][0] == BROKEN}
        if broken:
            yield from ["", f"### {law}"]
        for name, network in broken.items():
            lines = [line.rstrip("; ") for line in network.splitlines()]
            yield from ["", f"`{name}`:", "", "```text", *lines, "```"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.laws", description=__doc__)
    parser.add_argument("--examples", type=int, default=EXAMPLES, help="networks for each law and method")
    parser.add_argument("--page", type=Path, default=PAGE, metavar="FILE", help="where to write")
    chosen = parser.parse_args()
    page = "\n".join(write_page(chosen.examples)) + "\n"
    chosen.page.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
