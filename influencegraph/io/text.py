"""Follows out of text: TSV, CSV or blanks, plain or gzip. Exactly right, or refused with the line.

The text is split by one compiled pass into the spans of the wanted fields; labels and weights are read
from the spans. No Python object is made for a row.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable
from typing import Any, BinaryIO, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.build import ReadNotes, build_graph
from influencegraph.errors import InfluenceGraphWarning, InvalidArgument, InvalidFollows, shorten
from influencegraph.graph import FollowerGraph
from influencegraph.io.layout import Column, Layout, check_columns, check_delimiter, lay_out
from influencegraph.io.sources import count_lines, name_source, read_source
from influencegraph.kernels import text as kernels
from influencegraph.kernels.names import number_spans
from influencegraph.labels import Coded

_NUMBER_LIMIT = 128

Bytes = NDArray[np.uint8]
Spans = NDArray[np.int64]


class _Text(NamedTuple):
    """The text, what to call it, and how messages find a line."""

    name: str
    raw: bytearray
    data: Bytes

    def cut(self, span: Any) -> str:
        return bytes(self.data[span[0] : span[1]]).decode()

    def line_of(self, span: Any) -> int:
        return count_lines(self.raw, int(span[0]))

    def refuse(self, line: int | None, found: str, expected: str, remedy: str) -> InvalidFollows:
        return InvalidFollows.in_file(self.name, line, found, expected, remedy)


def read_follows(
    path: str | os.PathLike[str] | BinaryIO,
    *,
    source: Column = 0,
    target: Column = 1,
    weight: Column | None = None,
    delimiter: str | None = None,
    header: bool | Literal["auto"] = "auto",
    comment: str = "#%",
    label_type: Literal["auto", "int", "str"] = "auto",
    labels: Iterable[Any] | None = None,
    encoding: str = "utf-8",
    reverse: bool = False,
) -> FollowerGraph:
    r"""Read a follower network from a text file, one follow a line.

    Parameters
    ----------
    path : path or binary file
        Plain or gzip, told by content.
    source, target : int or str
        Columns of the follower and of the followed: positions from 0, or names in the header.
    weight : int or str, optional
        Column of the weights: decimal numbers, finite and >= 0. By default every follow weighs 1.
    delimiter : str, optional
        One character; ``" "`` stands for runs of blanks and tabs. By default guessed from the first row.
        Quotes (RFC 4180) are read where it is a comma.
    header : bool or "auto"
        Whether the first row is a header; ``"auto"``: if both its fields are words like *source*, *follower*.
    comment : str
        Lines that begin with one of these characters are skipped.
    label_type : {"auto", "int", "str"}
        ``"auto"``: integers if every label is a canonical int64, else strings.
    labels : iterable, optional
        All accounts in the order wanted; by default those that occur, ascending.
    encoding : str
        Any that contains ASCII.
    reverse : bool
        Rows say followed, follower.

    Returns
    -------
    FollowerGraph
        What was read, dropped and guessed is in its `report`.

    Raises
    ------
    InvalidFollows
        If anything in the file cannot be believed; nothing is read by halves.
    InvalidArgument
        If an argument makes no sense.

    Examples
    --------
    >>> import io, influencegraph
    >>> graph = influencegraph.read_follows(io.BytesIO(b"ann,bob,2\nbob,ann,3\n"), weight=2)
    >>> graph, graph.to_arrays().weights.tolist()
    (FollowerGraph(2 accounts, 2 follows, 1 mutual pair, weighted), [2.0, 3.0])
    """
    wanted = check_columns(source, target, weight)
    mark = check_delimiter(delimiter)
    comments = _check_marks(comment, header, label_type)
    raw = read_source(path, encoding)
    text = _Text(name_source(path), raw, np.frombuffer(raw, np.uint8))
    if raw and not raw.endswith((b"\n", b"\r")):
        _warn(f"{text.name}: the last line has no end; the file may have been cut")
    layout = lay_out(text.name, raw, mark, wanted, header, comments)
    spans, n_comments, width = _scan(text, layout, comments)
    if not spans.shape[1]:
        _warn(f"{text.name}: no follows in it; the graph is empty")
    given = list(labels) if labels is not None else None
    if label_type == "auto" and given and all(isinstance(label, str) for label in given):
        label_type = "str"
    ends, guesses = _read_labels(text, spans, label_type)
    weights = None if weight is None else _read_weights(text, spans[2])
    ignored = max(0, width - len(set(layout.columns.tolist()))) if spans.shape[1] else 0
    notes = ReadNotes(n_comments, ignored, layout.guesses + guesses)
    follower, followed = reversed(ends) if reverse else ends
    return build_graph(follower, followed, weights, given, notes)


def _warn(message: str) -> None:
    warnings.warn(message, InfluenceGraphWarning, stacklevel=3)


def _check_marks(comment: str, header: Any, label_type: Any) -> Bytes:
    if not isinstance(comment, str) or not comment.isascii() or set(comment) & set("\r\n\0"):
        raise InvalidArgument.out_of_range(
            "comment", comment, "hold ASCII characters", "'' turns comments off."
        )
    if header not in ("auto", True, False):
        raise InvalidArgument.out_of_range(
            "header", header, "be True, False or 'auto'", "'auto' is the default."
        )
    if label_type not in ("auto", "int", "str"):
        raise InvalidArgument.out_of_range(
            "label_type", label_type, "be 'auto', 'int' or 'str'", "'auto' is the default."
        )
    return np.frombuffer(comment.encode(), np.uint8)


def _scan(text: _Text, layout: Layout, comments: Bytes) -> tuple[Spans, int, int]:
    """Return the spans of the wanted fields, (wanted, rows, 2), the comments skipped, and fields per row."""
    raw = text.raw
    lines = raw.count(b"\n") + raw.count(b"\r") + 1
    spans = np.empty((len(layout.columns), lines, 2), np.int64)
    notes = np.zeros(5, np.int64)
    quoted = layout.delimiter == 44 and b'"' in raw
    status = kernels.scan_rows(text.data, layout.delimiter, quoted, comments, layout.columns, spans, notes)
    rows, n_comments, width, line, found = notes.tolist()
    if status != kernels.FINE:
        raise _refuse_row(text, layout, status, line, found, width)
    spans = spans[:, layout.header_rows : rows]
    empty = np.argwhere(spans[:, :, 0] == spans[:, :, 1])
    if len(empty):
        column, row = empty[empty[:, 1].argmin()].tolist()
        what = "weight" if column == 2 else "label"
        raise text.refuse(
            text.line_of(spans[column, row]), f"an empty {what} in column {layout.columns[column]}",
            f"a {what} in every row", "Fill it in or drop the row.",
        )  # fmt: skip
    return spans, n_comments, width


def _refuse_row(
    text: _Text, layout: Layout, status: int, line: int, found: int, width: int
) -> InvalidFollows:
    if status == kernels.UNCLOSED_QUOTE:
        return text.refuse(line, "a quote that is not closed", "a closing quote", "Close or double it.")
    if status == kernels.AFTER_QUOTE:
        return text.refuse(
            line,
            "text behind a closing quote",
            "a delimiter or the end of the line",
            "Double quotes inside quotes.",
        )
    if status == kernels.LONG_LINE:
        return text.refuse(line, "a line of more than 1 MiB", "one follow a line", "Check what the file is.")
    likely = _likely_delimiter(text, layout.delimiter, line)
    fields = f"found {found} field{'' if found == 1 else 's'}"
    if status == kernels.TOO_FEW_COLUMNS:
        return text.refuse(
            line,
            fields,
            f"at least {int(layout.columns.max()) + 1} columns",
            likely or "Separate them by tabs.",
        )
    return text.refuse(line, fields, f"{width}, as in the first row", likely or "Mend or drop the row.")


def _likely_delimiter(text: _Text, delimiter: int, line: int) -> str:
    lines = bytes(text.raw).splitlines()
    content = lines[line - 1] if line <= len(lines) else b""
    for other in (9, 44, 59, 124, 58, 32):
        if other != delimiter and bytes([other]) in content:
            return f"The line looks separated by {chr(other)!r}: pass delimiter={chr(other)!r}."
    return ""


def _read_labels(
    text: _Text, spans: Spans, label_type: str
) -> tuple[list[NDArray[np.int64] | Coded], tuple[str, ...]]:
    """Read both columns of labels: integers where all are, else strings."""
    columns = [spans[0], spans[1]]
    guesses: tuple[str, ...] = ()
    if label_type != "str":
        integers = [np.empty(len(column), np.int64) for column in columns]
        bad = [
            (kernels.parse_integers(text.data, column, out), side)
            for side, (column, out) in enumerate(zip(columns, integers, strict=True))
        ]
        offenders = sorted(each for each in bad if each[0] >= 0)
        if not offenders:
            return list(integers), guesses
        row, side = offenders[0]
        line, label = text.line_of(columns[side][row]), text.cut(columns[side][row])
        if label_type == "int":
            looks = " (a header?)" if row == 0 and line <= 2 else ""
            raise text.refuse(
                line, f"the label {shorten(label)}{looks}", "integers of int64, written plainly, as promised",
                "Use label_type='str', or header=True if it is one.",
            )  # fmt: skip
        guesses = (f"labels taken to be strings because of {shorten(label)} in line {line}",)
    return list(_code_strings(text, columns)), guesses


def _code_strings(text: _Text, columns: list[Spans]) -> list[Coded]:
    both = np.concatenate(columns)
    starts, stops = np.ascontiguousarray(both[:, 0]), np.ascontiguousarray(both[:, 1])
    codes, firsts = np.empty(len(both), np.int64), np.empty(len(both), np.int64)
    n_names = number_spans(text.data, starts, stops, codes, firsts)
    if n_names < 0:  # made to collide: Python's hash is keyed anew in every process
        strings = [bytes(text.data[start:stop]) for start, stop in both.tolist()]
        distinct = {string: code for code, string in enumerate(dict.fromkeys(strings))}
        codes = np.fromiter(map(distinct.__getitem__, strings), np.int64, len(strings))
        names = [string.decode() for string in distinct]
    else:
        names = [text.cut(both[first]) for first in firsts[:n_names].tolist()]
    half = len(columns[0])
    return [Coded(codes[:half], names), Coded(codes[half:], names)]


def _read_weights(text: _Text, spans: Spans) -> NDArray[np.float64]:
    weights, inexact = np.empty(len(spans)), np.zeros(len(spans), np.bool_)
    powers = 10.0 ** np.arange(kernels.EXACT_POWER + 1)
    bad = kernels.parse_decimals(text.data, spans, powers, weights, inexact)
    long = np.flatnonzero(spans[:, 1] - spans[:, 0] > _NUMBER_LIMIT)
    if bad < 0 and long.size:
        bad = int(long[0])
    if bad < 0 and inexact.any():
        chosen = np.flatnonzero(inexact)
        width = int((spans[chosen, 1] - spans[chosen, 0]).max())
        fields = np.empty((len(chosen), width), np.uint8)
        kernels.gather_fields(text.data, np.ascontiguousarray(spans[chosen]), fields)
        with np.errstate(over="ignore", under="ignore"):
            weights[chosen] = fields.view(f"S{width}").ravel().astype(np.float64)
        lost = chosen[~np.isfinite(weights[chosen]) | (weights[chosen] == 0)]
        bad = int(lost[0]) if lost.size else -1
    if bad >= 0:
        raise text.refuse(
            text.line_of(spans[bad]), f"the weight {shorten(text.cut(spans[bad]))}",
            "a decimal number, finite, >= 0 and within float64", "Mend or drop the row.",
        )  # fmt: skip
    return weights
