"""Bytes out of a path or a stream: recognised by content, decompressed whole, valid UTF-8 without NUL."""

from __future__ import annotations

import codecs
import os
import stat
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from influencegraph.errors import InvalidArgument, InvalidFollows
from influencegraph.kernels.text import LINE_LIMIT

Source = str | os.PathLike[str] | BinaryIO

_CHUNK = 1 << 20
_GZIP = b"\x1f\x8b"
_FOREIGN = {
    b"\x28\xb5\x2f\xfd": ("zstd-compressed", "Decompress it with zstd -d first."),
    b"\xfd7zXZ\x00": ("xz-compressed", "Decompress it with xz -d first."),
    b"BZh": ("bzip2-compressed", "Decompress it with bzip2 -d first."),
    b"PK\x03\x04": ("a zip or NPZ archive", "Load its arrays and pass them to FollowerGraph.from_arrays."),
    b"\x93NUMPY": ("a NumPy file", "Load it and pass its columns to FollowerGraph.from_arrays."),
    b"PAR1": ("Parquet", "Read it with pandas and pass two columns to FollowerGraph.from_arrays."),
    b"ARROW1": ("Arrow", "Read it with pyarrow and pass two columns to FollowerGraph.from_arrays."),
    b"\xff\xfe": ("UTF-16 or UTF-32", "Convert it to UTF-8 first."),
    b"\xfe\xff": ("UTF-16", "Convert it to UTF-8 first."),
    b"\x00\x00\xfe\xff": ("UTF-32", "Convert it to UTF-8 first."),
}


def name_source(source: Source) -> str:
    """Return what to call `source` in a message."""
    if isinstance(source, str | os.PathLike):
        return os.fspath(source)
    return str(getattr(source, "name", "the stream"))


def count_lines(data: bytes | bytearray, stop: int) -> int:
    """Return the 1-based number of the line that byte `stop` lies in."""
    ends = data.count(b"\n", 0, stop) + data.count(b"\r", 0, stop) - data.count(b"\r\n", 0, stop)
    return ends + 1


def read_source(source: Source, encoding: str = "utf-8") -> bytearray:
    """Return the whole text of `source` as UTF-8 without a byte order mark.

    Raises
    ------
    InvalidFollows
        If it is missing, no regular file, of a format that is not text, damaged, or no valid text.
    """
    check_encoding(encoding)
    name = name_source(source)
    data = bytearray()
    line_start = 0
    try:
        for chunk in _decompress(source, name):
            data += chunk
            last = max(data.rfind(b"\n", line_start), data.rfind(b"\r", line_start))
            line_start = last + 1 if last >= 0 else line_start
            if len(data) - line_start > LINE_LIMIT:
                raise _long_line(name, count_lines(data, line_start))
    except (OSError, zlib.error, EOFError) as problem:
        raise InvalidFollows.in_file(
            name, None, f"it cannot be read whole ({problem})", "an undamaged file", "Copy or make it again."
        ) from None
    _check_text(name, data, encoding)
    if encoding.lower().replace("_", "-") not in ("utf-8", "utf8"):
        data = bytearray(data.decode(encoding).encode())
    if data.startswith(codecs.BOM_UTF8):
        del data[:3]
    return data


def check_encoding(encoding: str) -> None:
    """Refuse what is no encoding, or one in which separators are not the bytes of ASCII."""
    separators = '\t\r\n ,"#%09'
    try:
        fits = separators.encode(encoding) == separators.encode("ascii")
    except (LookupError, TypeError, UnicodeError):
        fits = False
    if not fits:
        raise InvalidArgument.out_of_range(
            "encoding", encoding, "be an encoding that contains ASCII", "Convert the file to UTF-8."
        )


def _long_line(name: str, line: int) -> InvalidFollows:
    return InvalidFollows.in_file(
        name,
        line,
        f"a line of more than {LINE_LIMIT:,} bytes",
        "one follow a line",
        "Check what the file is.",
    )


def _open(source: Source, name: str) -> BinaryIO:
    if not isinstance(source, str | os.PathLike):
        if not callable(getattr(source, "read", None)):
            raise InvalidArgument.out_of_range(
                "path", source, "be a path or a binary file", "Pass the name of a file."
            )
        return source
    try:
        mode = os.stat(source).st_mode
        if stat.S_ISREG(mode):
            return open(source, "rb")
        found = "a folder" if stat.S_ISDIR(mode) else "no regular file"
    except FileNotFoundError:
        found = "there is no such file"
    except (OSError, ValueError) as problem:
        found = str(getattr(problem, "strerror", None) or problem)
    raise InvalidFollows.in_file(name, None, found, "a file of follows", "Check the path.")


def _decompress(source: Source, name: str) -> Iterator[bytes]:
    """Yield the content in pieces of about a mebibyte; every member of a gzip file, each checked."""
    file = _open(source, name)
    try:
        head = file.read(_CHUNK)
        if not isinstance(head, bytes):
            raise InvalidArgument.out_of_range("path", source, "be a binary file", "Open it with mode 'rb'.")
        _refuse_foreign(name, head)
        if not head.startswith(_GZIP):
            while head:
                yield head
                head = file.read(_CHUNK)
            return
        first = True
        for piece in _gunzip(file, head):
            if first:
                _refuse_foreign(name, piece)
                first = False
            yield piece
    finally:
        if file is not source:
            file.close()


def _gunzip(file: BinaryIO, pending: bytes) -> Iterator[bytes]:
    while pending:
        member = zlib.decompressobj(wbits=31)
        while not member.eof:
            if not pending:
                raise EOFError("the gzip stream is cut short")
            yield member.decompress(pending, _CHUNK)
            pending = member.unconsumed_tail or ("" if member.eof else file.read(_CHUNK)) or b""
        pending = member.unused_data or file.read(_CHUNK)
        while pending and not pending.strip(b"\0"):  # zeros behind the last member are padding
            pending = file.read(_CHUNK)


def _refuse_foreign(name: str, head: bytes) -> None:
    for magic, (what, remedy) in _FOREIGN.items():
        if head.startswith(magic):
            raise InvalidFollows.in_file(name, None, f"it is {what}", "plain or gzip text", remedy)


def _check_text(name: str, data: bytearray, encoding: str) -> None:
    nul = data.find(0)
    if nul >= 0:
        raise InvalidFollows.in_file(
            name, count_lines(data, nul), "a NUL byte", "text", "Check whether the file is UTF-16 or binary."
        )
    if data.isascii():
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    place = 0
    try:
        while place < len(data):
            pending = len(decoder.getstate()[0])
            decoder.decode(bytes(data[place : place + 16 * _CHUNK]), final=place + 16 * _CHUNK >= len(data))
            place += 16 * _CHUNK
    except UnicodeDecodeError as problem:
        at = place - pending + problem.start
        raise InvalidFollows.in_file(
            name, count_lines(data, at), f"bytes that are no {encoding} ({bytes(data[at : at + 4])!r})",
            f"valid {encoding}", "Name the encoding with encoding=, for instance 'latin-1'.",
        ) from None  # fmt: skip
