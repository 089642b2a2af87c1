"""`read_follows`: what it accepts, equal to a slow twin."""

from __future__ import annotations

import csv
import gzip
import io
import re
import warnings
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import influencegraph.io.text
from influencegraph import InfluenceGraphWarning, InvalidFollows, read_follows

# ---- the slow twin: regular expressions over text, one row after the other ----

LINE_END = re.compile(r"\r\n|\r|\n")
LINE = re.compile(r"[^\r\n]*")
BLANK_FIELD = re.compile(r"[^ \t\r\n]+")
CSV_FIELD = re.compile(r'"((?:[^"]|"")*)"(?=[,\r\n]|\Z)|((?!")[^,\r\n]*)')
INTEGER = re.compile(r"-?[1-9][0-9]*|0", re.ASCII)
WEIGHT = re.compile(r"\+?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)


class Refused(Exception):  # noqa: N818 - what the reader would raise
    pass


class Outcome(NamedTuple):
    labels: list
    weights: dict
    rows: int
    comments: int
    ignored: int


def slow_fields(text, place, delimiter):
    if delimiter == " ":
        line = LINE.match(text, place)
        return BLANK_FIELD.findall(line[0]), line.end()
    fields = []
    while True:
        if delimiter == ",":
            match = CSV_FIELD.match(text, place)
            if match is None:
                raise Refused
            fields.append(match[2] if match[1] is None else match[1].replace('""', '"'))
        else:
            match = re.compile(rf"[^\r\n{re.escape(delimiter)}]*").match(text, place)
            fields.append(match[0])
        place = match.end()
        if text[place : place + 1] != delimiter:
            return fields, place
        place += 1


def slow_rows(text, delimiter, comment):
    rows, comments, place = [], 0, 0
    while place < len(text):
        line = LINE.match(text, place)
        if text[place] in comment:
            comments += 1
            place = line.end()
        elif not line[0].strip(" \t") and (delimiter in (None, " ") or delimiter not in line[0]):
            place = line.end()
        else:
            if delimiter is None:
                outside = re.sub('"(?:[^"]|"")*"', "", line[0])
                last = "," if re.compile('"([^"]|"")*",').match(text, place) else " "
                delimiter = next((c for part in (outside, line[0]) for c in "\t," if c in part), last)
                place = comments = 0  # blank lines may be rows to this delimiter
                continue
            fields, place = slow_fields(text, place, delimiter)
            rows.append(fields)
        end = LINE_END.match(text, place)
        place = end.end() if end else place
    return rows, comments


def slow_read(content, *, source=0, target=1, weight=None, delimiter=None, header="auto", comment="#%",
              label_type="auto", encoding="utf-8", reverse=False):  # fmt: skip
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    text = content.decode("utf-8-sig" if encoding.upper() in ("UTF-8", "UTF8") else encoding)
    if "\0" in text:
        raise Refused
    rows, comments = slow_rows(text, delimiter, comment)
    if not rows:
        return Outcome([], {}, 0, comments, 0)
    wanted = [source, target] if weight is None else [source, target, weight]
    n_fields = len(rows[0])
    if n_fields < 2 or any(len(row) != n_fields for row in rows):
        raise Refused
    if isinstance(source, str):
        wanted, header = [rows[0].index(name) for name in wanted], True
    if max(wanted) >= n_fields:
        raise Refused
    if header == "auto":
        header = all(
            rows[0][each].lower() in ("source", "target", "follower", "followed") for each in wanted[:2]
        )
    rows = [[row[each] for each in wanted] for row in rows[int(header) :]]
    labels = {label for row in rows for label in row[:2]}
    integers = all(INTEGER.fullmatch(label) and -(2**63) <= int(label) < 2**63 for label in labels)
    if "" in labels or (label_type == "int" and not integers):
        raise Refused
    make = int if label_type != "str" and integers else str
    weights = {}
    for row in rows:
        if weight is not None and not WEIGHT.fullmatch(row[2]):
            raise Refused
        pair = tuple(map(make, row[1::-1] if reverse else row[:2]))
        if pair[0] != pair[1]:
            weights[pair] = weights.get(pair, 0.0) + (1.0 if weight is None else float(row[2]))
    kept = weights if weight is not None else dict.fromkeys(weights, 1.0)
    return Outcome(sorted(map(make, labels)), kept, len(rows), comments, n_fields - len(wanted))


def outcome_of(graph):
    follows = graph.to_arrays()
    weights = np.ones(len(follows.follower)) if follows.weights is None else follows.weights
    pairs = zip(follows.follower.tolist(), follows.followed.tolist(), strict=True)
    report = graph.report
    assert report.rows == report.follows + report.duplicates + report.self_follows
    return Outcome(
        graph.labels.tolist(), dict(zip(pairs, weights.tolist(), strict=True)), report.rows, report.comments,
        report.ignored_columns,
    )  # fmt: skip


def read(content, **options):
    return read_follows(io.BytesIO(content), **options)


def quietly(content, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InfluenceGraphWarning)
        return read(content, **options)


# ---- tables ----

PLAIN = b"ann\tbob\nbob\tann\ncat\tbob\n"
ACCEPTED = {
    "tabs": (PLAIN, {}),
    "commas": (b"ann,bob\nbob,ann\n", {}),
    "blanks": (b"ann bob\nbob   ann\n", {}),
    "runs of blanks and tabs": (b"  ann \t bob\t\n\tbob ann  \n", {"delimiter": " "}),
    "semicolons": (b"a b;c,d\nc,d;e\n", {"delimiter": ";"}),
    "a letter": (b"1x2\n2x3\n", {"delimiter": "x"}),
    "crlf": (PLAIN.replace(b"\n", b"\r\n"), {}),
    "cr": (PLAIN.replace(b"\n", b"\r"), {}),
    "all line ends": (b"1 2\r3 4\r\n5 6\n\r7 8\n\n\r\r9 10\r\n", {}),
    "byte order mark": (b"\xef\xbb\xbf1\t2\n", {}),
    "byte order mark and comment": (b"\xef\xbb\xbf# x\n1\t2\n", {}),
    "blank lines": (b"\n\n1\t2\n\n2\t1\n\n", {}),
    "lines of blanks": (b"  \n1\t2\n \n2\t1\n", {}),
    "comments": (b"# one\n1\t2\n%two\n#\n2\t1\n", {}),
    "a comment behind a blank is a row": (b" # x\n1 2\n", {}),
    "comment marks in labels": (b"a#1\tb%\n1#\t#2\n", {}),
    "a quoted comment mark": (b'"#tag",b\nb,"#tag"\n', {}),
    "a comment mark on a new line of a quoted field": (b'a,"b\n#c"\n#d\n', {}),
    "other comment marks": (b"//x\n#1\t2\n", {"comment": "/"}),
    "no comments": (b"#1\t2\n%1\t#1\n", {"comment": ""}),
    "only comments": (b"# a\n# b\n", {}),
    "nothing": (b"", {}),
    "only a header": (b"source\ttarget\n", {}),
    "header": (b"Source\ttarget\n1\t2\n", {}),
    "header by force": (b"x\ty\n1\t2\n", {"header": True}),
    "no header by force": (b"source\ttarget\nann\tbob\n", {"header": False}),
    "one header word is none": (b"source\tbob\nann\tbob\n", {}),
    "header names": (b"w,to,from\n2,b,a\n3,a,b\n", {"source": "from", "target": "to", "weight": "w"}),
    "quoted header names": (b'"a ""x"", y",to,from\n2,b,a\n', {"source": "from", "target": 'a "x", y'}),
    "a header on two lines": (b'"a\nb",to\nc,d\n', {"source": "a\nb", "target": "to"}),
    "ignored columns": (b"x\t1\ty\t2\nz\t2\tw\t3\n", {"source": 1, "target": 3}),
    "an empty ignored column": (b"1\t2\t\n2\t3\t\n", {}),
    "reverse": (b"1\t2\n3\t2\n", {"reverse": True}),
    "quotes": (b'"a","b"\n"c ""d""",a\n"x, y","a"\n', {}),
    "quotes of nothing but quotes": (b'"""",""""""\n', {}),
    "quoted line ends": (b'"a\r\nb","c\n"\na,"c\r"\n', {}),
    "quotes inside an unquoted field": (b'5"disk,b\na""b,c\n"a""b",d\n', {}),
    "quotes in tabs are bytes": (b'"a"\t"b\n"b\t"a"\n', {}),
    "a tab in a quoted first field": (b'"a\tb",c\n', {}),
    "quoted integers": (b'"1","2"\n2,1\n', {}),
    "self-follows and repetitions": (b"1\t1\n1\t2\n1\t2\n", {}),
    "ends of int64": (b"9223372036854775807\t-9223372036854775808\n", {}),
    "sparse integers": (b"0\t9000000000000000000\n-5\t0\n", {}),
    "integers as strings": (b"1\t2\n", {"label_type": "str"}),
    "integers by force": (b"1\t2\n", {"label_type": "int"}),
    "labels of all scripts": ("ä\t日本\n😀\té\ne\u0301\tÄ\n".encode(), {}),
    "labels that look like nothing": (b"NA\tnull\nNaN\tNone\n-\t.\n", {}),
    "blanks in labels": (b" ann \tbob b\nann\t bob\n", {}),
    "odd blanks in labels": ("a\u00a0b c\u2028d\nc\u2028d\x0b e\x0cf\x1c\n".encode(), {}),
    "control characters": (b"\x01\t\x02\n\x7f\t\x1b[31m\n", {}),
    "prefixes of magic numbers": (b"BZhang\tPK\nPAR1\tARROW1\nPAR1\tBZh\n", {}),
    "a first label like a magic number": (b"PAR1\tb\n", {}),
    "another first label like one": (b"BZh9\tb\n", {}),
    "latin-1": ("ä\tö\n".encode("latin-1"), {"encoding": "latin-1"}),
    "shift-jis": ("表,能\n能,b\n".encode("shift-jis"), {"encoding": "shift-jis"}),
    "gb18030": ("表\t😀\n".encode("gb18030"), {"encoding": "gb18030"}),
    "ascii": (b"1\t2\n", {"encoding": "ASCII"}),
    "utf-8 by another name": (b"\xef\xbb\xbf1\t2\n", {"encoding": "UTF8"}),
    "weights": (b"1 2 0.5\n2 1 3\n3 1 0\n1 3 .25\n4 1 2.\n", {"weight": 2}),
    "weights with exponents": (b"1,2,1e3\n2,1,+2E-1\n3,1,1.5e+0\n4,1,0e999\n", {"weight": 2}),
    "weights of many digits": (b"1,2,0.10000000000000000555111512312578270211815834\n", {"weight": 2}),
    "weights at the ends": (b"1,2,1.7976931348623157e308\n2,1,5e-324\n", {"weight": 2}),
    "a weight between normal and subnormal": (b"1,2,2.2250738585072011e-308\n", {"weight": 2}),
    "weights of zero": (b"1,2,0.000\n2,1,0e-400\n3,1,.0\n", {"weight": 2}),
    "weights before labels": (b"0.5,a,b\n", {"weight": 0, "source": 1, "target": 2}),
    "weights of repeated follows": (b"1,2,0.5\n1,2,0.25\n", {"weight": 2}),
    "gzip": (gzip.compress(PLAIN), {}),
    "gzip of two members": (gzip.compress(b"1\t2\n2\t") + gzip.compress(b"1\n"), {}),
    "gzip with empty members": (gzip.compress(b"") + gzip.compress(b"1\t2\n") + gzip.compress(b""), {}),
    "gzip padded with zeros": (gzip.compress(b"1\t2\n") + bytes(512), {}),
    "gzip of nothing": (gzip.compress(b""), {}),
    "gzip of a byte order mark": (gzip.compress(b"\xef\xbb\xbf1\t2\n"), {}),
    "a row as long as may be": (b"a" * ((1 << 20) - 2) + b"\tb\n1\t2\n", {}),
}  # fmt: skip


@pytest.mark.parametrize(("content", "options"), ACCEPTED.values(), ids=ACCEPTED)
def test_read_follows__equals_the_slow_twin(content, options):
    assert outcome_of(quietly(content, **options)) == slow_read(content, **options)


STRINGS = ["-0", "007", "+7", "7.0", "7e0", "1_0", "0x10", " 7", "7 ", "\uff17", "٣", "9223372036854775808",
           "-9223372036854775809", "99999999999999999999999", "-", "--1", "1-", "\u22127"]  # fmt: skip


@pytest.mark.parametrize("label", STRINGS)
def test_label__that_is_no_canonical_integer_makes_all_strings(label):
    graph = read(f"1\t2\n2\t{label}\n".encode())
    assert graph.labels.tolist() == sorted(["1", "2", label])
    assert any("line 2" in guess for guess in graph.report.guesses)


@pytest.mark.parametrize("block", [1, 2, 3, 7])
@pytest.mark.parametrize("weight", [None, 2])
def test_blocks__leave_no_trace(block, weight, monkeypatch):
    rows = [f"{i},{i * i % 7},{i}.5" for i in range(20)]
    for content in ("\n".join(rows) + "\n", "\n".join([*rows, 'x,"y ""z""",1', 'x,"y ""z""",1']) + "\n"):
        whole = outcome_of(read(content.encode(), weight=weight))
        with monkeypatch.context() as patched:
            patched.setattr(influencegraph.io.rows, "_BLOCK", block)
            assert outcome_of(read(content.encode(), weight=weight)) == whole


def test_names__made_to_collide_are_told_apart_anyway(monkeypatch):
    expected = outcome_of(read(PLAIN))
    monkeypatch.setattr(influencegraph.kernels.names, "number_spans", lambda *_: -1)
    assert outcome_of(read(PLAIN)) == expected


# ---- the same follows in every format ----


@pytest.mark.parametrize("kind", ["int", "str"])
def test_formats__the_same_follows_are_the_same_graph(kind, tmp_path):
    rng = np.random.default_rng(5)
    pairs = rng.integers(0, 300, (3000, 2)).tolist()
    if kind == "str":
        pairs = [(f"n{u}", f"n{v}") for u, v in pairs]
    graphs = []
    for name, delimiter, pack in (
        ("tsv", "\t", bytes),
        ("csv", ",", bytes),
        ("txt", " ", bytes),
        ("gz", "\t", gzip.compress),
    ):
        path = tmp_path / name
        path.write_bytes(pack("".join(f"{u}{delimiter}{v}\n" for u, v in pairs).encode()))
        graphs.append(read_follows(path))
    for graph in graphs[1:]:
        assert graph.labels.tolist() == graphs[0].labels.tolist()
        for one, other in zip(graph.followers, graphs[0].followers, strict=True):
            assert one.tobytes() == other.tobytes()


class Trickle(io.RawIOBase):
    """A stream that gives a few bytes at a time."""

    def __init__(self, content):
        self.content, self.place = content, 0

    def readable(self):
        return True

    def read(self, size=-1):
        piece = self.content[self.place : self.place + 3]
        self.place += 3
        return piece


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_stream__of_short_reads_is_read_to_its_end_and_left_open(pack):
    stream = Trickle(pack(PLAIN))
    assert outcome_of(read_follows(stream)) == slow_read(PLAIN)
    assert not stream.closed


def test_gzip__of_many_members_is_read_in_time():
    content = b"".join(gzip.compress(b"%d\t%d\n" % (i, i + 1)) for i in range(20_000))
    assert read(content).n_follows == 20_000


def test_gzip__that_shrinks_a_thousandfold_is_read():
    assert read(gzip.compress(b"1\t2\n" * 2_000_000)).report.duplicates == 1_999_999


# ---- random text ----


@example(content='a,"\n', delimiter=None, label_type="auto")
@example(content='"a""\n","b"\n1\n', delimiter=",", label_type="str")
@given(
    content=st.text(alphabet='ab19,"\t \n\r#;-é0', max_size=40),
    delimiter=st.sampled_from([None, ",", "\t", " ", ";"]),
    label_type=st.sampled_from(["auto", "int", "str"]),
)
def test_read_follows__of_any_text_equals_the_slow_twin(content, delimiter, label_type):
    options = {"delimiter": delimiter, "label_type": label_type}
    try:
        expected = slow_read(content.encode(), **options)
    except Refused:
        with pytest.raises(InvalidFollows, match="line"):
            quietly(content.encode(), **options)
    else:
        assert outcome_of(quietly(content.encode(), **options)) == expected


names = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=6)


@given(st.lists(st.tuples(names, names), min_size=1, max_size=6), st.sampled_from(["\n", "\r\n"]))
def test_labels__of_any_text_survive_csv(pairs, line_end):
    file = io.StringIO()
    csv.writer(file, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows(pairs)
    graph = quietly(file.getvalue().encode(), label_type="str", delimiter=",", header=False)
    assert graph.labels.tolist() == sorted({name for pair in pairs for name in pair})
    for follower, followed in pairs:
        assert follower == followed or graph.has_follow(follower, followed)


decimals = st.one_of(
    st.from_regex(r"\A\+?([0-9]{1,25}(\.[0-9]{0,25})?|\.[0-9]{1,25})([eE][+-]?[0-9]{1,3})?\Z"),
    st.floats(0, allow_nan=False, allow_infinity=False).map(repr),
    st.integers(0, 10**18).map(lambda n: f"{n}e-{n % 23}"),
    st.from_regex(r"\A[0-9]{30,60}\.[0-9]{0,60}\Z"),
)


@given(st.lists(decimals, min_size=1, max_size=20))
def test_weights__are_those_of_python(texts):
    texts = [
        text
        for text in texts
        if np.isfinite(float(text)) and (float(text) or not re.search("[1-9]", re.split("[eE]", text)[0]))
    ]
    content = "".join(f"{i} {i + 1} {text}\n" for i, text in enumerate([*texts, "1"]))
    assert read(content.encode(), weight=2).weights.tolist() == [*map(float, texts), 1.0]
