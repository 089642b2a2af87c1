"""`read_follows`: what it refuses, whole, with the file, the line, what was found, what to do instead."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import re
import socket
import tracemalloc

import numpy as np
import pytest

from influencegraph import InvalidFollows, read_follows

PACKED = gzip.compress(b"1\t2\n" * 100)
STORED = bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3])


def npz():
    file = io.BytesIO()
    np.savez(file, source=np.arange(3))
    return file.getvalue()


def npy():
    file = io.BytesIO()
    np.save(file, np.arange(6).reshape(3, 2))
    return file.getvalue()


def swapped(content, place):
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


# content, options, line, what the message says
REFUSED = {
    "one column": (b"ann\nbob\n", {}, 1, "1 field; expected at least 2"),
    "one column behind comments": (b"# x\n\n# y\nann\n", {}, 4, "1 field; expected at least 2"),
    "one column of semicolons": (b"a;b\n", {}, 1, "delimiter=';'"),
    "one column of tabs": (b"a\tb\n", {"delimiter": ","}, 1, r"delimiter='\\t'"),
    "one column of blanks": (b"a b\n", {"delimiter": "\t"}, 1, "delimiter=' '"),
    "fewer fields": (b"1\t2\n3\n", {}, 2, "1 field; expected 2"),
    "more fields": (b"1\t2\n\n3\t4\t5\n", {}, 3, "3 fields; expected 2"),
    "more blanks": (b"ann bob\nann smith bob\n", {}, 2, "3 fields"),
    "a trailing tab": (b"1\t2\n3\t4\t\n", {}, 2, "3 fields"),
    "commas among tabs": (b"1\t2\n3,4\n", {}, 2, "delimiter=','"),
    "blanks among tabs": (b"1\t2\n3 4\n", {}, 2, "delimiter=' '"),
    "tabs among commas": (b"1,2\n\r\n3\t4\n", {}, 3, r"delimiter='\\t'"),
    "an unquoted comma": (b"a,b\nsmith, ann,b\n", {}, 2, "quotes"),
    "more fields than the header": (b"source,target\n1,2,3\n", {}, 2, "3 fields"),
    "fields behind a cr": (b"1 2\r3 4\r5\r", {}, 3, "1 field"),
    "fields behind all line ends": (b"1 2\r\n3 4\r5 6\n\n7\r\n", {}, 5, "1 field"),
    "no such column": (b"1\t2\n", {"target": 2}, 1, "at least 3 columns"),
    "no such weight": (b"# x\n1\t2\n", {"weight": 5}, 2, "at least 6 columns"),
    "no such name": (b"follower,followed\n1,2\n", {"source": "u", "target": "followed"}, 1, "'u'.*'follow"),
    "a name in other case": (b"From,To\n1,2\n", {"source": "from", "target": "To"}, 1, "'from'.*'From'"),
    "a name there twice": (b"a,a,b\n1,2,3\n", {"source": "a", "target": "b"}, 1, "2 times.*once only"),
    "an empty follower": (b"1\t2\n\t2\n", {}, 2, "empty label"),
    "an empty followed": (b"1\t2\n2\t\n", {}, 2, "empty label"),
    "an empty label among names": (b"a\tb\nb\t\n", {}, 2, "empty label"),
    "an empty label by force": (b"1\t2\n\t3\n", {"label_type": "int"}, 2, "empty label"),
    "an empty quoted label": (b'a,b\n"",b\n', {}, 2, "empty label"),
    "a line of tabs": (b"1\t2\n\t\n", {}, 2, "empty label"),
    "a line of commas": (b",\n1,2\n", {}, 1, "empty label"),
    "an empty label behind quoted line ends": (b'a,"b\r\nc\nd\re"\n,b\n', {}, 5, "empty label"),
    "an empty label behind doubled quotes": (b'a,"""\n"""\n\n,b\n', {"label_type": "str"}, 4, "empty label"),
    "a quote that is not closed": (b'a,b\n"c,d\ne,f\n', {}, 2, "never closed"),
    "a quote that is not closed at the end": (b'a,b\nc,"\n', {}, 2, "never closed"),
    "a quote opened on a later line": (b'a,b\n"c\nd","e\n', {}, 3, "never closed"),
    "an odd number of quotes": (b'a,"b""\n', {}, 1, "never closed"),
    "text behind a quote": (b'a,b\n"c"d,e\n', {}, 2, "behind a closing quote"),
    "a blank behind a quote": (b'a,"b" \n', {}, 1, "behind a closing quote"),
    "text behind a quote on a later line": (b'a,b\n"c\n\n"d,e\n', {}, 4, "behind a closing quote"),
    "a header where integers were promised": (b"id_a\tid_b\n1\t2\n", {"label_type": "int"}, 1, "header=True"),
    "a name where integers were promised": (b"1\t2\n3\tx\n", {"label_type": "int"}, 2, "'x'.*='str'"),
    "a float where integers were promised": (b"1\t2\n3.0\t1\n", {"label_type": "int"}, 2, r"'3\.0'"),
    "zeros where integers were promised": (b"1\t007\n", {"label_type": "int"}, 1, "'007'"),
    "too large an integer": (b"1\t9223372036854775808\n", {"label_type": "int"}, 1, "int64"),
    "too small an integer": (b"1\t-9223372036854775809\n", {"label_type": "int"}, 1, "int64"),
    "far too large an integer": (b"1\t" + b"9" * 400 + b"\n", {"label_type": "int"}, 1, "int64"),
    "a NUL byte": (b"1\t2\n3\t\x004\n", {}, 2, "NUL"),
    "a NUL byte in a comment": (b"#\0\n1\t2\n", {}, 1, "NUL"),
    "a NUL byte at the end": (b"1\t2\n\0", {}, 2, "NUL"),
    "utf-16 without a mark": ("1\t2\n".encode("utf-16-le"), {}, 1, "UTF-16"),
    "utf-16": ("1\t2\n".encode("utf-16"), {}, None, "UTF-16"),
    "utf-16, big end first": (b"\xfe\xff\x001\x00\t", {}, None, "UTF-16"),
    "utf-32": ("1\t2\n".encode("utf-32"), {}, None, "UTF-32"),
    "no utf-8": (b"1\t2\nb\xf6b\t2\n", {}, 2, "utf-8.*latin-1"),
    "no utf-8 in a comment": (b"1\t2\n# b\xf6b\n", {}, 2, "utf-8"),
    "no utf-8 in an ignored column": (b"1\t2\t\xff\n", {}, 1, "utf-8"),
    "utf-8 cut short": (b"1\t2\n3\t\xe2\x82", {}, 2, "utf-8"),
    "a surrogate": (b"1\t2\n\xed\xa0\x80\t2\n", {}, 2, "utf-8"),
    "an overlong slash": (b"\xc0\xaf\t2\n", {}, 1, "utf-8"),
    "no ascii": (b"1\t2\n\xc3\xa4\t2\n", {"encoding": "ascii"}, 2, "ascii"),
    "no shift-jis": (b"1\t2\n\n\x81\t2\n", {"encoding": "shift-jis"}, 3, "shift_jis"),
    "utf-8 that is said to be another": (b"\xef\xbb\xbf1\t2\n", {"encoding": "cp1252"}, 1, "encoding"),
    "a line without end": (b"1\t2\n" + b"a" * (1 << 20) + b"\tb\n", {}, 2, "1,048,576 bytes"),
    "a comment without end": (b"1\t2\n3\t4\n#" + b"a" * (3 << 20), {}, 3, "1,048,576 bytes"),
    "a field without end": (b"1,2\n" + b"," * (2 << 20), {}, 2, "1,048,576 bytes"),
    "gzip cut short": (PACKED[:-9], {}, None, "early"),
    "gzip cut in its checksum": (PACKED[:-1], {}, None, "early"),
    "gzip cut in its head": (PACKED[:5], {}, None, "early"),
    "gzip cut in a second member": (PACKED + PACKED[:12], {}, None, "early"),
    "gzip with a wrong checksum": (swapped(PACKED, -8), {}, None, "damaged"),
    "gzip with a wrong length": (swapped(PACKED, -1), {}, None, "damaged"),
    "gzip with a wrong second member": (PACKED + swapped(PACKED, -6), {}, None, "damaged"),
    "gzip with garbage behind": (PACKED + b"garbage", {}, None, "damaged"),
    "gzip with garbage behind zeros": (PACKED + bytes(9) + b"garbage", {}, None, "damaged"),
    "gzip of no kind": (b"\x1f\x8b\x07" + PACKED[3:], {}, None, "damaged"),
    "gzip with a bad block": (STORED + b"\xff" * 40, {}, None, "damaged"),
    "gzip inside gzip": (gzip.compress(PACKED), {}, None, "gzip inside gzip"),
    "bzip2 inside gzip": (gzip.compress(bz2.compress(b"1\t2\n")), {}, None, "bzip2"),
    "a bad row inside gzip": (gzip.compress(b"1\t2\n3\n"), {}, 2, "1 field"),
    "bzip2": (bz2.compress(b"1\t2\n"), {}, None, "bzip2"),
    "bzip2 of nothing": (bz2.compress(b""), {}, None, "bzip2"),
    "xz": (lzma.compress(b"1\t2\n"), {}, None, "xz"),
    "zstd": (b"\x28\xb5\x2f\xfd\x04\x00\x01\x00\x00", {}, None, "zstd"),
    "npz": (npz(), {}, None, "NPZ"),
    "an empty zip": (b"PK\x05\x06" + bytes(18), {}, None, "zip"),
    "npy": (npy(), {}, None, "NPY"),
    "a tar": (b"name".ljust(257, b"\0") + b"ustar\x0000".ljust(255, b"\0"), {}, None, "tar"),
    "sqlite": (b"SQLite format 3\0" + bytes(100), {}, None, "SQLite"),
    "git lfs": (b"version https://git-lfs.github.com/spec/v1\noid 0\nsize 12\n", {}, None, "git lfs pull"),
    **{
        f"weight {text!r}": (f"1,2,1\n2,1,{text}\n".encode(), {"weight": 2}, 2, "weight")
        for text in (
            "nan", "NaN", "inf", "Infinity", "-1", "-0", "-0.0", "1_0", "0x1p3", "0x10", "1 ", " 1", "1e",
            "e5", "1e+", ".", "+", "+-1", "1.2.3", "1;5", "1e5.0", "1e999", "1" * 400, "1e-400", "1e1e1",
            "\uff11", "1f", "--1", "$1", "1e99999999999999999999", "1e-99999999999999999999", "0.0001e-320",
        )
    },
    "an empty weight": (b"1,2,1\n2,1,\n", {"weight": 2}, 2, "empty weight"),
    "a weight with a decimal comma": (b"1,2,1\n2,1,1,5\n", {"weight": 2}, 2, "4 fields"),
    "a bad weight among names": (b"a,b,1\nb,a,x\n", {"weight": 2}, 2, "'x'"),
    "a header in the weights": (b"1,2,count\n2,1,3\n", {"weight": 2}, 1, "'count'"),
    "weights that add up to too much": (b"1,2,1e308\n1,2,1e308\n", {"weight": 2}, None, "add up"),
}  # fmt: skip


def refusal(path, **options):
    """Return the error that reading `path` ends with, checked to have its three parts."""
    with pytest.raises(InvalidFollows) as caught:
        read_follows(path, **options)
    message = str(caught.value)
    assert message.isprintable()
    assert message.endswith(".")
    assert len(message) < 600
    assert caught.value.__cause__ is None
    return caught.value


@pytest.mark.parametrize(("content", "options", "line", "match"), REFUSED.values(), ids=REFUSED)
def test_file__is_refused_with_its_line(content, options, line, match, tmp_path):
    path = tmp_path / "follows"
    path.write_bytes(content)
    error = refusal(path, **options)
    place = str(path) if line is None else f"{path}, line {line}"
    if "add up" not in match:
        assert error.line == line
        assert "; expected " in str(error)
    assert str(error).startswith(f"{place}: ")
    assert re.search(match, str(error)), str(error)


@pytest.mark.parametrize("kind", ["parquet", "feather", "arrow stream"])
def test_file__of_pyarrow_is_refused(kind, tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import feather
    from pyarrow import parquet as pq

    table = pyarrow.table({"source": [1, 2], "target": [2, 1]})
    path = tmp_path / "follows"
    if kind == "parquet":
        pq.write_table(table, path)
    elif kind == "feather":
        feather.write_feather(table, str(path), compression="uncompressed")
    else:
        with pyarrow.OSFile(str(path), "wb") as file, pyarrow.ipc.new_stream(file, table.schema) as writer:
            writer.write_table(table)
    assert ("Parquet" if kind == "parquet" else "Arrow") in str(refusal(path))


# ---- places that are no file ----


def test_path__that_is_missing(tmp_path):
    assert "no such file" in str(refusal(tmp_path / "nothing"))


def test_path__to_a_folder(tmp_path):
    assert "folder" in str(refusal(tmp_path))


def test_path__to_a_link_loop(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert "opened" in str(refusal(tmp_path / "a"))


def test_path__to_a_dangling_link(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    assert "no such file" in str(refusal(tmp_path / "a"))


def test_path__to_a_pipe_that_nobody_writes_to(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "pipe" in str(refusal(tmp_path / "pipe"))


def test_path__to_a_socket(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # the name of a socket is short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s")
        assert "socket" in str(refusal("s"))


def test_path__to_a_device():
    assert "device" in str(refusal("/dev/zero"))


@pytest.mark.parametrize("path", ["", "a\0b", "x" * 5000, "a/b\n/c", "\udcff"], ids=ascii)
def test_path__that_is_odd(path):
    error = refusal(path)
    assert len(str(error).splitlines()) == 1


def test_path__that_may_not_be_read(tmp_path, monkeypatch):
    path = tmp_path / "follows"
    path.write_bytes(b"1\t2\n")

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    assert "Permission denied" in str(refusal(path))


class Failing(io.RawIOBase):
    """A disk that breaks after the first read."""

    name = "broken"

    def __init__(self, first, then):
        self.answers = [first, then]

    def read(self, size=-1):
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.mark.parametrize("first", [b"1\t2\n", PACKED], ids=["plain", "gzip"])
@pytest.mark.parametrize("then", [OSError(5, "Input/output error"), ValueError("closed"), None], ids=repr)
def test_stream__that_fails_is_refused_whole(first, then):
    assert str(refusal(Failing(first, then))).startswith("broken: ")


def test_stream__that_is_closed():
    stream = io.BytesIO(b"1\t2\n")
    stream.close()
    assert "cannot be read" in str(refusal(stream))


# ---- memory ----


class Endless(io.RawIOBase):
    """Bytes without end."""

    def __init__(self, pieces):
        self.pieces = pieces

    def read(self, size=-1):
        return next(self.pieces)[:size]


def repeated(piece):
    while True:
        yield piece


@pytest.mark.parametrize(
    ("stream", "match"),
    [
        (lambda: Endless(repeated(b"a" * (1 << 20))), "bytes"),
        (lambda: Endless(repeated(bytes(1 << 20))), "NUL"),
        (lambda: io.BytesIO(gzip.compress(b"a" * (1 << 28), 1)), "bytes"),
        (lambda: io.BytesIO(gzip.compress(bytes(1 << 28), 1)), "NUL"),
    ],
    ids=["text", "zeros", "bomb of text", "bomb of zeros"],
)
def test_stream__without_end_is_refused_in_bounded_memory(stream, match):
    stream = stream()
    tracemalloc.start()
    try:
        assert match in str(refusal(stream))
        assert tracemalloc.get_traced_memory()[1] < 32 << 20
    finally:
        tracemalloc.stop()


def test_sparse_labels__allocate_nothing_in_proportion_to_their_value():
    tracemalloc.start()
    try:
        read_follows(io.BytesIO(b"1\t9000000000000000000\n4000000000\t-9000000000000000000\n"))
        assert tracemalloc.get_traced_memory()[1] < 32 << 20
    finally:
        tracemalloc.stop()


def test_comments__by_the_hundred_thousand_take_no_time():
    content = b"#\n" * 300_000 + b"1\t2\n" + b"#\n" * 300_000
    assert read_follows(io.BytesIO(content)).report.comments == 600_000
