"""Files of integers at the speed of memory: blocks of a file, read and parsed by all threads at once.

What is usual is read here. At whatever is not, `read_pairs` gives up without a word, and the general
way begins again at the first byte, so that every other answer and every error is its own.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.errors import InfluenceGraphError
from influencegraph.io.rows import Layout, Spans, open_rows
from influencegraph.io.sources import (
    GZIP,
    HEAD,
    LINE_LIMIT,
    Source,
    decompress,
    open_source,
    read_pieces,
    refuse_foreign,
)
from influencegraph.kernels import digits as kernels
from influencegraph.kernels.jit import Crew, available_threads

_BLOCK = 1 << 21
"""Bytes per call of the kernel: text and labels stay in the cache, and Ctrl-C is heard."""

_REACH = 1 << 16
"""Bytes behind a block in which its last line must end."""

_BEGINNING = 1 << 18
"""Bytes in which the first row must end; fewer than a line may have."""

_ROOM = 1.25
"""Rows there is room for, of those the first block makes expect. Memory that nobody touches costs nothing."""

_MARK = b"\xef\xbb\xbf"
_LF = ord("\n")


class Pairs(NamedTuple):
    """Both columns of labels, uint32 where every label fits and else int64, and how they were found."""

    ends: list[NDArray[Any]]
    comments: int
    n_fields: int
    guesses: list[str]
    has_end: bool


class _Options(NamedTuple):
    name: str
    codec: str
    layout: Layout
    wide: bool


class _Plan(NamedTuple):
    """What the first rows say about all others, and the place where those begin."""

    kinds: NDArray[np.uint8]
    slots: Spans
    rules: Spans
    begin: int
    codec: str
    comments: int
    guesses: list[str]


class _GaveUp(Exception):  # noqa: N818 - nothing need be wrong
    """Something is not as usual."""


class _Wide(Exception):  # noqa: N818 - nothing is wrong
    """A label needs 64 bits."""


def read_pairs(source: Source, name: str, codec: str, layout: Layout) -> Pairs | None:
    """Read both columns of integers from a file, plain or gzip.

    Parameters
    ----------
    source : path or binary file
        Streams are left to the general way, because they cannot begin again.
    name : str
        What to call it in messages.
    codec : str
        The canonical name of its encoding.
    layout : Layout
        Columns wanted: the follower, the followed.

    Returns
    -------
    Pairs or None
        None where anything is unusual, and perhaps wrong: nothing has been said about it then.

    Raises
    ------
    InvalidFollows
        If there is no such file.
    """
    if not isinstance(source, str | os.PathLike) or codec not in ("utf-8", "ascii", "iso8859-1", "cp1252"):
        return None
    for wide in (False, True):
        with open_source(source, name) as file:
            try:
                return _read(file, _Options(name, codec, layout, wide))
            except _Wide:
                continue
            except (_GaveUp, InfluenceGraphError, OSError, UnicodeError):
                return None
    return None


def _read(file: BinaryIO, options: _Options) -> Pairs:
    """Read the file as the kind it is."""
    size = os.fstat(file.fileno()).st_size
    text = bytearray(file.read(_BEGINNING))
    file.seek(0)
    if text.startswith(GZIP):
        return _read_packed(file, options)
    plan = _look_at(text, len(text) == size, options)
    n_blocks = -(-(size - plan.begin) // _BLOCK)
    parser = _Parser(plan, min(n_blocks, available_threads()), n_blocks)
    lock = threading.Lock()

    def load(block: int, bench: _Bench) -> tuple[int, int]:
        return _load(file, lock, size, plan.begin + block * _BLOCK, block == 0, bench)

    with Crew(parser.n_threads) as crew:
        crew.run(parser.work(load), range(n_blocks))
    if os.fstat(file.fileno()).st_size != size:
        raise _GaveUp
    file.seek(size - 1)
    return parser.finish(file.read(1) in (b"\n", b"\r"))


def _load(
    file: BinaryIO, lock: threading.Lock, size: int, begin: int, is_first: bool, bench: _Bench
) -> tuple[int, int]:
    """Read the lines that begin in the block at `begin`; return where they start and stop in the buffer."""
    first = begin if is_first else begin - 1
    last = min(begin + _BLOCK + _REACH, size)
    got = last - first
    if _read_at(file, lock, first, memoryview(bench.buffer)[:got]) < got:
        raise _GaveUp
    if last == size and bench.buffer[got - 1] != _LF:
        bench.buffer[got] = _LF
        got += 1
    start = 0 if is_first else bench.buffer.find(b"\n", 0, got) + 1
    stop = got
    if begin + _BLOCK < size:
        stop = bench.buffer.find(b"\n", begin + _BLOCK - 1 - first, got) + 1
    if not stop or not (start or is_first):
        raise _GaveUp
    return start, stop


def _read_at(file: BinaryIO, lock: threading.Lock, place: int, view: memoryview) -> int:
    """Fill `view` from `place` on, and return how many bytes there were."""
    if not hasattr(os, "preadv"):
        with lock:
            file.seek(place)
            return file.readinto(view)  # type: ignore[attr-defined, no-any-return] # of a buffered file
    done = 0
    while done < len(view):
        part = os.preadv(file.fileno(), [view[done:]], place + done)
        if not part:
            break
        done += part
    return done


def _read_packed(file: BinaryIO, options: _Options) -> Pairs:
    """Decompress a block for each thread, parse them together, and go on."""
    texts = _cut(decompress(read_pieces(file, options.name), options.name))
    first = next(texts, None)
    if first is None:
        raise _GaveUp
    plan = _look_at(first[:_BEGINNING], len(first) <= _BEGINNING, options)
    del first[: plan.begin]
    parser = _Parser(plan, available_threads(), 1)
    texts = itertools.chain([first], texts)
    has_end, block = True, 0
    with Crew(parser.n_threads) as crew:
        while batch := list(itertools.islice(texts, parser.n_threads)):
            has_end = batch[-1].endswith((b"\n", b"\r"))

            def load(
                number: int, bench: _Bench, batch: list[bytearray] = batch, before: int = block
            ) -> tuple[int, int]:
                text = batch[number - before]
                if not text.endswith(b"\n"):
                    text.append(_LF)
                bench.buffer[: len(text)] = text
                return 0, len(text)

            crew.run(parser.work(load), range(block, block + len(batch)))
            block += len(batch)
    return parser.finish(has_end)


def _cut(pieces: Iterator[bytes]) -> Iterator[bytearray]:
    """Yield text in blocks of whole lines."""
    rest = bytearray()
    for piece in pieces:
        rest += piece
        while len(rest) > _BLOCK + _REACH:
            stop = rest.rfind(b"\n", 0, _BLOCK + _REACH) + 1
            if not stop:
                raise _GaveUp
            yield rest[:stop]
            del rest[:stop]
    if rest:
        yield rest


def _look_at(text: bytearray, is_whole: bool, options: _Options) -> _Plan:
    """Find out from the beginning of a text what its rows look like; `text` is cut."""
    refuse_foreign(options.name, bytes(text[:HEAD]))
    mark = 0
    if text.startswith(_MARK):
        if options.codec != "utf-8":
            raise _GaveUp
        mark = len(_MARK)
        del text[:mark]
    if not is_whole:
        del text[text.rfind(b"\n") + 1 :]
    rows, slots, guesses = open_rows(options.name, text, options.layout)
    comments, begin = rows.comments, rows.place
    if rows.delimiter is None or rows.delimiter in "-0123456789":
        raise _GaveUp
    if not rows.take(np.empty(0, np.int64), 1).shape[2]:
        raise _GaveUp
    if options.layout.delimiter is None and rows.delimiter == " " and b'"' in text[: rows.place]:
        raise _GaveUp  # a comma may follow, far below, where the quote is closed
    passed = text[:begin]
    if b"\0" in passed:
        raise _GaveUp
    _check_characters(passed, options.codec)
    rules = [rows.delimiter == " ", rows.delimiter == ",", options.wide, LINE_LIMIT - mark]
    return _Plan(
        rows.kinds, slots, np.array(rules, np.int64), mark + begin, options.codec, comments, guesses
    )  # fmt: skip


def _check_characters(text: bytearray, codec: str) -> None:
    """Give up if `text`, whole lines, is not valid beyond doubt."""
    if not text.isascii():
        if codec != "utf-8":
            raise _GaveUp
        text.decode()


class _Bench:
    """Where a thread works: a block of text, and the labels in it."""

    def __init__(self, width: int) -> None:
        self.buffer = bytearray(_BLOCK + _REACH + 2 + kernels.PADDING)
        self.data = np.frombuffer(self.buffer, np.uint8)
        rows_max = len(self.buffer) // 4 + 1  # a row of two digits has four bytes
        self.ends = [np.empty(rows_max * width, np.uint32) for _ in range(2)]
        self.seen = np.zeros(3, np.int64)


class _Parser:
    """Parses blocks in any order, and puts their labels in the order of the file.

    Columns are allocated once the first block tells how many rows to expect, and each label is written
    twice: in the cache, and where it stays.
    """

    def __init__(self, plan: _Plan, n_threads: int, n_blocks: int) -> None:
        self.n_threads = n_threads
        self._plan = plan
        self._width = 2 if plan.rules[2] else 1
        self._n_blocks = n_blocks
        self._benches = [_Bench(self._width) for _ in range(n_threads)]
        self._lock = threading.Lock()
        self._status = kernels.READ
        self._comments = plan.comments
        self._next = 0
        self._early: dict[int, list[NDArray[np.uint32]]] = {}
        self._columns: list[list[NDArray[np.uint32]]] = []
        self._used: list[int] = []

    def work(self, load: Callable[[int, _Bench], tuple[int, int]]) -> Callable[[int], None]:
        """Return what a thread does with a block; `load` fills a bench and says from where to where."""

        def run(block: int) -> None:
            if self._status != kernels.READ:
                return
            bench = self._benches.pop()
            try:
                self._parse(block, bench, *load(block, bench))
            except (_GaveUp, OSError, UnicodeError):
                self._status = kernels.UNUSUAL
            finally:
                self._benches.append(bench)

        return run

    def _parse(self, block: int, bench: _Bench, start: int, stop: int) -> None:
        plan = self._plan
        with np.errstate(over="ignore"):  # words wrap around; NumPy says so where kernels run uncompiled
            status = kernels.read_pairs(
                bench.data, start, stop, plan.kinds, plan.slots, plan.rules, bench.seen, *bench.ends
            )
        if status != kernels.READ:
            self._status = max(self._status, int(status))
            return
        rows, comments, bits = bench.seen.tolist()
        if bits >= 128:
            _check_characters(bench.buffer[start:stop], plan.codec)
        self._deliver(block, [end[: rows * self._width] for end in bench.ends], comments)

    def _deliver(self, block: int, ends: list[NDArray[np.uint32]], comments: int) -> None:
        """Put labels where they stay, and those that waited for them; keep them if they come too early."""
        with self._lock:
            self._comments += comments
            if block != self._next:
                self._early[block] = [end.copy() for end in ends]
                return
            ready = []
            while ends is not None:
                ready.append((ends, self._claim(ends[0].size)))
                self._next += 1
                ends = self._early.pop(self._next, None)  # type: ignore[arg-type] # None ends the loop
        for ends, places in ready:
            for end, place in zip(ends, places, strict=True):
                place[:] = end

    def _claim(self, size: int) -> list[NDArray[np.uint32]]:
        """Return room for `size` words in both columns."""
        if not self._columns or self._used[-1] + size > self._columns[-1][0].size:
            expected = sum(self._used) if self._columns else int(size * self._n_blocks * _ROOM)
            self._columns.append([np.empty(max(size, expected), np.uint32) for _ in range(2)])
            self._used.append(0)
        start = self._used[-1]
        self._used[-1] += size
        return [column[start : start + size] for column in self._columns[-1]]

    def finish(self, has_end: bool) -> Pairs:
        """Return both columns."""
        if self._status == kernels.WIDE:
            raise _Wide
        if self._status != kernels.READ:
            raise _GaveUp
        parts = [
            [column[:used] for column, used in zip(columns, self._used, strict=True)]
            for columns in zip(*self._columns, strict=True)
        ]
        ends = [part[0] if len(part) == 1 else np.concatenate(part) for part in parts]
        plan = self._plan
        kind = np.int64 if self._width == 2 else np.uint32
        return Pairs([end.view(kind) for end in ends], self._comments, plan.slots.size, plan.guesses, has_end)
