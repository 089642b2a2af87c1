"""Rows of delimited text: what separates fields, which row is a header, where each field lies.

A field is a span of bytes; nothing here looks at what labels and weights say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.errors import InvalidArgument, InvalidFollows, shorten
from influencegraph.io.sources import count_lines
from influencegraph.kernels import text as kernels

Column = int | str
Spans = NDArray[np.int64]
"""Starts and stops of the wanted fields, shape (wanted, 2, rows)."""

HEADER_WORDS = frozenset(
    f"{word}{end}"
    for word in (
        "source", "target", "src", "dst", "follower", "followee", "followed", "following", "friend",
        "from", "to", "from_node", "to_node", "user", "account",
    )
    for end in ("", "id", "_id", " id")
)  # fmt: skip
"""``header="auto"`` takes a first row for a header if both ends are among these, in any case."""

_BLOCK = 1 << 16
"""Rows per call of a kernel: spans stay in the cache, and Ctrl-C is heard."""

_NAMES = {"\t": "tabs", ",": "commas", " ": "blanks", ";": "semicolons", "|": "bars", ":": "colons"}
_QUOTED = re.compile(rb'"[^"]*(?:""[^"]*)*"')


class Layout(NamedTuple):
    """What the caller says about rows: the columns wanted, and what `read_follows` calls by these names."""

    wanted: Sequence[Column]
    delimiter: str | None
    comment: str
    header: bool | Literal["auto"]


class Rows:
    """The rows of a text, handed out in blocks.

    Parameters
    ----------
    name : str
        What to call the text in messages.
    raw : bytearray
        The text, UTF-8; ended where it is not, and written to where doubled quotes are made single.
    delimiter : str or None
        One ASCII character; ``" "`` for runs of blanks and tabs; None for rows of one field.
    comment : str
        Marks that comment lines begin with.
    """

    def __init__(self, name: str, raw: bytearray, delimiter: str | None, comment: str) -> None:
        if not raw.endswith((b"\n", b"\r")):
            raw.append(ord("\n"))
        self.name = name
        self.data: NDArray[np.uint8] = np.frombuffer(raw, np.uint8)
        self.delimiter = delimiter
        self._raw = raw
        self._state = np.zeros(5, np.int64)
        self.kinds: NDArray[np.uint8] = np.zeros(256, np.uint8)
        self.kinds[[ord("\n"), ord("\r")]] = kernels.LINE_END
        for mark in {" ": " \t", None: ""}.get(delimiter, delimiter) or "":
            self.kinds[ord(mark)] = kernels.DELIMITER
        for mark in comment:
            self.kinds[ord(mark)] |= kernels.COMMENT

    @property
    def n_fields(self) -> int:
        """Fields in a row, or 0 while none has been seen."""
        return int(self._state[kernels.FIELDS])

    @property
    def place(self) -> int:
        """Where the next row, or what stands before it, begins."""
        return int(self._state[kernels.PLACE])

    @property
    def comments(self) -> int:
        """Comment lines passed so far."""
        return int(self._state[kernels.COMMENTS])

    def mark(self) -> Spans:
        """Return what `rewind` needs to come back here."""
        return self._state.copy()

    def rewind(self, mark: Spans) -> None:
        """Go back to a `mark`; how many fields a row has stays known."""
        self._state[: kernels.FIELDS] = mark[: kernels.FIELDS]

    def take(self, slots: Spans, limit: int, rewrite: bool = False) -> Spans:
        """Return the spans of the next rows, `limit` at most.

        Parameters
        ----------
        slots : ndarray of int64
            The place of each field among those returned, or -1.
        limit : int
            Fewer rows come back only at the end.
        rewrite : bool
            Make doubled quotes single in the text; these rows cannot be taken again.

        Raises
        ------
        InvalidFollows
            If a row has another number of fields than the first, or a quote goes wrong.
        """
        spans = np.empty((int(slots.max(initial=-1)) + 1, 2, limit), np.int64)
        rules = np.array([self.delimiter == " ", self.delimiter == ",", rewrite], np.int64)
        rows, status = kernels.scan_rows(self.data, self.kinds, slots, rules, self._state, spans)
        if status != kernels.FINE:
            raise self._refuse_row(status)
        return spans[:, :, :rows]

    def blocks(self, slots: Spans, rewrite: bool = False) -> Iterator[Spans]:
        """Yield the spans of all rows to come, a block at a time; see `take`."""
        while (spans := self.take(slots, _BLOCK, rewrite)).shape[2]:
            yield spans

    def text(self, start: int, stop: int) -> str:
        """Return the field ``data[start:stop]``."""
        return str(self._raw[start:stop], "utf-8")

    def line_of(self, place: int) -> int:
        """Return the 1-based line of byte `place`."""
        return count_lines(self._raw, int(place))

    def refuse(self, place: int | None, found: str, expected: str, remedy: str) -> InvalidFollows:
        """Return the error for what stands at byte `place`, or for the whole text."""
        line = None if place is None else self.line_of(place)
        return InvalidFollows.in_file(self.name, line, found, expected, remedy)

    def suggest_delimiter(self, place: int, n_fields: int | None = None) -> str:
        """Say what else could separate the row at `place`, if that gives `n_fields` (or 2 and more)."""
        line = re.compile(rb"[^\r\n]*").match(self._raw, place)
        content = line[0] if line else b""
        for other, noun in _NAMES.items():
            found = len(content.split() if other == " " else content.split(other.encode()))
            if other != self.delimiter and (found > 1 if n_fields is None else found == n_fields):
                return f"It looks separated by {noun}: pass delimiter={other!r}."
        return ""

    def _refuse_row(self, status: int) -> InvalidFollows:
        place, found = self._state[[kernels.TROUBLE, kernels.FOUND]].tolist()
        if status == kernels.UNCLOSED_QUOTE:
            return self.refuse(
                place, "found a quote that is never closed", "a quote at the end of the field as well",
                "Close it; if no field is quoted in this file, separate them by tabs.",
            )  # fmt: skip
        if status == kernels.AFTER_QUOTE:
            return self.refuse(
                place, "found text behind a closing quote", "a comma or the end of the line",
                'Write a quote inside a quoted field as "".',
            )  # fmt: skip
        remedy = self.suggest_delimiter(place, self.n_fields) if found == 1 else ""
        if self.delimiter == "," and found > self.n_fields:
            remedy = "Put labels that hold a comma in quotes."
        remedy = remedy or "Mend or drop the row."
        return self.refuse(place, f"found {_count(found)}", f"{self.n_fields}, as in the first row", remedy)


class Header(NamedTuple):
    """The first row: its fields, and where it begins."""

    fields: list[str]
    place: int


def guess_delimiter(name: str, raw: bytearray, comment: str) -> str | None:
    """Return the likely delimiter of the first row: tab, else comma, else blanks; None if there is no row.

    What stands in quotes is looked at last.
    """
    lines = Rows(name, raw, None, comment).take(np.zeros(1, np.int64), 1)
    if not lines.size:
        return None
    start, stop = lines[0, :, 0].tolist()
    line = bytes(raw[start:stop])
    for part in (_QUOTED.sub(b"", line), line):
        for delimiter in "\t,":
            if delimiter.encode() in part:
                return delimiter
    first = _QUOTED.match(raw, start)  # a quoted field may go on in the next line
    return "," if first and raw[first.end() : first.end() + 1] == b"," else " "


def open_rows(name: str, raw: bytearray, layout: Layout) -> tuple[Rows, Spans, list[str]]:
    """Return the rows below the header, the slot of each field, and what was guessed.

    Parameters
    ----------
    name : str
        What to call the text in messages.
    raw : bytearray
        The text, UTF-8.
    layout : Layout

    Raises
    ------
    InvalidFollows
        If the first row has no such columns.
    InvalidArgument
        If two of `wanted` turn out to be one column.
    """
    guesses, delimiter = [], layout.delimiter
    if delimiter is None and (delimiter := guess_delimiter(name, raw, layout.comment)) is not None:
        guesses.append(f"fields are separated by {name_delimiter(delimiter)}")
    rows = Rows(name, raw, delimiter, layout.comment)
    positions, more_guesses = find_columns(rows, layout.wanted, layout.header)
    slots = np.full(rows.n_fields, -1, np.int64)
    slots[positions] = np.arange(len(positions))
    return rows, slots, guesses + more_guesses


def name_delimiter(delimiter: str) -> str:
    """Return the plural noun for `delimiter`."""
    return _NAMES.get(delimiter, repr(delimiter))


def find_columns(
    rows: Rows, wanted: Sequence[Column], header: bool | Literal["auto"]
) -> tuple[list[int], list[str]]:
    """Look at the first row, pass it if it is a header, and return the positions of the wanted columns.

    Parameters
    ----------
    rows : Rows
        At its beginning.
    wanted : sequence of int or str
        Columns by position or header name: follower, followed, perhaps weight.
    header : bool or "auto"

    Returns
    -------
    tuple of list of int, list of str
        Positions, none if there are no rows; and what was guessed.

    Raises
    ------
    InvalidFollows
        If the first row has no such columns.
    InvalidArgument
        If two of `wanted` turn out to be one column.
    """
    beginning = rows.mark()
    first = _read_first_row(rows)
    if first is None:
        return [], []
    if len(first.fields) < 2:
        raise rows.refuse(
            first.place, "found 1 field", "at least 2, a follower and a followed",
            rows.suggest_delimiter(first.place) or "Separate the fields by tabs, commas or blanks.",
        )  # fmt: skip
    positions = [_find_column(rows, first, column) for column in wanted]
    if len(set(positions)) < len(positions):
        raise InvalidArgument.because(
            f"source, target and weight are {', '.join(map(shorten, wanted))}, of which two are one column",
            "they must be different columns", "Name each column once.", name="target",
        )  # fmt: skip
    if header is True or any(isinstance(column, str) for column in wanted):
        return positions, []
    words = [first.fields[position].strip().lower() for position in positions[:2]]
    if header == "auto" and HEADER_WORDS.issuperset(words):
        return positions, [f"line {rows.line_of(first.place)} is a header"]
    rows.rewind(beginning)
    return positions, []


def _read_first_row(rows: Rows) -> Header | None:
    """Return the first row, whole, as the kernel splits it."""
    beginning = rows.mark()
    if not rows.take(np.empty(0, np.int64), 1).shape[2]:
        return None
    n_fields = rows.n_fields
    rows.rewind(beginning)
    spans = rows.take(np.arange(n_fields), 1)[:, :, 0].tolist()
    fields = []
    for start, stop in spans:
        quoted = rows.delimiter == "," and start > 0 and rows.data[start - 1] == ord('"')
        text = rows.text(start, stop)
        fields.append(text.replace('""', '"') if quoted else text)
    return Header(fields, spans[0][0])


def _find_column(rows: Rows, first: Header, column: Column) -> int:
    fields = first.fields
    if isinstance(column, int):
        if column < len(fields):
            return column
        raise rows.refuse(
            first.place, f"found {_count(len(fields))}", f"at least {column + 1} columns",
            f"Columns count from 0: choose from 0 to {len(fields) - 1}.",
        )  # fmt: skip
    if fields.count(column) == 1:
        return fields.index(column)
    if column in fields:
        found, expected = f"found the name {shorten(column)} {fields.count(column)} times", "it once only"
    else:
        more = ", ..." if len(fields) > 12 else ""
        found = f"found no column {shorten(column)}"
        expected = f"a header that has it; this one has {', '.join(map(shorten, fields[:12]))}{more}"
    raise rows.refuse(
        first.place, found, expected, "Name a column exactly as the header does, or by its position from 0."
    )


def _count(fields: int) -> str:
    return f"{fields:,} field{'' if fields == 1 else 's'}"
