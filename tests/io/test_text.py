"""Every file is read exactly, or refused with its line."""

import bz2
import csv
import gzip
import io
import lzma
import os
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import influencegraph
from influencegraph import InfluenceGraphWarning, InvalidArgument, InvalidFollows


def read(content, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InfluenceGraphWarning)
        return influencegraph.read_follows(io.BytesIO(content), **options)


def rows_of(graph):
    follower, followed, weights = graph.to_arrays()
    ends = zip(follower.tolist(), followed.tolist(), strict=True)
    return (
        list(ends) if weights is None else list(zip(*zip(*ends, strict=True), weights.tolist(), strict=True))
    )


ACCEPTED = {
    "tabs": (b"1\t2\n2\t3\n", {}, [(1, 2), (2, 3)]),
    "crlf": (b"1\t2\r\n2\t3\r\n", {}, [(1, 2), (2, 3)]),
    "cr": (b"1\t2\r2\t3\r", {}, [(1, 2), (2, 3)]),
    "mixed ends": (b"1\t2\r2\t3\r\n3\t4\n", {}, [(1, 2), (2, 3), (3, 4)]),
    "no last end": (b"1\t2\n2\t3", {}, [(1, 2), (2, 3)]),
    "blank lines": (b"\n\n1\t2\n\r\n\r2\t3\n\n", {}, [(1, 2), (2, 3)]),
    "byte order mark": (b"\xef\xbb\xbf1\t2\n", {}, [(1, 2)]),
    "commas": (b"1,2\n2,3\n", {}, [(1, 2), (2, 3)]),
    "blanks": (b"  1  2\n2\t 3  \n", {"delimiter": " "}, [(1, 2), (2, 3)]),
    "semicolons": (b"a;b\n", {"delimiter": ";"}, [("a", "b")]),
    "blanks in labels": (b"ann lee\tbob ray\n", {}, [("ann lee", "bob ray")]),
    "quotes": (b'"a,b",c\nc,"say ""hi"""\n', {}, [("a,b", "c"), ("c", 'say "hi"')]),
    "line end in quotes": (b'"a\nb",c\n', {}, [("a\nb", "c")]),
    "quotes in tabs are letters": (b'"a"\tb\n', {}, [('"a"', "b")]),
    "comments": (b"# x\n% y\n1\t2\n", {}, [(1, 2)]),
    "no comments": (b"#x\ty\n", {"comment": ""}, [("#x", "y")]),
    "comment mark inside": (b"a#1\tb%\n", {}, [("a#1", "b%")]),
    "header by words": (b"follower,followed\n1,2\n", {}, [(1, 2)]),
    "header forced": (b"x,y\n1,2\n", {"header": True}, [(1, 2)]),
    "no header forced": (b"from,to\na,b\n", {"header": False}, [("a", "b"), ("from", "to")]),
    "columns by name": (b"w,to,from\n5,2,1\n", {"source": "from", "target": "to"}, [(1, 2)]),
    "columns by place": (b"5,2,1\n", {"source": 2, "target": 1}, [(1, 2)]),
    "reversed": (b"1,2\n", {"reverse": True}, [(2, 1)]),
    "ends of int64": (b"9223372036854775807 -9223372036854775808\n", {}, [(2**63 - 1, -(2**63))]),
    "beyond int64": (b"9223372036854775808 1\n", {}, [("9223372036854775808", "1")]),
    "zero": (b"0 -1\n", {}, [(0, -1)]),
    "minus zero": (b"-0 1\n", {}, [("-0", "1")]),
    "leading zeros": (b"007 7\n", {}, [("007", "7")]),
    "decimals": (b"7.0 7\n", {}, [("7.0", "7")]),
    "exponents": (b"7e0 7\n", {}, [("7e0", "7")]),
    "plus": (b"+7 7\n", {}, [("+7", "7")]),
    "underscores": (b"1_0 10\n", {}, [("1_0", "10")]),
    "hexadecimal": (b"0x10 16\n", {}, [("0x10", "16")]),
    "full-width digits": ("\uff17 7\n".encode(), {}, [("\uff17", "7")]),
    "missing words": (b"NA null\n", {}, [("NA", "null")]),
    "normal forms": ("\u00e9 e\u0301\n".encode(), {}, [("\u00e9", "e\u0301")]),
    "emoji": ("\U0001f600 \U0001f601\n".encode(), {}, [("\U0001f600", "\U0001f601")]),
    "case": (b"Ann ann\n", {}, [("Ann", "ann")]),
    "strings forced": (b"1 2\n", {"label_type": "str"}, [("1", "2")]),
    "latin-1": (b"\xe9\tb\n", {"encoding": "latin-1"}, [("\xe9", "b")]),
    "gzip": (gzip.compress(b"1\t2\n"), {}, [(1, 2)]),
    "two gzip members": (gzip.compress(b"1\t2\n2") + gzip.compress(b"\t3\n"), {}, [(1, 2), (2, 3)]),
    "gzip padded with zeros": (gzip.compress(b"1\t2\n") + bytes(600), {}, [(1, 2)]),
    "weights": (b"1,2,0.5\n2,1,1e3\n", {"weight": 2}, [(1, 2, 0.5), (2, 1, 1000.0)]),
    "weight of zero": (b"1,2,0\n", {"weight": 2}, [(1, 2, 0.0)]),
    "extreme weights": (b"1,2,1.7e308\n2,1,5e-324\n", {"weight": 2}, [(1, 2, 1.7e308), (2, 1, 5e-324)]),
    "short weights": (b"1,2,.5\n2,1,+5.\n", {"weight": 2}, [(1, 2, 0.5), (2, 1, 5.0)]),
    "labels in order": (b"1,2\n", {"labels": [3, 2, 1]}, [(1, 2)]),
    "empty": (b"", {}, []),
    "only comments": (b"# nothing\n", {}, []),
    "only a header": (b"from,to\n", {}, []),
}  # fmt: skip


@pytest.mark.parametrize(("content", "options", "expected"), ACCEPTED.values(), ids=ACCEPTED)
def test_file__is_read_exactly(content, options, expected):
    assert sorted(rows_of(read(content, **options))) == sorted(expected)


REFUSED = {
    "one column": (b"1\n", {}, 1, "1 field"),
    "a field missing": (b"1,2\n\n#\n3\n", {}, 4, "1 field"),
    "a field too many": (b"1,2\n3,4,5\n", {}, 2, "3 fields"),
    "another delimiter": (b"1\t2\n1,2\n", {}, 2, "delimiter=','"),
    "promised delimiter": (b"1\t2\n", {"delimiter": ","}, 1, r"delimiter='\t'"),
    "trailing delimiter": (b"1,2\n3,4,\n", {}, 2, "3 fields"),
    "empty label": (b"1\t2\n\t3\n", {}, 2, "empty label"),
    "empty label last": (b"1\t2\n3\t\n", {}, 2, "empty label"),
    "empty quoted label": (b'1,2\n"",3\n', {}, 2, "empty label"),
    "empty at the end of the file": (b"1,2\n3,", {}, 2, "empty label"),
    "NUL": (b"1\t2\n\0\t3\n", {}, 2, "NUL"),
    "invalid UTF-8": (b"a\tb\n\xff\tc\n", {}, 2, "utf-8"),
    "cut UTF-8": (b"a\tb\nc\t\xc3", {}, 2, "utf-8"),
    "unclosed quote": (b'a,b\n"c,d\ne,f\n', {}, 2, "quote"),
    "text behind a quote": (b'a,b\n"c"x,d\n', {}, 2, "quote"),
    "header where integers": (b"x y\n1 2\n", {"label_type": "int"}, 1, "header"),
    "string where integers": (b"1 2\n1 x\n", {"label_type": "int"}, 2, "'x'"),
    "too large where integers": (b"1 2\n1 9223372036854775808\n", {"label_type": "int"}, 2, "int64"),
    "name not in the header": (b"from,to\n1,2\n", {"source": "from", "target": "x"}, 1, "'from', 'to'"),
    "name twice in the header": (b"a,a\n1,2\n", {"source": "a", "target": 1}, 1, "once only"),
    "column not there": (b"1,2\n", {"target": 5}, 1, "at least 6 columns"),
    "long line": (b"1,2\n" + b"a" * (1 << 21) + b",b\n", {}, 2, "1,048,576"),
    **{
        f"weight {word}": (b"1,2,1\n1,3," + word.encode() + b"\n", {"weight": 2}, 2, "weight")
        for word in (
            "nan", "inf", "-1", "-0.0", "1_0", "0x1p3", "1e", "e5", ".", "+", "1e999", "1e-999", "1 2",
            "1" * 400,
            "",
        )
    },
}  # fmt: skip


@pytest.mark.parametrize(("content", "options", "line", "found"), REFUSED.values(), ids=REFUSED)
def test_file__is_refused_with_its_line(content, options, line, found):
    with pytest.raises(InvalidFollows) as caught:
        read(content, **options)
    message = str(caught.value)
    assert caught.value.line == line
    assert found in message
    assert f"line {line}: " in message
    assert "; expected " in message
    assert message.endswith(".")
    assert "\n" not in message


FOREIGN = {
    "zstd": b"\x28\xb5\x2f\xfd\0\0",
    "xz": lzma.compress(b"1\t2\n"),
    "bzip2": bz2.compress(b"1\t2\n"),
    "zip": b"PK\x03\x04....",
    "npy": b"\x93NUMPY\x01\0",
    "parquet": b"PAR1....PAR1",
    "arrow": b"ARROW1\0\0",
    "utf-16": "1\t2\n".encode("utf-16"),
    "utf-32": "1\t2\n".encode("utf-32"),
    "parquet in gzip": gzip.compress(b"PAR1....PAR1"),
    "cut gzip": gzip.compress(b"1\t2\n" * 100)[:-4],
    "cut gzip header": gzip.compress(b"1\t2\n")[:5],
    "gzip with garbage behind": gzip.compress(b"1\t2\n") + b"garbage",
    "gzip with a wrong checksum": gzip.compress(b"1\t2\n")[:-8] + b"\0\0\0\0\4\0\0\0",
}


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN)
def test_format__what_is_no_text_is_refused_whole(content):
    with pytest.raises(InvalidFollows, match=r"; expected .*\.$"):
        read(content)


def test_line_without_end__is_refused_in_bounded_memory():
    class Endless(io.RawIOBase):
        served = 0

        def read(self, size=-1):
            assert self.served < 1 << 24, "read on and on"
            self.served += size
            return b"a" * size

    with pytest.raises(InvalidFollows, match="line 1: a line of more than"):
        influencegraph.read_follows(Endless())
    bomb = gzip.compress(b"a" * (1 << 26))
    with pytest.raises(InvalidFollows, match="line 1: a line of more than"):
        read(bomb)


@pytest.mark.parametrize("make", ["missing", "folder", "loop", "fifo"])
def test_path__that_is_no_file_is_refused_at_once(make, tmp_path):
    path = tmp_path / "x"
    if make == "folder":
        path.mkdir()
    elif make == "loop":
        path.symlink_to(path)
    elif make == "fifo":
        os.mkfifo(path)
    with pytest.raises(InvalidFollows, match="expected a file of follows"):
        influencegraph.read_follows(path)


@pytest.mark.parametrize(
    "options",
    [
        {"source": -1}, {"source": 1}, {"source": ""}, {"source": True}, {"weight": 1.5},
        {"delimiter": "ab"}, {"delimiter": "\n"}, {"delimiter": '"'}, {"delimiter": ""}, {"header": "maybe"},
        {"comment": "\u00e9"},
        {"comment": None}, {"label_type": "float"}, {"encoding": "no-such"}, {"encoding": "utf-16"},
    ],
    ids=str,
)  # fmt: skip
def test_argument__bad_ones_are_refused(options):
    with pytest.raises(InvalidArgument, match=r"\.$"):
        read(b"1,2\n", **options)


def test_source__must_be_binary():
    with pytest.raises(InvalidArgument, match="binary"):
        influencegraph.read_follows(io.StringIO("1,2\n"))
    with pytest.raises(InvalidArgument, match="binary"):
        influencegraph.read_follows(3)


def test_warnings__for_a_cut_last_line_and_an_empty_file():
    with pytest.warns(InfluenceGraphWarning, match="last line has no end"):
        influencegraph.read_follows(io.BytesIO(b"1,2"))
    with pytest.warns(InfluenceGraphWarning, match="the graph is empty"):
        influencegraph.read_follows(io.BytesIO(b""))


def test_report__counts_what_was_skipped_and_says_what_was_guessed():
    graph = read(b"#c\n#d\nfrom,to,x,y\n1,2,0,0\n2,1,0,0\n1,2,0,0\n2,2,0,0\n3,a,0,0\n")
    report = graph.report
    assert (report.rows, report.follows, report.duplicates, report.self_follows) == (5, 3, 1, 1)
    assert (report.accounts, report.mutual_pairs) == (4, 1)
    assert (report.comments, report.ignored_columns) == (2, 2)
    assert len(report.guesses) == 3
    assert "commas" in report.guesses[0]
    assert "header" in report.guesses[1]
    assert "'a' in line 8" in report.guesses[2]


def test_formats__give_the_same_bytes():
    rows = [(f"n{i % 7}", f"n{i * 3 % 11}") for i in range(40)]
    texts = [
        "".join(f"{u}{between}{v}{end}" for u, v in rows).encode()
        for between, end in (("\t", "\n"), (",", "\r\n"), ("  ", "\r"))
    ]
    graphs = [read(text) for text in (*texts, gzip.compress(texts[0]))]
    graphs.append(influencegraph.FollowerGraph.from_arrays(*zip(*rows, strict=True)))
    scores = [influencegraph.score(graph) for graph in graphs]
    for graph, score in zip(graphs, scores, strict=True):
        assert graph.labels.tolist() == graphs[0].labels.tolist()
        assert graph.followers.indices.tobytes() == graphs[0].followers.indices.tobytes()
        assert score.reach.tobytes() == scores[0].reach.tobytes()


names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=6)


@given(st.lists(st.tuples(names, names), max_size=12))
def test_csv__round_trips_any_label(rows):
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows)
    graph = read(out.getvalue().encode(), delimiter=",", header=False, label_type="str", comment="")
    assert rows_of(graph) == sorted({(u, v) for u, v in rows if u != v})


numbers = st.one_of(
    st.floats(0, allow_nan=False, allow_infinity=False).map(repr),
    st.integers(0, 10**30).map(str),
    st.from_regex(r"[0-9]{1,20}\.[0-9]{0,20}", fullmatch=True),
    st.from_regex(r"\.[0-9]{1,25}[eE][+-]?[0-9]{1,2}", fullmatch=True),
)


@given(st.lists(numbers, min_size=1, max_size=8))
def test_weights__are_correctly_rounded(texts):
    content = "".join(f"0,{i},{text}\n" for i, text in enumerate(texts, 1)).encode()
    expected = [float(text) for text in texts]
    assert [weight for *_, weight in rows_of(read(content, weight=2))] == expected


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=2, max_size=2, unique=True))
def test_integers__are_exact(ends):
    assert rows_of(read(f"{ends[0]} {ends[1]}\n".encode())) == [tuple(ends)]


def test_large_file__agrees_with_numpy():
    rng = np.random.default_rng(5)
    ends = rng.integers(0, 3_000, (40_000, 2))
    buffer = io.BytesIO()
    np.savetxt(buffer, ends, "%d", "\t")
    graph = read(buffer.getvalue())
    kept = np.unique(ends[ends[:, 0] != ends[:, 1]], axis=0)
    assert np.array_equal(np.column_stack(graph.to_arrays()[:2]), kept)
