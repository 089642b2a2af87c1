"""Integer files read by blocks: the same graph, report, warnings and refusals as by the general way."""

from __future__ import annotations

import gzip
import io
import os
import warnings

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from influencegraph import InfluenceGraphError, read_follows
from influencegraph.errors import InvalidFollows
from influencegraph.io import blocks
from influencegraph.io.rows import Layout


class Named(io.BytesIO):
    """A stream with the name of a file: what is no path is read by the general way."""

    name = ""


def outcome(source, **options):
    """Return all that reading `source` says: a graph in full or an error, and the warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            graph = read_follows(source, **options)
        except InfluenceGraphError as error:
            said = (type(error), str(error))
        else:
            said = (graph.labels.tolist(), *(part.tolist() for part in graph.to_arrays()[:2]), graph.report)
    return said, [str(each.message) for each in caught]


def both_ways(path, content, **options):
    path.write_bytes(content)
    stream = Named(content)
    stream.name = str(path)
    return outcome(path, **options), outcome(stream, **options)


def read_pairs(path, content, wanted=(0, 1), delimiter=None, comment="#%", header="auto", codec="utf-8"):
    path.write_bytes(content)
    return blocks.read_pairs(path, str(path), codec, Layout(wanted, delimiter, comment, header))


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("blocks") / "follows"


def shrink(patched, block, n_threads=2, reach=64):
    patched.setattr(blocks, "_BLOCK", block)
    patched.setattr(blocks, "_REACH", reach)
    patched.setattr(blocks, "available_threads", lambda: n_threads)


# ---- what is read by blocks, and what is not ----

USUAL = {
    "tabs": (b"1\t2\n3\t4\n", {}),
    "crlf and lf": (b"1\t2\r\n3\t4\n", {}),
    "no last end": (b"1\t2\n3\t4", {}),
    "a last cr": (b"1\t2\n3\t4\r", {}),
    "commas": (b"1,2\n3,4\n", {}),
    "blanks and tabs": (b"  1 \t 2\n3 4 \t\n \t\n5 6\n", {"delimiter": " "}),
    "semicolons": (b"1;2\n3;4\n", {"delimiter": ";"}),
    "comments and empty lines": (b"# a\n\n1\t2\n%\n\r\n3\t4\n#", {}),
    "a comment in letters": ("# é 日本\n1\t2\n# ü\n".encode(), {}),
    "a byte order mark": (b"\xef\xbb\xbf1\t2\n3\t4\n", {}),
    "a header": (b"source,target\n1,2\n", {}),
    "a quoted header": (b'"source","target"\n1,2\n', {}),
    "other columns": (b"1,x,2,\n3,,4,y\n", {"wanted": (2, 0)}),
    "columns by name": (b"w\tto\tfrom\n\xc3\xa9\t1\t2\n", {"wanted": ("from", "to")}),
    "the ends of uint32": (b"0\t4294967295\n", {}),
    "beyond uint32": (b"1\t2\n0\t4294967296\n", {}),
    "the ends of int64": (b"9223372036854775807\t-9223372036854775808\n-1\t0\n", {}),
    "gzip": (gzip.compress(b"1\t2\n3\t4\n"), {}),
}
UNUSUAL = {
    "cr": (b"1\t2\r3\t4\r", {}),
    "a quoted label": (b'1,2\n"3",4\n', {}),
    "a quote elsewhere": (b'1,2,"3\n"\n4,5,6\n', {}),
    "a quote that hides a comma": (b'"1\n",2\n', {}),
    "a name": (b"1\t2\n3\tx\n", {}),
    "minus zero": (b"1\t-0\n", {}),
    "a leading zero": (b"1\t07\n", {}),
    "a long leading zero": (b"1\t0123456789\n", {}),
    "a minus": (b"1\t-\n", {}),
    "two signs": (b"1\t--1\n", {}),
    "beyond int64": (b"1\t9223372036854775808\n", {}),
    "below int64": (b"1\t-9223372036854775809\n", {}),
    "twenty digits": (b"1\t10000000000000000000\n", {}),
    "a field missing": (b"1\t2\n3\n", {}),
    "a field too many": (b"1\t2\n3\t4\t5\n", {}),
    "a blank field missing": (b"1 2 3\n4 5 \n", {}),
    "an empty label": (b"1\t2\n\t3\n", {}),
    "a blank line": (b"1\t2\n  \n", {}),
    "a NUL in a comment": (b"1\t2\n# \0\n", {}),
    "a NUL in a column": (b"1\t2\t\0\n", {}),
    "a NUL in the header": (b"source\ttarget\t\0\n1\t2\tx\n", {}),
    "invalid UTF-8 in a comment": (b"1\t2\n# \xff\n", {}),
    "invalid UTF-8 in a column": (b"1\t2\t\xc3\n", {}),
    "invalid UTF-8 in the header": (b"source\ttarget\t\xff\n1\t2\tx\n", {}),
    "a comment beyond ASCII": (b"# \xe9\n1\t2\n", {"codec": "ascii"}),
    "a mark in Latin-1": (b"\xef\xbb\xbf1\t2\n", {"codec": "iso8859-1"}),
    "a digit between digits": (b"112\n", {"delimiter": "1"}),
    "a minus between digits": (b"1-2\n", {"delimiter": "-"}),
    "another encoding": (b"1\t2\n", {"codec": "shift_jis"}),
    "UTF-16": ("1\t2\n".encode("utf-16"), {}),
    "only a header": (b"source\ttarget\n", {}),
    "nothing": (b"", {}),
    "a cut gzip": (gzip.compress(b"1\t2\n")[:-1], {}),
    "a gzip of names": (gzip.compress(b"a\tb\n"), {}),
    "a long line": (b"1\t2\n#" + b"a" * (1 << 20) + b"\n3\t4\n", {}),
}  # fmt: skip


@pytest.mark.parametrize(("content", "options"), USUAL.values(), ids=USUAL)
def test_read_pairs__takes_what_is_usual(content, options, path):
    assert read_pairs(path, content, **options) is not None


@pytest.mark.parametrize(("content", "options"), UNUSUAL.values(), ids=UNUSUAL)
def test_read_pairs__leaves_what_is_unusual(content, options, path):
    assert read_pairs(path, content, **options) is None


def test_labels__are_narrow_where_all_fit(path):
    assert read_pairs(path, b"0\t4294967295\n").ends[0].dtype == np.uint32
    for label in (b"4294967296", b"-1"):
        wide = read_pairs(path, b"0\t%s\n" % label)
        assert [end.dtype for end in wide.ends] == [np.int64, np.int64]
        assert wide.ends[1].tolist() == [int(label)]


@pytest.mark.parametrize("wanted", [(0, 1), (1, 0), (2, 0)])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("n_threads", [1, 2, 3])
def test_rows__keep_their_order(wanted, pack, n_threads, path, monkeypatch):
    shrink(monkeypatch, 300, n_threads)
    rng = np.random.default_rng(3)
    table = rng.integers(-(10 ** rng.integers(0, 18, (2000, 3))), 10 ** rng.integers(0, 18, (2000, 3)))
    content = "".join(f"{a}\t{b}\t{c}\n# {a}\n" for a, b, c in table.tolist())
    pairs = read_pairs(path, pack(content.encode()), wanted)
    assert [end.tolist() for end in pairs.ends] == [table[:, each].tolist() for each in wanted]
    assert (pairs.comments, pairs.n_fields, pairs.has_end) == (2000, 3, True)


# ---- the same by both ways ----


@pytest.mark.parametrize("block", range(1, 40))
def test_boundaries__leave_no_trace(block, path, monkeypatch):
    for n_threads, reach in ((1, 64), (3, 64), (2, 1), (2, 9)):
        shrink(monkeypatch, block, n_threads, reach)
        for content in (
            b"# a\n1\t2\n\n30\t4\r\n5\t600000000\n%b\n7\t8",
            b"1\t2\n3\t4000000000000\n-5\t6\n7\t8\n",
            b"1\t2\n3\t4\n5\t6\n7\t8\n9\tx\n",
            b"1\t2\n3\t4\n5\t6\n7\n8\t9\n",
        ):
            for packed in (content, gzip.compress(content)):
                fast, slow = both_ways(path, packed)
                assert fast == slow


ODD = [
    "%", "#\t1", "1\t2", "1,2", "1 2", " 1  2 ", "1;2", "0\t9223372036854775808", "0\t00", "-0,1", '"1",2',
    "1\t2\t3", "1,2,3", "1", "a\tb", "source,target", "9223372036854775808 1", "1\0\t2", "\ufeff1\t2", "  ",
    "\t", "1234567\t12345678901234567890", "1,,2", '1,"x\n1",2', "# \0", "\n\r",
]  # fmt: skip
numbers = st.integers(0, 120) | st.integers(-(2**63), 2**63 - 1) | st.integers(0, 2**33)


@st.composite
def files(draw):
    """Rows of integers as a rule, now and then another line, and all of it in any line ends."""
    delimiter = draw(st.sampled_from("\t, "))
    n_fields = draw(st.sampled_from([2, 2, 3]))
    row = st.lists(numbers.map(str), min_size=n_fields, max_size=n_fields).map(delimiter.join)
    rows = draw(st.lists(row | row | st.sampled_from(["", "# é"]), max_size=8))
    if draw(st.booleans()):
        rows.insert(draw(st.integers(0, len(rows))), draw(st.sampled_from(ODD)))
    ends = draw(st.sampled_from([["\n"], ["\r\n"], ["\n", "\r\n"], ["\n", "\r"]]))
    return "".join(row + draw(st.sampled_from(ends)) * (draw(st.integers(0, 9)) > 0) for row in rows).encode()


extra = st.fixed_dictionaries(
    {},
    optional={
        "delimiter": st.sampled_from("\t,  ;;1-"),
        "header": st.booleans(),
        "comment": st.sampled_from(["", "#", "1", "-%"]),
        "label_type": st.sampled_from(["int", "str"]),
        "encoding": st.sampled_from(["latin-1", "ascii", "cp1252", "shift-jis"]),
        "target": st.just(2),
        "reverse": st.booleans(),
        "labels": st.just([1, 2, 3]),
    },
)


@example(content=b'1,2\n1,"\n2"\n', options={}, block=3, n_threads=2, reach=64, pack=False)
@given(
    content=files(),
    options=st.just({}) | extra,
    block=st.integers(1, 30),
    n_threads=st.integers(1, 3),
    reach=st.sampled_from([1, 99, 99]),
    pack=st.booleans(),
)
def test_files__of_any_lines_are_read_as_by_the_general_way(
    content, options, block, n_threads, reach, pack, path
):
    with pytest.MonkeyPatch.context() as patched:
        shrink(patched, block, n_threads, reach)
        fast, slow = both_ways(path, gzip.compress(content, 1) if pack else content, **options)
    assert fast == slow


@given(
    content=st.binary(max_size=30) | st.text(alphabet='19,"\t \n\r#;-é0\0', max_size=40).map(str.encode),
    delimiter=st.sampled_from([None, ",", "\t", " "]),
    block=st.integers(1, 12),
)
def test_files__of_any_bytes_are_read_as_by_the_general_way(content, delimiter, block, path):
    with pytest.MonkeyPatch.context() as patched:
        shrink(patched, block)
        fast, slow = both_ways(path, content, delimiter=delimiter)
    assert fast == slow


# ---- files that change, systems that lack ----


def test_file__that_is_cut_or_grows_while_it_is_read_is_left(path, monkeypatch):
    content = b"1\t2\n" * 100
    shrink(monkeypatch, 40)
    load = blocks._load
    for change in (lambda: os.truncate(path, 200), lambda: path.write_bytes(content + b"3\t4\n")):

        def load_later(*arguments, change=change):
            change()
            return load(*arguments)

        monkeypatch.setattr(blocks, "_load", load_later)
        assert read_pairs(path, content) is None


def test_file__that_cannot_be_read_is_left(path, monkeypatch):
    def fail(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(blocks, "_read_at", fail)
    assert read_pairs(path, b"1\t2\n") is None


def test_file__is_read_without_preadv(path, monkeypatch):
    monkeypatch.delattr(os, "preadv", raising=False)
    shrink(monkeypatch, 7)
    fast, slow = both_ways(path, b"1\t2\n30\t4\n5\t600\n" * 20)
    assert fast == slow
    assert read_pairs(path, b"1\t2\n3\t4\n") is not None


def test_file__that_is_missing_is_refused(tmp_path):
    with pytest.raises(InvalidFollows, match="no such file"):
        read_follows(tmp_path / "missing")


def test_interrupt__ends_reading(path, monkeypatch):
    shrink(monkeypatch, 40)
    loaded = []

    def interrupt(*_):
        loaded.append(1)
        raise KeyboardInterrupt

    monkeypatch.setattr(blocks, "_load", interrupt)
    with pytest.raises(KeyboardInterrupt):
        read_pairs(path, b"1\t2\n" * 1000)
    assert len(loaded) <= 2


def test_columns__grow_where_the_first_block_misleads(path, monkeypatch):
    shrink(monkeypatch, 64)
    content = b"1\t2\n" + b"#" + b"a" * 59 + b"\n" + b"1\t2\n" * 5000
    pairs = read_pairs(path, content)
    assert [end.tolist() for end in pairs.ends] == [[1] * 5001, [2] * 5001]
