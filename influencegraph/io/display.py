"""What people look at: tables on a terminal, HTML in a notebook, a progress line. Labels are hostile."""

from __future__ import annotations

import html
import math
import sys
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from influencegraph.settings import Progress

if TYPE_CHECKING:
    from influencegraph.advice import Advice
    from influencegraph.graph import FollowerGraph
    from influencegraph.scores import AccountScore, Scores

_SHOWN = 10
_HIDDEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
"""Unicode categories that change how a terminal shows the rest of a line."""


def printable(value: object, limit: int = 48) -> str:
    """Return `value` as one line of text without control characters, at most `limit` characters."""
    text = str(value)
    if not text.isprintable():
        text = "".join(
            character.encode("unicode_escape").decode()
            if unicodedata.category(character) in _HIDDEN
            else character
            for character in text[: 4 * limit]
        )
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _width(text: str) -> int:
    """Columns of a terminal that `text` takes."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(bool(unicodedata.combining(character)) for character in text)


def align_table(header: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Return lines of aligned columns, the first `left` of them to the left, the others to the right."""
    widths = [max(map(_width, column)) for column in zip(header, *rows, strict=True)]
    lines = []
    for row in (header, *rows):
        cells = []
        for i, (cell, width) in enumerate(zip(row, widths, strict=True)):
            blanks = " " * (width - _width(cell))
            cells.append(cell + blanks if i < left else blanks + cell)
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def format_number(value: float) -> str:
    """Return `value` with five significant digits or more, thousands apart: ``12,345`` or ``2.7732``.

    Below 0.1 these are ``0.012345`` and ``1.2345e-05``.
    """
    if 0 < abs(value) < 1e-4:
        return f"{value:.4e}"
    digits = 4 if value == 0 or 0.1 <= abs(value) < 10 else max(0, 4 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}"


def _columns(scores: Scores) -> tuple[list[str], Callable[[AccountScore], list[str]]]:
    is_counted = bool((scores.values == np.trunc(scores.values)).all())
    has_value, has_reach = scores.value_column == "value", scores.propagation is not None

    def show(line: AccountScore) -> list[str]:
        open_ranks = has_reach and line.rank_best != line.rank_worst
        cells = [printable(line.account)]
        cells += [f"{line.rank_best:,}-{line.rank_worst:,}" if open_ranks else f"{line.rank:,}"]
        if has_value:
            cells += [f"{line.value:,.0f}" if is_counted else format_number(line.value)]
        if has_reach:
            cells += [format_number(line.reach or 0.0), f"{line.score:.2f}"]
        return [*cells, f"{line.share:.4%}"]

    shown = ([scores.unit] if has_value else []) + (["reach", "score"] if has_reach else [])
    return ["account", "rank", *shown, "share"], show


def _title(scores: Scores) -> str:
    hidden = "" if scores.redaction is None else f" ({scores.redaction.n_hidden:,} more redacted)"
    return f"Scores of {len(scores):,} accounts{hidden} by {scores.settings}"


def describe_graph(graph: FollowerGraph) -> str:
    """Return the plain repr of a graph: how many of everything, and what is known besides the follows."""
    counted = [(graph.n_accounts, "account"), (graph.n_follows, "follow")]
    counted += [(graph.report.mutual_pairs, "mutual pair")]
    parts = [_count(*each) for each in counted]
    parts += ["weighted"] if graph.follow_weights is not None else []
    parts += [f"layer {layer.name!r}" for layer in graph.layers]
    parts += [_count(len(graph.ghosts), "remembered return")] if graph.ghosts is not None else []
    return f"FollowerGraph({', '.join(parts)})"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def describe_scores(scores: Scores) -> str:
    """Return the plain repr of scores: a title, the best accounts, the certificate."""
    header, cells = _columns(scores)
    rows = [cells(line) for line in scores.top(_SHOWN)]
    lines = [_title(scores)]
    if rows:
        lines.append(align_table(header, rows))
    if len(scores) > _SHOWN:
        lines.append(f"... and {len(scores) - _SHOWN:,} more")
    if scores.propagation is not None:
        lines += [str(scores.certificate), str(scores.ledger)]
    return "\n".join(lines)


def describe_bounds(title: str, noun: str, lines: Sequence[Sequence[Any]], rest: str) -> str:
    """Return the plain repr of certified values: a title, lines of account, value, lower, upper; the rest."""
    rows = [[printable(line[0]), *map(format_number, line[1:])] for line in lines]
    table = [align_table(["account", noun, "at least", "at most"], rows)] if rows else []
    return "\n".join([title, *table, rest])


def describe_advice(advice: Advice, sentences: Sequence[str], names: Mapping[Any, str] | None = None) -> str:
    """Return advice as text: a title, a line for each follow, and what to make of it."""
    earned = advice.earned
    rows = []
    for line in advice.lines:
        words = [line.account] if names is None else [line.account, names.get(line.account, "")]
        numbers = [
            f"+{format_number(line.earned_change)}",
            f"{line.earned_change / earned if earned > 0 else 0.0:+.1%}",
            f"{'+' if line.reach_change >= 0 else ''}{format_number(line.reach_change)}",
            format_number(line.at_stake),
        ]
        rows.append([*map(printable, words), "yes" if line.is_mutual else "no", *numbers])
    title = (
        f"What ending a follow would do to {printable(advice.account)}, who follows {advice.n_following:,}: "
        f"earned reach {format_number(earned)}, reach {format_number(advice.reach)}"
    )
    header = ["follow of", *([] if names is None else ["name"]), "returned"]
    numbers = ["earned reach", "in per cent", "reach", "at stake"]
    table = [align_table([*header, *numbers], rows, left=len(header))] if rows else []
    return "\n".join([title, *table, *sentences])


def draw_scores(scores: Scores) -> str:
    """Return the notebook repr of scores: one HTML table, every label escaped."""
    header, cells = _columns(scores)
    head = "".join(f"<th>{html.escape(name)}</th>" for name in header)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells(line)) + "</tr>"
        for line in scores.top(_SHOWN)
    )
    more = f"<p>... and {len(scores) - _SHOWN:,} more</p>" if len(scores) > _SHOWN else ""
    notes = ""
    if scores.propagation is not None:
        notes = f"<p>{html.escape(str(scores.certificate))}<br>{html.escape(str(scores.ledger))}</p>"
    return (
        f"<table><caption>{html.escape(_title(scores))}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        f"{more}{notes}"
    )


def draw_progress(stream: Any = None) -> Callable[[Progress], object] | None:
    """Return a callable that draws one line on `stream`, or None where that is no terminal.

    The bar is the way from the first error to the tolerance, in powers of ten.
    """
    stream = sys.stderr if stream is None else stream
    if stream is None or not stream.isatty():
        return None
    first: list[float] = []

    def draw(progress: Progress) -> None:
        first.append(progress.error)
        part, end = 1.0, "\n"
        if progress.error > progress.tolerance:
            way = math.log(first[0] / progress.error)
            part, end = min(max(way / math.log(first[0] / progress.tolerance), 0.0), 1.0), ""
        bar = "#" * round(30 * part)
        stream.write(f"\r[{bar:<30}] sweep {progress.sweeps}, error {progress.error:.1e}{end}")
        stream.flush()

    return draw
