"""`read_follows`: what it warns of and reports, and the arguments it takes."""

from __future__ import annotations

import io

import numpy as np
import pytest

from influencegraph import InfluenceGraphWarning, InvalidArgument, InvalidFollows, read_follows


def read(content, **options):
    return read_follows(io.BytesIO(content), **options)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "graph is empty"),
        (b"# nothing\n", "graph is empty"),
        (b"source\ttarget\n", "graph is empty"),
        (b"1\t2\n3\t4", "last line"),
        (b"id_a,id_b\n1,2\n3,4\n", "header=True"),
    ],
)
def test_warning__says_what_deserves_a_look(content, words):
    with pytest.warns(InfluenceGraphWarning, match=words) as caught:
        read(content)
    assert len([warning for warning in caught if warning.category is InfluenceGraphWarning]) == 1


@pytest.mark.parametrize("content", [b"a,b\n1,2\nc,3\n", b"a,1\n1,2\n", b"a,b\n", b"a,b\nc,d\n"])
def test_warning__of_a_header_needs_integers_below(content):
    read(content)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"1\t2\n", ["tabs"]),
        (b"1,2\n", ["commas"]),
        (b"1 2\n", ["blanks"]),
        (b"from,to\n1,2\n", ["commas", "header"]),
        (b"1,2\n3,x\n", ["commas", "'x'"]),
    ],
)
def test_report__tells_what_was_guessed(content, words):
    guesses = read(content).report.guesses
    assert len(guesses) == len(words)
    assert all(word in guess for word, guess in zip(words, guesses, strict=True))


def test_report__guesses_nothing_where_all_is_said():
    assert read(b"a,b\n1,2\n", delimiter=",", header=True, label_type="int").report.guesses == ()
    assert read(b"a,b\n1,2\n", delimiter=",", source="a", target="b").report.guesses == ()


@pytest.mark.parametrize(
    "labels",
    [["3", "1", "2"], np.array(["3", "1", "2"]), np.array(["3", "1", "2"], object), iter(["3", "1", "2"])],
    ids=["list", "fixed width", "objects", "iterator"],
)
def test_labels__of_strings_make_the_file_strings(labels):
    assert read(b"1\t2\n", labels=labels).labels.tolist() == ["3", "1", "2"]


@pytest.mark.parametrize(
    "labels", [[3, 1, 2], np.array([3, 1, 2]), range(3, 0, -1)], ids=["list", "array", "range"]
)
def test_labels__of_integers_keep_their_order(labels):
    assert read(b"1\t2\n", labels=labels).labels.tolist() == list(labels)


def test_labels__of_integers_refuse_a_name_with_its_line():
    with pytest.raises(InvalidFollows, match="'x'") as caught:
        read(b"1\t2\n1\tx\n", labels=[1, 2])
    assert caught.value.line == 2


def test_labels__that_miss_an_account_refuse_it_with_the_file():
    with pytest.raises(InvalidFollows, match=r"the stream.*labels="):
        read(b"1\t2\n", labels=[1])


# ---- arguments ----


@pytest.mark.parametrize(
    "options",
    [
        {"source": -1},
        {"source": True},
        {"source": 0.0},
        {"target": ""},
        {"target": None},
        {"source": 1},
        {"weight": 1},
        {"source": "a", "target": "a"},
        {"source": "a", "target": 0},
        {"source": "a", "header": False},
        {"delimiter": ""},
        {"delimiter": "::"},
        {"delimiter": "é"},
        {"delimiter": "\n"},
        {"delimiter": '"'},
        {"delimiter": 9},
        {"header": "yes"},
        {"header": None},
        {"comment": "é"},
        {"comment": "\n"},
        {"comment": 3},
        {"comment": None},
        {"comment": ",", "delimiter": ","},
        {"label_type": "integer"},
        {"label_type": None},
        {"encoding": "utf-16"},
        {"encoding": "utf-7"},
        {"encoding": "cp037"},
        {"encoding": "hex"},
        {"encoding": "unicode_escape"},
        {"encoding": "nonsense"},
        {"encoding": None},
    ],
    ids=repr,
)
def test_argument__that_makes_no_sense_is_refused(options):
    with pytest.raises(InvalidArgument) as caught:
        read(b"a,b\n1,2\n", **options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("path", [None, 3, ["x"], io.StringIO("1\t2\n")], ids=["None", "int", "list", "text"])
def test_path__that_is_none_is_refused(path):
    with pytest.raises(InvalidArgument, match="path"):
        read_follows(path)
