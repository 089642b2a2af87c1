"""Bytes out of a path or a stream: recognised by content, decompressed whole, valid UTF-8 without NUL.

Names say nothing here: a format is what its first bytes say. Memory stays in proportion to the lines
there are: a line without end is refused while it is read.
"""

from __future__ import annotations

import codecs
import itertools
import os
import re
import stat
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from influencegraph.errors import InvalidArgument, InvalidFollows, describe_type, shorten

Source = str | os.PathLike[str] | BinaryIO

LINE_LIMIT = 1 << 20
"""Bytes in a line at most."""

_PIECE = 1 << 20
_SIP = 1 << 14
"""Bytes given to zlib at a time. What it leaves is copied, so that many tiny members cost time in
proportion to this."""

HEAD = 512
"""Bytes by which what is no text is known."""

_NAME_LIMIT = 300
GZIP = b"\x1f\x8b"
"""What a gzip file begins with."""

_LINE_END = re.compile(rb"[\r\n]")
_FROM_ARRAYS = "pass two of its columns to FollowerGraph.from_arrays, or convert it to text."
_FOREIGN = [
    (re.compile(magic, re.DOTALL), what, remedy)
    for magic, what, remedy in (
        (rb"\x1f\x8b", "gzip inside gzip", "Decompress it once."),
        (rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18", "zstd", "Decompress it first: zstd -d."),
        (rb"\xfd7zXZ\x00", "xz", "Decompress it first: xz -d."),
        (rb"BZh[1-9](1AY&SY|\x17rE8P\x90)", "bzip2", "Decompress it first: bzip2 -d."),
        (rb"\x04\x22\x4d\x18", "LZ4", "Decompress it first: lz4 -d."),
        (rb"7z\xbc\xaf\x27\x1c", "a 7z archive", "Unpack it first."),
        (rb".{257}ustar", "a tar archive", "Unpack it first."),
        (rb"PK(\x03\x04|\x05\x06|\x07\x08)", "a zip archive (NPZ, XLSX)", f"Unpack it; {_FROM_ARRAYS}"),
        (rb"\x93NUMPY", "a NumPy array (NPY)", f"Load it with numpy; {_FROM_ARRAYS}"),
        (rb"PAR[1E][\x00-\x08\x0b\x0c\x0e-\x1f]", "Parquet", f"Read it with pandas; {_FROM_ARRAYS}"),
        (rb"ARROW1\x00|\xff\xff\xff\xff", "Arrow", f"Read it with pyarrow; {_FROM_ARRAYS}"),
        (rb"\x89HDF\r\n", "HDF5", f"Read it with pandas; {_FROM_ARRAYS}"),
        (rb"SQLite format 3\x00", "an SQLite database", "Export the follows as CSV."),
        (rb"\xff\xfe\x00\x00|\x00\x00\xfe\xff", "UTF-32", "Convert it: iconv -f UTF-32 -t UTF-8."),
        (rb"\xff\xfe|\xfe\xff", "UTF-16", "Convert it: iconv -f UTF-16 -t UTF-8."),
        (rb"version https://git-lfs\.github\.com/", "a Git LFS pointer", "Get the file: git lfs pull."),
    )
]


def name_source(source: Source) -> str:
    """Return what to call `source` in a message, on one line."""
    name = source if isinstance(source, str | os.PathLike) else getattr(source, "name", None)
    if not isinstance(name, str | bytes | os.PathLike):
        return "the stream"
    text = os.fsdecode(name)
    plain = text.isprintable() and 0 < len(text) <= _NAME_LIMIT
    return text if plain else shorten(text.encode("ascii", "backslashreplace").decode(), _NAME_LIMIT)


def count_lines(data: bytes | bytearray, stop: int) -> int:
    """Return the 1-based number of the line that byte `stop` lies in."""
    ends = data.count(b"\n", 0, stop) + data.count(b"\r", 0, stop) - data.count(b"\r\n", 0, stop)
    return ends + 1


def read_source(source: Source, encoding: str = "utf-8") -> bytearray:
    """Return the whole text of `source` as UTF-8 without a byte order mark.

    Parameters
    ----------
    source : path or binary file
        Plain or gzip, told by content. A file is read from where it stands, and left open.
    encoding : str
        Any that contains ASCII.

    Raises
    ------
    InvalidFollows
        If it is missing, no regular file, of a format that is not text, damaged, or no valid text.
    InvalidArgument
        If `source` or `encoding` is none.
    """
    codec = check_encoding(encoding)
    name = name_source(source)
    data = bytearray()
    line_start = 0
    file = open_source(source, name)
    try:
        for piece in decompress(read_pieces(file, name), name):
            if len(data) < HEAD:
                refuse_foreign(name, bytes(data) + piece[:HEAD])
            line_start = _append(name, data, piece, line_start)
    finally:
        if file is not source:
            file.close()
    return _as_utf8(name, data, codec)


def check_encoding(encoding: str) -> str:
    """Return the canonical name of `encoding`; refuse what is none, or does not contain ASCII.

    Raises
    ------
    InvalidArgument
        If there is no such encoding, or separators are not the bytes of ASCII in it.
    """
    plain = bytes(range(32, 127)) + b"\t\r\n"
    try:
        codec = codecs.lookup(encoding).name
        fits = "unicode-escape" not in codec and plain.decode(codec) == plain.decode("ascii")
    except (LookupError, TypeError, ValueError):
        fits = False
    if not fits:
        raise InvalidArgument.out_of_range(
            "encoding", encoding, "name an encoding that contains ASCII", "Convert the file to UTF-8."
        )
    return "utf-8" if codec == "utf-8-sig" else codec


def refuse_foreign(name: str, head: bytes) -> None:
    """Refuse a text whose first `HEAD` bytes say that it is none."""
    for magic, what, remedy in _FOREIGN:
        if magic.match(head):
            raise InvalidFollows.in_file(name, None, f"found {what}", "text, plain or gzip", remedy)


def open_source(source: Source, name: str) -> BinaryIO:
    """Open a regular file, at once: opening a named pipe would wait for somebody to write to it."""
    if not isinstance(source, str | os.PathLike):
        if callable(getattr(source, "read", None)):
            return source
        raise InvalidArgument.out_of_range(
            "path", source, "be a path or a binary file", "Pass the name of a file."
        )
    remedy = "Check the path."
    try:
        mode = os.stat(source).st_mode
        if stat.S_ISREG(mode):
            return open(source, "rb")
        found = "found a folder" if stat.S_ISDIR(mode) else "found a device"
        if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
            found = "found a pipe" if stat.S_ISFIFO(mode) else "found a socket"
            remedy = "Pass '-' on the command line, or an open binary file, to read from a pipe."
    except FileNotFoundError:
        found = "there is no such file"
    except (OSError, ValueError) as problem:
        found = f"it cannot be opened ({getattr(problem, 'strerror', None) or problem})"
    raise InvalidFollows.in_file(name, None, found, "a file of follows", remedy)


def read_pieces(file: BinaryIO, name: str) -> Iterator[bytes]:
    """Yield the bytes of `file`, a mebibyte at a time."""
    rest = b""
    while True:
        parts, missing = [rest], _PIECE - len(rest)
        while missing > 0:
            try:
                part = file.read(missing)
            except (OSError, ValueError) as problem:
                raise _unreadable(name, f"it cannot be read ({problem})") from None
            if part is None:
                raise _unreadable(name, "it has no data yet, and does not wait for any")
            if not isinstance(part, bytes):
                raise InvalidArgument.because(
                    f"path is a file that gives {describe_type(part)}", "it must be a binary file",
                    "Open it with mode 'rb'.", name="path",
                )  # fmt: skip
            if not part:
                break
            parts.append(part)
            missing -= len(part)
        whole = b"".join(parts)
        if not whole:
            return
        yield whole[:_PIECE]
        rest = whole[_PIECE:]


def _unreadable(name: str, found: str) -> InvalidFollows:
    return InvalidFollows.in_file(
        name, None, found, "a file that can be read to its end", "Copy or make it again."
    )


def decompress(pieces: Iterator[bytes], name: str) -> Iterator[bytes]:
    """Yield the content in pieces of at most a mebibyte; of a gzip file every member, each checked."""
    head = next(pieces, b"")
    whole = itertools.chain([head], pieces)
    if not head.startswith(GZIP):
        yield from whole
        return
    member = zlib.decompressobj(wbits=31)
    for piece in whole:
        for place in range(0, len(piece), _SIP):
            sip = piece[place : place + _SIP]
            while sip:
                if member.eof:
                    sip = sip.lstrip(b"\0")  # zeros behind a member are padding, as they are to gzip
                    member = zlib.decompressobj(wbits=31) if sip else member
                    continue
                try:
                    yield member.decompress(sip, _PIECE)
                except zlib.error as problem:
                    reason = str(problem).rpartition(": ")[2]
                    raise _unreadable(name, f"found damaged gzip data ({reason})") from None
                sip = member.unused_data if member.eof else member.unconsumed_tail
    if not member.eof:
        raise _unreadable(name, "found gzip data that stop early")


def _append(name: str, data: bytearray, piece: bytes, line_start: int) -> int:
    """Append `piece`, and return where the line that is still open begins."""
    nul = piece.find(b"\0")
    end = _LINE_END.search(piece)
    reach = end.start() if end else len(piece)
    if len(data) + reach - line_start > LINE_LIMIT:
        raise InvalidFollows.in_file(
            name, count_lines(data, line_start), f"a line of more than {LINE_LIMIT:,} bytes",
            "one follow per line", "Check what kind of file it is.",
        )  # fmt: skip
    before = len(data)
    data += piece
    if nul >= 0:
        raise InvalidFollows.in_file(
            name, count_lines(data, before + nul), "found a NUL byte", "text",
            "If it is UTF-16, convert it to UTF-8; if it is binary, export it as text.",
        )  # fmt: skip
    last = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
    return line_start if last < 0 else before + last + 1


def _as_utf8(name: str, data: bytearray, codec: str) -> bytearray:
    """Check that `data` is valid, and return it as UTF-8 without a byte order mark."""
    has_mark = data.startswith(codecs.BOM_UTF8)
    if has_mark and codec != "utf-8":
        raise InvalidFollows.in_file(
            name, 1, "found the mark that UTF-8 begins with", f"{codec}, as promised", "Leave out encoding=."
        )
    if data.isascii() and codec in ("utf-8", "ascii", "iso8859-1", "cp1252"):
        return data
    decoder = codecs.getincrementaldecoder(codec)()
    text = bytearray()
    for place in range(0, len(data), _PIECE):
        try:
            decoded = decoder.decode(bytes(data[place : place + _PIECE]), place + _PIECE >= len(data))
            if codec != "utf-8":
                text += decoded.encode()
        except UnicodeError as problem:
            raise _not_encoded(name, data[:place], codec, problem) from None
    if codec != "utf-8":
        return text
    if has_mark:
        del data[:3]
    return data


def _not_encoded(name: str, before: bytearray, codec: str, problem: UnicodeError) -> InvalidFollows:
    """Say in which line the bytes stop making sense; the decoder may hold some of `before` as well."""
    what = "bytes"
    if isinstance(problem, UnicodeDecodeError):
        what = f"the bytes {shorten(bytes(problem.object[problem.start : problem.start + 4]))}"
        before += problem.object[: problem.start]
    return InvalidFollows.in_file(
        name, count_lines(before, len(before)), f"found {what}, which are no {codec}", f"valid {codec}",
        "Name its encoding, such as encoding='latin-1', or convert it to UTF-8.",
    )  # fmt: skip
