"""Follows out of text: TSV, CSV or blanks, plain or gzip. Exactly right, or refused with the line.

Compiled loops find the spans of the wanted fields, a block of rows at a time, and read labels and
weights from them. No Python object is made for a row.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.build import ReadNotes, build_graph
from influencegraph.errors import InfluenceGraphWarning, InvalidArgument, InvalidFollows, shorten
from influencegraph.graph import FollowerGraph
from influencegraph.io.blocks import read_pairs
from influencegraph.io.rows import Column, Layout, Rows, Spans, open_rows
from influencegraph.io.sources import Source, check_encoding, name_source, read_source
from influencegraph.kernels import text as kernels
from influencegraph.labels import Coded, tell_apart

LabelType = Literal["auto", "int", "str"]
Ends = Sequence[NDArray[Any]] | Sequence[Coded]
Weights = NDArray[np.float64] | None
Columns = tuple[Ends, Weights, ReadNotes]

_POWERS = np.array([float(f"1e{power}") for power in range(kernels.EXACT_POWER + 1)])
_SHORT = 40
"""Weights of this many characters at most are converted together, others one by one."""


class _Offender(NamedTuple):
    """The first label that is no integer: the row it is in, and its span."""

    row: int
    start: int
    stop: int


def read_follows(
    path: str | os.PathLike[str] | BinaryIO,
    *,
    source: Column = 0,
    target: Column = 1,
    weight: Column | None = None,
    delimiter: str | None = None,
    header: bool | Literal["auto"] = "auto",
    comment: str = "#%",
    label_type: LabelType = "auto",
    labels: Iterable[Any] | None = None,
    encoding: str = "utf-8",
    reverse: bool = False,
) -> FollowerGraph:
    r"""Read a follower network from a text file, one follow a line.

    Parameters
    ----------
    path : path or binary file
        Plain or gzip, told by content. Lines end in LF, CRLF or CR; blank ones are skipped.
    source, target : int or str
        Columns of the follower and of the followed: positions from 0, or names in the header.
    weight : int or str, optional
        Column of the weights: decimal numbers, finite and >= 0. By default every follow weighs 1.
    delimiter : str, optional
        One ASCII character; ``" "`` stands for runs of blanks and tabs. By default guessed from the first
        row: tab, else comma, else blanks. Fields may be quoted (RFC 4180) where it is a comma.
    header : bool or "auto"
        Whether the first row is a header; ``"auto"``: if both its fields are words like *source*, *follower*.
    comment : str
        Lines whose first character is one of these are skipped; ``""`` skips none.
    label_type : {"auto", "int", "str"}
        ``"auto"``: integers if every label is a canonical int64 (or if `labels` are integers), else strings.
    labels : iterable, optional
        All accounts in the order wanted; by default those that occur, ascending.
    encoding : str
        Any that contains ASCII.
    reverse : bool
        Rows say followed, follower.

    Returns
    -------
    FollowerGraph
        What was read, skipped and guessed is in its `report`.

    Raises
    ------
    InvalidFollows
        If anything in the file cannot be believed: with the line, what was found, what was expected and
        what to do. Nothing is read by halves.
    InvalidArgument
        If an argument makes no sense.

    Warns
    -----
    InfluenceGraphWarning
        If there are no follows, the last line has no end, or the first row may be a header.

    Examples
    --------
    >>> import os, tempfile, influencegraph
    >>> path = os.path.join(tempfile.mkdtemp(), "follows.csv")
    >>> with open(path, "w") as file:
    ...     _ = file.write("follower,followed,retweets\nann,bob,2\nbob,ann,3\n")
    >>> graph = influencegraph.read_follows(path, weight="retweets")
    >>> graph, graph.to_arrays().weights.tolist()
    (FollowerGraph(2 accounts, 2 follows, 1 mutual pair, weighted), [2.0, 3.0])
    >>> graph.report.guesses
    ('fields are separated by commas',)
    """
    wanted = [source, target] if weight is None else [source, target, weight]
    _check_columns(wanted, header)
    _check_marks(delimiter, comment, label_type)
    if isinstance(labels, Iterator):
        labels = list(labels)
    name, codec = name_source(path), check_encoding(encoding)
    kind = _kind_of(labels) if label_type == "auto" else label_type
    layout = Layout(wanted, delimiter, comment, header)
    columns = _read_usual(path, name, codec, layout) if weight is None and kind != "str" else None
    ends, weights, notes = columns or _read_any(path, name, encoding, layout, kind)
    follower, followed = reversed(ends) if reverse else ends
    try:
        graph = build_graph(follower, followed, weights, labels, notes)
    except InvalidFollows as error:
        error.args = (f"{name}: {error}",)
        raise
    if not graph.report.rows:
        _warn(f"{name}: there are no follows in it; the graph is empty.")
    return graph


def _warn(message: str, depth: int = 3) -> None:
    warnings.warn(message, InfluenceGraphWarning, stacklevel=depth)


def _warn_of_end(name: str) -> None:
    _warn(f"{name}: the last line has no end, and may have been cut. End it with a newline.", 5)


def _read_usual(source: Source, name: str, codec: str, layout: Layout) -> Columns | None:
    """Read integers as fast as they come, or return None if anything is unusual."""
    pairs = read_pairs(source, name, codec, layout)
    if pairs is None:
        return None
    if not pairs.has_end:
        _warn_of_end(name)
    ignored = pairs.n_fields - len(layout.wanted)
    return pairs.ends, None, ReadNotes(pairs.comments, ignored, tuple(pairs.guesses))


def _read_any(source: Source, name: str, encoding: str, layout: Layout, kind: LabelType) -> Columns:
    """Read whatever can be believed, and refuse the rest."""
    raw = read_source(source, encoding)
    if raw and not raw.endswith((b"\n", b"\r")):
        _warn_of_end(name)
    rows, slots, guesses = open_rows(name, raw, layout)
    ends, weights = _read_columns(rows, slots, kind, len(layout.wanted) > 2, guesses)
    ignored = rows.n_fields - int((slots >= 0).sum())
    return ends, weights, ReadNotes(rows.comments, ignored, tuple(guesses))


def _check_columns(wanted: Sequence[Column], header: Any) -> None:
    for name, column in zip(("source", "target", "weight"), wanted, strict=False):
        is_position = isinstance(column, int) and not isinstance(column, bool) and column >= 0
        if not is_position and not (isinstance(column, str) and column):
            raise InvalidArgument.out_of_range(
                name, column, "be a position from 0 or a header name", "The first column is 0."
            )
    if len(set(wanted)) < len(wanted):
        raise InvalidArgument.because(
            f"source, target and weight are {', '.join(map(shorten, wanted))}",
            "they must be different columns", "Name each column once.", name="target",
        )  # fmt: skip
    if not isinstance(header, bool) and header != "auto":
        raise InvalidArgument.out_of_range(
            "header", header, "be True, False or 'auto'", "'auto' is the default."
        )
    if header is False and any(isinstance(column, str) for column in wanted):
        raise InvalidArgument.because(
            "header is False, and a column is given by its name", "names are found in a header",
            "Give columns by position from 0, or leave out header=.", name="header",
        )  # fmt: skip


def _check_marks(delimiter: Any, comment: Any, label_type: Any) -> None:
    is_text = isinstance(delimiter, str) and len(delimiter) == 1 and delimiter.isascii()
    if delimiter is not None and (not is_text or delimiter in '\n\r"\0'):
        raise InvalidArgument.out_of_range(
            "delimiter", delimiter, "be one ASCII character, no quote, NUL or line end",
            "'\\t', ',' and ' ' are usual.",
        )  # fmt: skip
    if not isinstance(comment, str) or not comment.isascii() or set(comment) & {*"\r\n\0", delimiter}:
        raise InvalidArgument.out_of_range(
            "comment", comment, "hold ASCII characters other than the delimiter, NUL and line ends",
            "'' means that there are no comments.",
        )  # fmt: skip
    if label_type not in ("auto", "int", "str"):
        raise InvalidArgument.out_of_range(
            "label_type", label_type, "be 'auto', 'int' or 'str'", "'auto' is the default."
        )


def _kind_of(labels: Any) -> LabelType:
    """Return what kind of labels the file must hold to agree with `labels`."""
    if labels is None or isinstance(labels, str | bytes) or not isinstance(labels, Iterable):
        return "auto"
    first = next(iter(labels), None)
    if isinstance(first, str):
        return "str"
    return "int" if isinstance(first, int | np.integer) else "auto"


def _read_columns(
    rows: Rows, slots: Spans, kind: LabelType, weighted: bool, guesses: list[str]
) -> tuple[Ends, Weights]:
    """Read both columns of labels, and the weights if there are any, from all rows to come."""
    beginning = rows.mark()
    if kind != "str":
        outcome = _read_integers(rows, slots, weighted)
        if not isinstance(outcome, _Offender):
            return outcome
        _refuse_empty(rows, outcome.start, outcome.stop, "label")
        label = shorten(rows.text(outcome.start, outcome.stop))
        if kind == "int":
            header = ", or header=True if this line is a header" if outcome.row == 0 else ""
            raise rows.refuse(
                outcome.start, f"found the label {label}", "an integer of int64, in plain digits",
                f"Pass label_type='str' to read labels as names{header}.",
            )  # fmt: skip
        line = rows.line_of(outcome.start)
        rows.rewind(beginning)
        if outcome.row > 0:
            guesses.append(f"labels are names, because of {label} in line {line}")
        elif _is_integer_below(rows, slots):
            _warn_of_header(rows.name, line, label)
        rows.rewind(beginning)
    return _read_strings(rows, slots, weighted)


def _warn_of_header(name: str, line: int, label: str) -> None:
    message = (
        f"{name}, line {line}: {label} makes all labels names, though those of every other row are integers. "
        "If this line is a header, pass header=True; if not, pass label_type='str'."
    )
    warnings.warn(message, InfluenceGraphWarning, stacklevel=5)


def _is_integer_below(rows: Rows, slots: Spans) -> bool:
    """Return whether the first row has no integer and all others, of which there are some, only integers."""
    first = rows.take(slots, 1)
    none = np.empty(1, np.int64)
    if any(kernels.parse_integers(rows.data, first[side, 0], first[side, 1], none) for side in (0, 1)):
        return False
    after = rows.mark()
    if not rows.take(slots, 1).shape[2]:
        return False
    rows.rewind(after)
    return not isinstance(_read_integers(rows, slots, weighted=False), _Offender)


def _read_integers(
    rows: Rows, slots: Spans, weighted: bool
) -> tuple[list[NDArray[np.int64]], Weights] | _Offender:
    parts: tuple[list[NDArray[np.int64]], ...] = ([], [])
    weights: list[NDArray[np.float64]] = []
    before = 0
    for spans in rows.blocks(slots):
        size = spans.shape[2]
        good = []
        for side, column in enumerate(parts):
            column.append(np.empty(size, np.int64))
            good.append(kernels.parse_integers(rows.data, spans[side, 0], spans[side, 1], column[-1]))
        row = min(good)
        if row < size:
            return _Offender(before + row, *spans[good.index(row), :, row].tolist())
        if weighted:
            weights.append(_read_weights(rows, spans[2, 0], spans[2, 1]))
        before += size
    ends = [np.concatenate([np.empty(0, np.int64), *column]) for column in parts]
    return ends, np.concatenate([np.empty(0), *weights]) if weighted else None


def _read_strings(rows: Rows, slots: Spans, weighted: bool) -> tuple[list[Coded], Weights]:
    parts: list[Spans] = [np.empty((2, 2, 0), np.int64)]
    weights: list[NDArray[np.float64]] = [np.empty(0)]
    for spans in rows.blocks(slots, rewrite=True):
        empty = (spans[:2, 0] == spans[:2, 1]).any(axis=0)
        if empty.any():
            start, stop = min(spans[:2, :, int(empty.argmax())].tolist(), key=lambda span: span[1] - span[0])
            _refuse_empty(rows, start, stop, "label")
        if weighted:
            weights.append(_read_weights(rows, spans[2, 0], spans[2, 1]))
        parts.append(spans[:2].copy())
    ends = np.concatenate(parts, axis=2)
    return _number_names(rows, ends), np.concatenate(weights) if weighted else None


def _refuse_empty(rows: Rows, start: int, stop: int, what: str) -> None:
    if start == stop:
        raise rows.refuse(
            start, f"found an empty {what}", f"a {what} in every row", "Fill it in, or drop the row."
        )


def _number_names(rows: Rows, ends: Spans) -> list[Coded]:
    """Tell the names of both columns apart; `ends` has shape (2, 2, rows)."""
    n_rows = ends.shape[2]
    starts, stops = ends[:, 0].ravel(), ends[:, 1].ravel()
    found = tell_apart(rows.data, starts, stops)
    if found is not None:
        codes, firsts = found
        spans = zip(starts[firsts].tolist(), stops[firsts].tolist(), strict=True)
        names = [rows.text(*span) for span in spans]
    else:
        index: dict[str, int] = {}
        codes = np.empty(2 * n_rows, np.int64)
        for row, span in enumerate(zip(starts.tolist(), stops.tolist(), strict=True)):
            codes[row] = index.setdefault(rows.text(*span), len(index))
        names = list(index)
    return [Coded(codes[:n_rows], names), Coded(codes[n_rows:], names)]


def _read_weights(rows: Rows, starts: Spans, stops: Spans) -> NDArray[np.float64]:
    """Read the weights of a block, correctly rounded; refuse what is none, or none in float64."""
    weights, inexact = np.empty(starts.size), np.empty(starts.size, np.bool_)
    bad = kernels.parse_decimals(rows.data, starts, stops, _POWERS, weights, inexact)
    if bad < starts.size:
        _refuse_empty(rows, int(starts[bad]), int(stops[bad]), "weight")
        expected, remedy = "a decimal number, finite and >= 0, such as 0.5 or 1e-3", "Mend or drop the row."
    else:
        chosen = np.flatnonzero(inexact)
        weights[chosen] = _convert(rows, starts[chosen], stops[chosen])
        lost = chosen[~np.isfinite(weights[chosen]) | (weights[chosen] == 0)]
        if not lost.size:
            return weights
        bad = int(lost[0])
        expected = "a number that float64 holds, from 5e-324 to 1.7e308"
        remedy = "Multiply all weights by a constant; scores do not change."
    label = shorten(rows.text(int(starts[bad]), int(stops[bad])))
    raise rows.refuse(int(starts[bad]), f"found the weight {label}", expected, remedy)


def _convert(rows: Rows, starts: Spans, stops: Spans) -> NDArray[np.float64]:
    """Convert well-formed numbers as Python's float does."""
    values = np.empty(starts.size)
    sizes = stops - starts
    for row in np.flatnonzero(sizes > _SHORT).tolist():  # a Python object for each, but of 40 bytes and more
        values[row] = float(rows.text(int(starts[row]), int(stops[row])))
    short = np.flatnonzero(sizes <= _SHORT)
    if short.size:
        width = int(sizes[short].max())
        places = starts[short, None] + np.arange(width)
        inside = places < stops[short, None]
        fields = np.where(inside, rows.data[np.where(inside, places, 0)], 0).astype(np.uint8)
        values[short] = fields.view(f"S{width}").ravel().astype(np.float64)
    return values
